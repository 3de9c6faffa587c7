"""Marking: one page for what changes a draft, one for giving it back."""
