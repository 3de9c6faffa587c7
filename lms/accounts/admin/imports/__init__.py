"""Taking in a list of people: planned whole, shown, then written whole."""
