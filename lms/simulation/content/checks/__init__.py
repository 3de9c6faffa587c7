"""Checks of a case, one module per family; `run` puts them in order."""
