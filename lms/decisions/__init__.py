"""Decision packs, critical flags, and decisions that people take."""
