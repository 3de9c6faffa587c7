"""Taking along, erasure and retention."""
