"""Marking: raters judge work by a rubric, and what they return is evidence."""
