"""Frameworks and rubrics as plain values."""

from lms.framework.domain.framework import (
    Ability,
    Competency,
    EvidenceKind,
    Framework,
    LevelName,
    Required,
    Scale,
)
from lms.framework.domain.rubric import Anchor, Band, Criterion, Rubric

__all__ = [
    "Ability",
    "Anchor",
    "Band",
    "Competency",
    "Criterion",
    "EvidenceKind",
    "Framework",
    "LevelName",
    "Required",
    "Rubric",
    "Scale",
]
