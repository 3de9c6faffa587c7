"""Content: check files, publish immutable versions, fetch them."""
