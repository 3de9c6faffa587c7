"""The one table of evidence, and work handed in for marking."""
