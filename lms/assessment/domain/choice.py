"""Items with options of which one holds, or all that hold are to be found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lms.assessment.domain.judged import Answer, Part, bilingual
from lms.content.domain import Bilingual
from lms.errors import InvalidInputError, message


@dataclass(frozen=True, slots=True)
class Option:
    """One answer on offer; a wrong one names the false belief behind it."""

    slug: str
    text: Bilingual
    is_correct: bool
    feedback: Bilingual
    belief: Bilingual | None

    @classmethod
    def from_document(cls, row: Mapping[str, Any]) -> "Option":
        """Rebuild an option from a published document."""
        return cls(
            slug=row["id"],
            text=Bilingual.from_json(row["text"]),
            is_correct=row["correct"],
            feedback=Bilingual.from_json(row["feedback"]),
            belief=bilingual(row, "belief"),
        )


@dataclass(frozen=True, slots=True)
class _Options:
    options: tuple[Option, ...]

    def normalise(self, answer: Answer) -> tuple[str, ...]:
        """Return the options chosen, in the order of their names."""
        picked = frozenset(answer)
        if not picked <= {option.slug for option in self.options} or not picked:
            raise InvalidInputError(message("Choose from the answers shown."))
        return tuple(sorted(picked))

    def parts(self, answer: Answer) -> tuple[Part, ...]:
        """Return what is said to the options chosen, and to those that hold."""
        return tuple(
            Part(
                text=option.text,
                is_right=option.is_correct,
                given="chosen" if option.slug in answer else None,
                expected="holds" if option.is_correct else None,
                notes=(option.feedback,),
                belief=None if option.is_correct else option.belief,
            )
            for option in self.options
            if option.slug in answer or option.is_correct
        )

    @property
    def right_answer(self) -> tuple[str, ...]:
        """Return the options that hold."""
        return tuple(sorted(row.slug for row in self.options if row.is_correct))

    def count_misjudged(self, answer: Answer) -> int:
        """Return how many options were chosen wrongly or left out wrongly."""
        return sum((row.slug in answer) is not row.is_correct for row in self.options)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Any:
        """Rebuild the body from a published document."""
        return cls(tuple(map(Option.from_document, document["options"])))


@dataclass(frozen=True, slots=True)
class SingleBody(_Options):
    """One of the options holds: 1 point, or none."""

    kind: ClassVar[str] = "single"
    maximum: ClassVar[int] = 1

    def normalise(self, answer: Answer) -> tuple[str, ...]:
        """Return the one option chosen."""
        picked = _Options.normalise(self, answer)
        if len(picked) != 1:
            raise InvalidInputError(message("Choose one answer."))
        return picked

    def score(self, answer: Answer) -> int:
        """Return 1 for the option that holds."""
        return int(self.count_misjudged(answer) == 0)


@dataclass(frozen=True, slots=True)
class MultipleBody(_Options):
    """All options that hold: 2 points, 1 with one option misjudged."""

    kind: ClassVar[str] = "multiple"
    maximum: ClassVar[int] = 2

    def score(self, answer: Answer) -> int:
        """Return 2 less the number of options misjudged, 0 at the least."""
        return max(0, 2 - self.count_misjudged(answer))
