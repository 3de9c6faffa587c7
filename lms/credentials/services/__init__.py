"""What certifiers and the system do with keys and credentials."""
