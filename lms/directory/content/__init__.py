"""Reading and checking the directory's files."""
