"""Requests that a page's own script sends: they are answered in JSON."""

from flask import request


def is_from_script() -> bool:
    """Say whether a script waits for the answer, and not a reader for a page."""
    return request.accept_mimetypes.best == "application/json"
