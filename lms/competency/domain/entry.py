"""One competency of a record: estimate, chance, level, rows, and what is missing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.competency.domain.rows import EntryRow
from lms.framework.domain import Competency, EvidenceKind
from lms.psychometrics import Kind, LevelEstimate


class Standing(StrEnum):
    """Where a competency stands against its required level."""

    REACHED = "reached"
    OPEN = "open"
    LACKING = "lacking"


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many rows of one kind count, and whether the required level waits for it."""

    kind: EvidenceKind
    count: int
    is_awaited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyEntry:
    """One competency of a record.

    Attributes
    ----------
    chance : int or None
        Per mille of being at or above the required level; None without evidence,
        which is a state and no zero.
    attested_level : int or None
        Highest level whose claim reaches the framework's confidence.
    kinds : tuple of KindCount
        Those that the framework asks for, and any others found.
    """

    competency: Competency
    estimate: LevelEstimate
    rows: tuple[EntryRow, ...]
    kinds: tuple[KindCount, ...]
    n_cases: int

    @property
    def required_level(self) -> int:
        """Return the level that the body asks for."""
        return self.competency.required.level

    @property
    def has_evidence(self) -> bool:
        """Say whether anything counts."""
        return self.estimate.has_evidence

    @property
    def chance(self) -> int | None:
        """Return the chance of the required level or above, per mille."""
        above = self.estimate.p_at_or_above
        return None if above is None else above[self.required_level]

    @property
    def median(self) -> int:
        """Return the highest level that is reached with a chance of one half."""
        above = self.estimate.p_at_or_above or (1000,)
        return max(level for level, chance in enumerate(above) if chance >= 500)

    @property
    def attested_level(self) -> int | None:
        """Return the level that decisions use; nothing without evidence."""
        return self.estimate.attested_level

    @property
    def missing_kinds(self) -> tuple[Kind, ...]:
        """Return the kinds by which nothing needed for the required level was shown."""
        return self.estimate.missing_kinds(self.required_level)

    @property
    def standing(self) -> Standing:
        """Return reached, open, or lacking the kind of evidence that is needed."""
        attested = self.attested_level
        if attested is not None and attested >= self.required_level:
            return Standing.REACHED
        if not self.has_evidence or any(row.is_awaited for row in self.kinds):
            return Standing.LACKING
        return Standing.OPEN

    @property
    def critical_rows(self) -> tuple[EntryRow, ...]:
        """Return the rows with a critical error, superseded ones too."""
        return tuple(entry for entry in self.rows if entry.row.is_critical)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON-safe data; chances in whole per mille."""
        estimate = self.estimate
        return {
            "competency": self.competency.slug,
            "standing": self.standing.value,
            "has_evidence": self.has_evidence,
            "required_level": self.required_level,
            "attested_level": self.attested_level,
            "chance": self.chance,
            "levels": _listed(estimate.level_probabilities),
            "at_or_above": _listed(estimate.p_at_or_above),
            "interval": _listed(estimate.level_interval),
            "kinds": {kind: count for kind, count in estimate.n_by_kind if count},
            "missing_kinds": list(self.missing_kinds),
            "raters": estimate.n_raters,
            "cases": self.n_cases,
            "evidence": [entry.to_dict() for entry in self.rows],
        }


def _listed(values: tuple[int, ...] | None) -> list[int] | None:
    return None if values is None else list(values)


def percent_of(chance: int | None) -> int | None:
    """Return a chance in per mille as whole per cent from 1 to 99, rounded down.

    Nobody shall meet a chance of 80 that missed 80, nor certainty.
    """
    if chance is None:
        return None
    return max(1, min(99, chance // 10))
