"""Pages of people: the door, mailed links, and what is one's own."""
