"""A person's rights: taking along what is held, erasure, and how long things stay."""
