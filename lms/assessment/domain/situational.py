"""Items that ask for the most and the least fitting way to act in a situation.

Naming the best and the worst of several ways is a usual form of situational judgement
tests (McDaniel and Nguyen, 2001, doi:10.1111/1468-2389.00167). The key is the author's
judgement on the sources named; what lies between is not put in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lms.assessment.domain.judged import Answer, Part, bilingual, read_pairs
from lms.content.domain import Bilingual
from lms.errors import InvalidInputError, message

PLACES = ("best", "worst")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to act; `value` is ``best``, ``between`` or ``worst``."""

    slug: str
    text: Bilingual
    value: str
    feedback: Bilingual
    belief: Bilingual | None


@dataclass(frozen=True, slots=True)
class SituationalBody:
    """Ways to act, of which one is the best and one the worst."""

    kind: ClassVar[str] = "situational"
    maximum: ClassVar[int] = 2

    options: tuple[Way, ...]

    def normalise(self, answer: Answer) -> tuple[str, ...]:
        """Return ``best=…`` and ``worst=…``."""
        found = self._read(answer)
        if found["best"] == found["worst"]:
            raise InvalidInputError(
                message("The most and the least fitting way cannot be the same.")
            )
        return tuple(f"{place}={found[place]}" for place in PLACES)

    def score(self, answer: Answer) -> int:
        """Return a point for each end; none where an end is taken for the other."""
        found, key = self._read(answer), self._key
        if found["best"] == key["worst"] or found["worst"] == key["best"]:
            return 0
        return sum(found[place] == key[place] for place in PLACES)

    def parts(self, answer: Answer) -> tuple[Part, ...]:
        """Return what is said to each way to act."""
        said = {slug: place for place, slug in self._read(answer).items()}
        return tuple(self._part(row, said.get(row.slug)) for row in self.options)

    @staticmethod
    def _part(row: Way, said: str | None) -> Part:
        is_right = (said or "between") == row.value
        return Part(
            text=row.text,
            is_right=is_right,
            given=said,
            expected=row.value,
            notes=(row.feedback,),
            belief=row.belief if said == "best" and not is_right else None,
        )

    def _read(self, answer: Answer) -> dict[str, str]:
        return read_pairs(answer, PLACES, [row.slug for row in self.options])

    @property
    def _key(self) -> dict[str, str]:
        return {row.value: row.slug for row in self.options if row.value in PLACES}

    @property
    def right_answer(self) -> tuple[str, ...]:
        """Return the best and the worst way."""
        return tuple(f"{place}={self._key[place]}" for place in PLACES)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SituationalBody":
        """Rebuild the body from a published document."""
        return cls(
            tuple(
                Way(
                    row["id"],
                    Bilingual.from_json(row["text"]),
                    row["value"],
                    Bilingual.from_json(row["feedback"]),
                    bilingual(row, "belief"),
                )
                for row in document["options"]
            )
        )
