"""Holding packs, decisions and cleared flags against the audit trail."""
