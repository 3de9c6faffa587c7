"""Pure parts of content: findings, canonical bytes, sources of statements."""

from lms.content.domain.canonical import canonical_bytes, digest_of, text_hash
from lms.content.domain.findings import Finding, Findings, Level
from lms.content.domain.texts import Bilingual, SourceNote

__all__ = [
    "Bilingual",
    "Finding",
    "Findings",
    "Level",
    "SourceNote",
    "canonical_bytes",
    "digest_of",
    "text_hash",
]
