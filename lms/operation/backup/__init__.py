"""The whole database in one file, and back into an empty one."""
