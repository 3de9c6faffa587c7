"""A competency framework: abilities, competencies, levels, and the latent scale."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.content.domain import Bilingual, SourceNote


class EvidenceKind(StrEnum):
    """Kinds of showing, weakest first (Miller, 1990, Academic Medicine 65(9) S63)."""

    KNOWLEDGE = "knowledge"
    SIMULATION = "simulation"
    PRACTICE = "practice"
    SUPERVISION = "supervision"


@dataclass(frozen=True, slots=True)
class LevelName:
    """One level, and the weakest kind of evidence that can carry a claim to it."""

    level: int
    name: Bilingual
    needs: EvidenceKind | None
    description: Bilingual


@dataclass(frozen=True, slots=True)
class Required:
    """The level that the body asks for, with who set it and why."""

    level: int
    status: str
    owner: Bilingual
    note: Bilingual
    as_of: str
    review_by: str


@dataclass(frozen=True, slots=True)
class Competency:
    """One competency with a descriptor per level."""

    slug: str
    name: Bilingual
    short: Bilingual
    required: Required
    descriptors: Mapping[int, Bilingual]


@dataclass(frozen=True, slots=True)
class Ability:
    """A group of competencies; the word of the official paper."""

    slug: str
    name: Bilingual
    competencies: tuple[Competency, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The latent scale of each competency, in logits.

    Attributes
    ----------
    cuts : tuple of float
        Entry to levels 1, 2, … in ascending order.
    prior_mean, prior_sd : float
        Normal prior of a learner of whom nothing is known.
    """

    cuts: tuple[float, ...]
    prior_mean: float
    prior_sd: float
    status: str
    owner: Bilingual
    note: Bilingual


@dataclass(frozen=True, slots=True)
class Framework:
    """A whole framework; nothing in code counts its abilities or competencies."""

    slug: str
    version: str
    edition: str
    title: Bilingual
    confidence: float
    levels: tuple[LevelName, ...]
    scale: Scale
    abilities: tuple[Ability, ...]
    source: SourceNote

    @property
    def competencies(self) -> Iterator[Competency]:
        """Go through all competencies in the order of the framework."""
        return (row for ability in self.abilities for row in ability.competencies)

    def find_competency(self, slug: str) -> Competency | None:
        """Return one competency, or nothing."""
        return next((row for row in self.competencies if row.slug == slug), None)

    def level_name(self, level: int) -> Bilingual:
        """Return the name of a level."""
        return self.levels[level].name

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Framework":
        """Rebuild a framework from its published document."""
        scale = document["scale"]
        return cls(
            slug=document["id"],
            version=document["version"],
            edition=document["edition"],
            title=Bilingual.from_json(document["title"]),
            confidence=document["confidence"],
            levels=tuple(_level(row) for row in document["levels"]),
            scale=Scale(
                cuts=tuple(scale["cuts"]),
                prior_mean=scale["prior"]["mean"],
                prior_sd=scale["prior"]["sd"],
                status=scale["status"],
                owner=Bilingual.from_json(scale["owner"]),
                note=Bilingual.from_json(scale["note"]),
            ),
            abilities=tuple(_ability(row) for row in document["abilities"]),
            source=SourceNote.from_json(document),
        )


def _level(row: Mapping[str, Any]) -> LevelName:
    return LevelName(
        level=row["level"],
        name=Bilingual.from_json(row["name"]),
        needs=EvidenceKind(row["needs"]) if row["needs"] else None,
        description=Bilingual.from_json(row["description"]),
    )


def _ability(row: Mapping[str, Any]) -> Ability:
    return Ability(
        slug=row["id"],
        name=Bilingual.from_json(row["name"]),
        competencies=tuple(_competency(entry) for entry in row["competencies"]),
    )


def _competency(row: Mapping[str, Any]) -> Competency:
    required = row["required"]
    return Competency(
        slug=row["id"],
        name=Bilingual.from_json(row["name"]),
        short=Bilingual.from_json(row["short"]),
        required=Required(
            level=required["level"],
            status=required["status"],
            owner=Bilingual.from_json(required["owner"]),
            note=Bilingual.from_json(required["note"]),
            as_of=required["as_of"],
            review_by=required["review_by"],
        ),
        descriptors={
            entry["level"]: Bilingual.from_json(entry["descriptor"])
            for entry in row["levels"]
        },
    )
