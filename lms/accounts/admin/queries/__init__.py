"""What the pages of administration ask the database."""
