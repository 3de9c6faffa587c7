"""Case files: reading them (`kind`), their shape (`shape`), their checks (`checks`)."""
