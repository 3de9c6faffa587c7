"""Agreement against published tables, identities and invariances."""
