"""Signing keys, credentials, their state, and record files that verify elsewhere."""
