"""Free text: written by the trainee, judged by a person, never by key words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lms.simulation.domain.tasks.scoring import Scope, Task, TaskScore
from lms.simulation.domain.tasks.shapes import (
    AnswerFault,
    require_keys,
    require_length,
    require_text,
)

_FILLER = "…"


@dataclass(frozen=True, slots=True)
class FreeTextTask(Task):
    """Write something.

    Attributes
    ----------
    min_chars, max_chars : int or None
        Bounds in characters (code points), outer blanks not counted.
    answer_in : tuple of str
        Languages that may be written in; the case's source language by default.
    anchors : mapping of str to str
        Level to text id of a performance on that level, for the rater.
    """

    min_chars: int
    max_chars: int | None
    answer_in: tuple[str, ...]
    anchors: Mapping[str, str]

    kind: ClassVar[str] = "free_text"

    @classmethod
    def from_document(cls, row: Mapping[str, Any], source: str) -> "FreeTextTask":
        """Read the keys of a free_text scene."""
        length = row.get("length", {})
        return cls(
            min_chars=length.get("min_chars", 1),
            max_chars=length.get("max_chars"),
            answer_in=tuple(row.get("answer_in", (source,))),
            anchors=row.get("anchors", {}),
        )

    def check(self, answer: Any, _scope: Scope) -> None:
        """Take ``{"text": …, "language": …}`` inside the bounds."""
        given = require_keys(answer, required=("text", "language"))
        text = require_text(given["text"], "text")
        if given["language"] not in self.answer_in:
            raise AnswerFault(
                f"language {given['language']!r} is not asked for; write in "
                + ", ".join(self.answer_in)
            )
        require_length(text, self.min_chars, self.max_chars)

    def score(self, _answer: Any, _scope: Scope) -> TaskScore:
        """Leave it to a person."""
        return TaskScore(None)

    def full_credit(self, _scope: Scope) -> dict[str, str]:
        """Return a text of the shortest length, which stands for any text."""
        text = _FILLER * max(1, self.min_chars)
        return {"text": text, "language": self.answer_in[0]}

    def answers(self, scope: Scope) -> Iterator[dict[str, str]]:
        """Return one text: whatever is written, the case goes the same way on."""
        yield self.full_credit(scope)
