"""Cohorts and who is enrolled in them."""
