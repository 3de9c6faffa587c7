"""`lms demo`: a plainly fictional cohort, made through the real services."""
