"""Items whose steps are to be put in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from typing import Any, ClassVar

from lms.assessment.domain.judged import Answer, Part, bilingual, points_for
from lms.content.domain import Bilingual
from lms.errors import InvalidInputError, message


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and why it stands where it stands."""

    slug: str
    text: Bilingual
    feedback: Bilingual


@dataclass(frozen=True, slots=True)
class Pair:
    """Two steps of which one must come before the other, and why."""

    first: str
    then: str
    reason: Bilingual | None


@dataclass(frozen=True, slots=True)
class OrderingBody:
    """Steps in a right order, and the pairs that an answer must keep.

    Attributes
    ----------
    steps : tuple of Step
        In a right order.
    pairs : tuple of Pair
        All pairs of the order where the author names none.
    belief : Bilingual
        The false belief behind the commonest wrong order.
    """

    kind: ClassVar[str] = "ordering"
    maximum: ClassVar[int] = 2

    slug: str
    steps: tuple[Step, ...]
    pairs: tuple[Pair, ...]
    belief: Bilingual

    @property
    def shown(self) -> tuple[Step, ...]:
        """Return the steps as they are offered: shuffled, the same for everybody."""
        mixed = tuple(sorted(self.steps, key=self._mark))
        return (*mixed[1:], mixed[0]) if mixed == self.steps else mixed

    def _mark(self, step: Step) -> str:
        return sha256(f"{self.slug}/{step.slug}".encode()).hexdigest()

    def normalise(self, answer: Answer) -> tuple[str, ...]:
        """Return the steps in the order given."""
        if sorted(answer) != sorted(step.slug for step in self.steps):
            raise InvalidInputError(message("Give each step a place of its own."))
        return tuple(answer)

    def score(self, answer: Answer) -> int:
        """Return 2 if every pair is kept, 1 if two thirds of the pairs are."""
        return points_for(len(self.pairs) - len(self.broken(answer)), len(self.pairs))

    def broken(self, answer: Answer) -> tuple[Pair, ...]:
        """Return the pairs that an answer turns round."""
        place = {slug: number for number, slug in enumerate(answer)}
        return tuple(row for row in self.pairs if place[row.first] > place[row.then])

    def parts(self, answer: Answer) -> tuple[Part, ...]:
        """Return what is said to each step, in the author's order."""
        broken = self.broken(answer)
        place = {slug: str(number) for number, slug in enumerate(answer, 1)}
        return tuple(
            self._part(step, place[step.slug], str(number), broken)
            for number, step in enumerate(self.steps, 1)
        )

    def _part(
        self, step: Step, given: str, expected: str, broken: tuple[Pair, ...]
    ) -> Part:
        turned = [row for row in broken if row.first == step.slug]
        is_right = not any(step.slug in (row.first, row.then) for row in broken)
        reasons = (row.reason for row in turned if row.reason is not None)
        return Part(
            text=step.text,
            is_right=is_right,
            given=given,
            expected=expected,
            notes=(step.feedback, *reasons),
        )

    @property
    def right_answer(self) -> tuple[str, ...]:
        """Return the author's order."""
        return tuple(step.slug for step in self.steps)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "OrderingBody":
        """Rebuild the body from a published document."""
        steps = tuple(
            Step(
                row["id"],
                Bilingual.from_json(row["text"]),
                Bilingual.from_json(row["feedback"]),
            )
            for row in document["steps"]
        )
        named = tuple(
            Pair(row["first"], row["then"], bilingual(row, "reason"))
            for row in document.get("before", ())
        )
        every = (Pair(a.slug, b.slug, None) for a, b in combinations(steps, 2))
        return cls(
            slug=document["id"],
            steps=steps,
            pairs=named or tuple(every),
            belief=Bilingual.from_json(document["belief"]),
        )
