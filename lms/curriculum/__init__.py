"""Modules and lessons, and how far a learner has come."""
