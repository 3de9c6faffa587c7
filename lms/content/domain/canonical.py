"""Canonical bytes and digests: the identity of a content version."""

import hashlib
import unicodedata
from typing import Any

import rfc8785

_SHORT_HASH_CHARACTERS = 12


def canonical_bytes(document: Any) -> bytes:
    """Return the one byte form of a JSON document (RFC 8785)."""
    return rfc8785.dumps(document)


def digest_of(document: Any) -> str:
    """Return the SHA-256 of a document's canonical bytes, 64 hex digits."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def text_hash(text: str) -> str:
    """Return the short hash by which a translation names its source text.

    First 12 hex digits of the SHA-256 of the text in UTF-8, NFC, without outer
    blanks (case format, section 6).
    """
    form = unicodedata.normalize("NFC", text).strip()
    return hashlib.sha256(form.encode()).hexdigest()[:_SHORT_HASH_CHARACTERS]
