"""How far a total of items can be relied on, and which items help or harm it."""
