"""Whether items treat groups of equal ability alike."""
