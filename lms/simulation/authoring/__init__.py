"""Tools for authors who write cases as files."""
