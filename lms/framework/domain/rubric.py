"""A rubric: criteria, bands, and an anchor performance for each band."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.content.domain import Bilingual, SourceNote
from lms.framework.domain.framework import EvidenceKind


@dataclass(frozen=True, slots=True)
class Band:
    """One step of a rubric; a band is not a level."""

    band: int
    name: Bilingual


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a performance in this band looks like."""

    band: int
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a rater judges.

    Attributes
    ----------
    band_steps : tuple of float
        Declared difficulties of the steps between bands, in logits.
    seen_steps : tuple of float
        The same for what the case itself observes: not_met, partly, met.
    critical_in_band : int or None
        The band that opens a critical flag when a rater gives it.
    """

    slug: str
    name: Bilingual
    description: Bilingual
    measures: str
    kind: EvidenceKind
    band_steps: tuple[float, ...]
    seen_steps: tuple[float, ...]
    critical_in_band: int | None
    anchors: tuple[Anchor, ...]
    boundary: Bilingual | None


@dataclass(frozen=True, slots=True)
class Rubric:
    """What one kind of work is judged by."""

    slug: str
    version: int
    title: Bilingual
    framework: str
    bands: tuple[Band, ...]
    criteria: tuple[Criterion, ...]
    source: SourceNote

    @property
    def highest_band(self) -> int:
        """Return the number of the best band."""
        return self.bands[-1].band

    def find_criterion(self, slug: str) -> Criterion | None:
        """Return one criterion, or nothing."""
        return next((row for row in self.criteria if row.slug == slug), None)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Rubric":
        """Rebuild a rubric from its published document."""
        return cls(
            slug=document["id"],
            version=document["version"],
            title=Bilingual.from_json(document["title"]),
            framework=document["framework"]["id"],
            bands=tuple(
                Band(row["band"], Bilingual.from_json(row["name"]))
                for row in document["bands"]
            ),
            criteria=tuple(_criterion(row) for row in document["criteria"]),
            source=SourceNote.from_json(document),
        )


def _criterion(row: Mapping[str, Any]) -> Criterion:
    boundary = row.get("boundary")
    return Criterion(
        slug=row["id"],
        name=Bilingual.from_json(row["name"]),
        description=Bilingual.from_json(row["description"]),
        measures=row["measures"],
        kind=EvidenceKind(row["kind"]),
        band_steps=tuple(row["band_steps"]),
        seen_steps=tuple(row["seen_steps"]),
        critical_in_band=row.get("critical_in_band"),
        anchors=tuple(
            Anchor(entry["band"], Bilingual.from_json(entry["text"]))
            for entry in row["anchors"]
        ),
        boundary=Bilingual.from_json(boundary) if boundary else None,
    )
