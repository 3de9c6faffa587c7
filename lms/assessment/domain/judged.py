"""What every kind of item shares: the worth of an answer, and what is said to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from lms.content.domain import Bilingual
from lms.errors import InvalidInputError, message

Answer = Sequence[str]
# Of the parts of an item with two points: so many right are worth one of them.
_HALF_POINT_SHARE = 2 / 3


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
class Part:
    """What is said to one part of an answer: an option, a step, a prompt.

    Attributes
    ----------
    given, expected : str, Bilingual or None
        What the answer said of this part and what it should have said: a place
        (``"2"``), an option's text, or a word of `SAID`; None for nothing.
    notes : tuple of Bilingual
        Why, in the author's words.
    belief : Bilingual or None
        The false belief that this part of the answer looks like.
    """

    text: Bilingual
    is_right: bool
    given: str | Bilingual | None
    expected: str | Bilingual | None
    notes: tuple[Bilingual, ...]
    belief: Bilingual | None = None


class ItemBody(Protocol):
    """What is asked, and how an answer to it is judged.

    An answer is a sequence of words, as it is stored; `normalise` gives equal answers
    equal words and refuses what the page cannot have sent.
    """

    kind: str
    maximum: ClassVar[int]

    def normalise(self, answer: Answer) -> tuple[str, ...]:
        """Return the answer as it is stored, or raise InvalidInputError."""
        ...

    def score(self, answer: Answer) -> int:
        """Return the points of a normalised answer."""
        ...

    def parts(self, answer: Answer) -> tuple[Part, ...]:
        """Return what is said to each part of a normalised answer."""
        ...

    @property
    def right_answer(self) -> tuple[str, ...]:
        """Return an answer that misses nothing, normalised."""
        ...


def points_for(right: int, total: int) -> int:
    """Return 2 where every part is right, 1 where two thirds are, else 0."""
    if right == total:
        return 2
    return 1 if right >= total * _HALF_POINT_SHARE else 0


def read_pairs(
    answer: Answer, keys: Sequence[str], values: Sequence[str]
) -> dict[str, str]:
    """Return an answer of ``key=value`` words as a mapping that has every key.

    Raises
    ------
    InvalidInputError
        A key is missing or twice, or something is not on offer.
    """
    pairs = [word.partition("=")[::2] for word in answer]
    found = dict(pairs)
    fits = len(pairs) == len(found) and set(found) == set(keys)
    if not fits or not set(found.values()) <= set(values):
        raise InvalidInputError(message("Choose from the answers shown."))
    return {key: found[key] for key in keys}


def bilingual(row: Mapping[str, Any], key: str) -> Bilingual | None:
    """Return a text of a document, where it is there."""
    return Bilingual.from_json(row[key]) if row.get(key) else None
