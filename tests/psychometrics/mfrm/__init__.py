"""Tests of many-facet models."""
