"""What a rater says about one piece of work, and what follows from it."""

from lms.grading.domain.marking import (
    MARK_COLUMNS,
    SOURCE,
    key_of,
    marking_document,
)
from lms.grading.domain.sheet import (
    Difference,
    Rating,
    SheetDraft,
    Showing,
    differences,
    evidence_of,
    missing_criteria,
)

__all__ = [
    "MARK_COLUMNS",
    "SOURCE",
    "Difference",
    "Rating",
    "SheetDraft",
    "Showing",
    "differences",
    "evidence_of",
    "key_of",
    "marking_document",
    "missing_criteria",
]
