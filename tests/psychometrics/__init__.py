"""Tests of the level estimator: no database, no fixtures."""
