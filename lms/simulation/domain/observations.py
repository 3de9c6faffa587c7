"""What a play lets a rater conclude: evidence, kept apart from state."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.simulation.domain.conditions import Condition


class Seen(StrEnum):
    """How well something was seen done."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    UNSAFE = "unsafe"

    @property
    def score(self) -> int:
        """Return 2, 1 or 0 (design, section 4: ``unsafe`` is 0 with a flag)."""
        return {"met": 2, "partly": 1}.get(self.value, 0)

    @property
    def rank(self) -> int:
        """Return the order from worst (0) to best (3)."""
        return ("unsafe", "not_met", "partly", "met").index(self.value)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an author says that a choice or an omission shows.

    Attributes
    ----------
    because : str or None
        Text id of the reason that the trainee is given.
    when : Condition or None
        It shows this only if the condition holds as the choice is made.
    """

    criterion: str
    seen: Seen
    weight: int = 1
    because: str | None = None
    is_critical: bool = False
    cue: tuple[str, ...] = ()
    when: Condition | None = None

    @classmethod
    def from_document(
        cls, row: Mapping[str, Any], when: Condition | None
    ) -> "Evidence":
        """Read one entry of ``evidence`` or ``omissions``; unsafe is critical."""
        seen = Seen(row["seen"])
        return cls(
            criterion=row["for"],
            seen=seen,
            weight=row.get("weight", 1),
            because=row.get("because"),
            is_critical=row.get("critical", seen is Seen.UNSAFE),
            cue=tuple(row.get("cue", ())),
            when=when,
        )


@dataclass(frozen=True, slots=True)
class AspectEvidence:
    """What an aspect of a task is evidence for, and why (a text id)."""

    criteria: tuple[str, ...]
    because: str | None = None

    @classmethod
    def from_document(cls, row: Mapping[str, Any]) -> "AspectEvidence":
        """Read an entry of ``aspects``."""
        return cls(tuple(row["scores"]), row.get("because"))


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing seen in one play.

    Attributes
    ----------
    source : str
        ``choice``, ``task`` or ``omission``.
    position : int
        Number of the action that showed it, from 0; for an omission the last action.
    scene : str
        Scene in which the action was taken; for an omission the end that was reached.
    """

    criterion: str
    seen: Seen
    weight: int
    is_critical: bool
    because: str | None
    position: int
    scene: str
    source: str

    @property
    def weighted_score(self) -> int:
        """Return score times weight."""
        return self.seen.score * self.weight

    @classmethod
    def of(
        cls, evidence: Evidence, *, position: int, scene: str, source: str
    ) -> "Observation":
        """Place a piece of evidence in a play."""
        return cls(
            evidence.criterion,
            evidence.seen,
            evidence.weight,
            evidence.is_critical,
            evidence.because,
            position,
            scene,
            source,
        )
