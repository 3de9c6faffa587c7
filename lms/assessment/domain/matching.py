"""Items whose prompts are to be given the option that fits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lms.assessment.domain.judged import (
    Answer,
    Part,
    bilingual,
    points_for,
    read_pairs,
)
from lms.content.domain import Bilingual


@dataclass(frozen=True, slots=True)
class Prompt:
    """What asks for an option, and why that one fits."""

    slug: str
    text: Bilingual
    answer: str
    feedback: Bilingual


@dataclass(frozen=True, slots=True)
class Match:
    """What may fit; `feedback` says what it really is for."""

    slug: str
    text: Bilingual
    feedback: Bilingual
    belief: Bilingual | None


@dataclass(frozen=True, slots=True)
class MatchingBody:
    """Prompts and options; an option may fit several prompts, or none."""

    kind: ClassVar[str] = "matching"
    maximum: ClassVar[int] = 2

    prompts: tuple[Prompt, ...]
    options: tuple[Match, ...]

    def normalise(self, answer: Answer) -> tuple[str, ...]:
        """Return ``prompt=option`` for each prompt."""
        found = self._read(answer)
        return tuple(f"{prompt}={option}" for prompt, option in found.items())

    def score(self, answer: Answer) -> int:
        """Return 2 if every prompt has its option, 1 if two thirds have."""
        found = self._read(answer)
        right = sum(found[prompt.slug] == prompt.answer for prompt in self.prompts)
        return points_for(right, len(self.prompts))

    def parts(self, answer: Answer) -> tuple[Part, ...]:
        """Return what is said to each prompt, and to a wrong option given to it."""
        found = self._read(answer)
        options = {option.slug: option for option in self.options}
        return tuple(
            self._part(prompt, options[found[prompt.slug]], options[prompt.answer])
            for prompt in self.prompts
        )

    def _part(self, prompt: Prompt, given: Match, expected: Match) -> Part:
        is_right = given.slug == expected.slug
        notes = (prompt.feedback,) if is_right else (given.feedback, prompt.feedback)
        return Part(
            text=prompt.text,
            is_right=is_right,
            given=given.text,
            expected=expected.text,
            notes=notes,
            belief=None if is_right else given.belief,
        )

    def _read(self, answer: Answer) -> dict[str, str]:
        return read_pairs(
            answer,
            [prompt.slug for prompt in self.prompts],
            [option.slug for option in self.options],
        )

    @property
    def right_answer(self) -> tuple[str, ...]:
        """Return each prompt with its option."""
        return tuple(f"{prompt.slug}={prompt.answer}" for prompt in self.prompts)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "MatchingBody":
        """Rebuild the body from a published document."""
        return cls(
            prompts=tuple(
                Prompt(
                    row["id"],
                    Bilingual.from_json(row["text"]),
                    row["answer"],
                    Bilingual.from_json(row["feedback"]),
                )
                for row in document["prompts"]
            ),
            options=tuple(
                Match(
                    row["id"],
                    Bilingual.from_json(row["text"]),
                    Bilingual.from_json(row["feedback"]),
                    bilingual(row, "belief"),
                )
                for row in document["options"]
            ),
        )
