"""Migrations on databases that people have filled."""
