"""An item: a question with options, and what an answer is worth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.content.domain import Bilingual, SourceNote
from lms.errors import InvalidInputError, message


class ItemKindName(StrEnum):
    """How an item is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"


_MAXIMUM = {ItemKindName.SINGLE: 1, ItemKindName.MULTIPLE: 2}
# Distance of the two steps of a `multiple` item from its declared difficulty, in
# logits: judging all but one option rightly is easier than judging all.
_STEP_SPREAD = 0.6


@dataclass(frozen=True, slots=True)
class Option:
    """One answer on offer; a wrong one names the false belief behind it."""

    slug: str
    text: Bilingual
    is_correct: bool
    feedback: Bilingual
    belief: Bilingual | None


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What an answer is worth, whole points only."""

    score: int
    maximum: int

    @property
    def is_right(self) -> bool:
        """Say whether nothing was missed."""
        return self.score == self.maximum


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a bank.

    Attributes
    ----------
    difficulty : float
        Declared by the author, in logits on the competency's scale.
    is_graded : bool
        An item on something unverified is shown with a notice and never graded.
    """

    slug: str
    version: int
    kind: ItemKindName
    competency: str
    level: int
    difficulty: float
    stem: Bilingual
    options: tuple[Option, ...]
    source: SourceNote
    is_graded: bool

    @property
    def maximum(self) -> int:
        """Return the points of a faultless answer."""
        return _MAXIMUM[self.kind]

    @property
    def steps(self) -> tuple[float, ...]:
        """Return the step difficulties in logits (Masters, 1982)."""
        if self.maximum == 1:
            return (self.difficulty,)
        return (self.difficulty - _STEP_SPREAD, self.difficulty + _STEP_SPREAD)

    def score(self, chosen: Iterable[str]) -> ItemResult:
        """Return the worth of an answer.

        Raises
        ------
        InvalidInputError
            An option is not of this item, none is chosen, or more than one where
            one is asked for.
        """
        picked = frozenset(chosen)
        known = {option.slug for option in self.options}
        if not picked <= known or not picked:
            raise InvalidInputError(message("Choose from the answers shown."))
        if self.kind is ItemKindName.SINGLE and len(picked) != 1:
            raise InvalidInputError(message("Choose one answer."))
        misjudged = sum(
            (option.slug in picked) is not option.is_correct for option in self.options
        )
        if self.kind is ItemKindName.SINGLE:
            return ItemResult(score=int(misjudged == 0), maximum=1)
        return ItemResult(score=max(0, 2 - misjudged), maximum=2)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Item":
        """Rebuild an item from its published document."""
        return cls(
            slug=document["id"],
            version=document["version"],
            kind=ItemKindName(document["kind"]),
            competency=document["competency"],
            level=document["level"],
            difficulty=document["difficulty"],
            stem=Bilingual.from_json(document["stem"]),
            options=tuple(_option(row) for row in document["options"]),
            source=SourceNote.from_json(document),
            is_graded=not document["unverified"],
        )


def _option(row: Mapping[str, Any]) -> Option:
    belief = row.get("belief")
    return Option(
        slug=row["id"],
        text=Bilingual.from_json(row["text"]),
        is_correct=row["correct"],
        feedback=Bilingual.from_json(row["feedback"]),
        belief=Bilingual.from_json(belief) if belief else None,
    )
