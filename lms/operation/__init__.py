"""Setting up, running and looking after an installation."""
