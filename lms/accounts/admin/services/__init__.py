"""What administrators do with people, each act recorded."""
