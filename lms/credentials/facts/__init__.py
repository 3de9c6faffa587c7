"""Holding keys, credentials and what happened to them against the audit trail."""
