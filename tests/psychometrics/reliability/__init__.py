"""Reliability and item statistics."""
