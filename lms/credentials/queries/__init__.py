"""Finding keys and credentials, and which of them were withdrawn."""
