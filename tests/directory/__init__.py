"""Tests of the directory of partners and support menus."""
