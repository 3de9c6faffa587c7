"""Addresses of static files that carry a part of the file's hash."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path

from flask import request, url_for

STATIC = Path(__file__).parent / "static"


def asset(name: str) -> str:
    """Return the address of a file, under which browsers may keep it for ever."""
    return _asset_under(request.root_path, name)


@cache
def _asset_under(_root: str, name: str) -> str:
    """Return the address, which is the same for all pages under one root."""
    return url_for("static", filename=name, v=digest_of(name))


@lru_cache(maxsize=256)  # a file has many spellings of its name
def digest_of(name: str) -> str:
    """Return the part of the hash that tells one state of a file from another."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def is_lasting(name: str, digest: str | None) -> bool:
    """Say whether an address names the very bytes that are served under it.

    While one node after another is brought to a new release, a page of the one may ask
    another for its files: what it gets must not be kept.
    """
    return digest is not None and digest == digest_of(name)
