"""What a rater says about one piece of work, and what follows from it."""

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
    "Difference",
    "Rating",
    "SheetDraft",
    "Showing",
    "differences",
    "evidence_of",
    "missing_criteria",
]
