"""What every kind of task shares: its base, parts, credit and cuts."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.effects import Share
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.state import Layout, State

_DECIMALS = 6
"""Credits are rounded before they meet a cut, so that 0.1 + 0.2 is 0.3."""


class AnswerFault(ValueError):  # noqa: N818  # a fault of the answer, not of the code
    """An answer has the wrong shape; the engine adds the place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to sort, order or pick; `text` and `about` are text ids."""

    id: str
    text: str | None = None
    about: str | None = None

    @classmethod
    def list_from(cls, rows: Iterable[Any]) -> tuple["Entry", ...]:
        """Read a list whose entries are ``ID`` or ``{id, text, about}``."""
        return tuple(
            cls(row)
            if isinstance(row, str)
            else cls(row["id"], row.get("text"), row.get("about"))
            for row in rows
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score, so that it can be explained.

    Attributes
    ----------
    id : str
        What was judged: an item, a pair ``first>then``, ``partner.reason`` …
    credit : float
        From 0 to 1 (choose_many: also −1 for a wrong pick).
    """

    id: str
    credit: float
    because: str | None = None


@dataclass(frozen=True, slots=True)
class TaskScore:
    """What an answer is worth; `seen` is None where a person judges."""

    seen: Seen | None
    credit: float = 0.0
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Cuts:
    """Credit from which an answer counts as met, and as partly met.

    The defaults are the project's convention, provisional until a standard setting:
    one slip in five is still met, and less than two in five is not met.
    """

    met: float = 0.8
    partly: float = 0.4

    @classmethod
    def from_document(cls, row: Mapping[str, float] | None) -> "Cuts":
        """Read the optional key ``cuts``."""
        return cls(row["met"], row["partly"]) if row else cls()

    def judge(self, credit: float) -> Seen:
        """Return what a credit from 0 to 1 shows."""
        rounded = round(credit, _DECIMALS)
        if rounded >= self.met:
            return Seen.MET
        return Seen.PARTLY if rounded >= self.partly else Seen.NOT_MET

    def score(self, credit: float, parts: Iterable[Part]) -> TaskScore:
        """Return the score of a credit, with its parts."""
        return TaskScore(self.judge(credit), round(credit, _DECIMALS), tuple(parts))


@dataclass(frozen=True, slots=True)
class Scope:
    """What a task may know of the play it stands in.

    Attributes
    ----------
    watched : frozenset of str
        Facts of which some condition reads whether they were told.
    """

    state: State
    layout: Layout
    watched: frozenset[str] = frozenset()

    @property
    def known_facts(self) -> tuple[str, ...]:
        """Return the facts revealed so far, in the order of the case file."""
        return self.layout.list_facts(self.state.facts)

    def holds(self, condition: Condition | None) -> bool:
        """Say whether a condition holds; none always does."""
        return condition is None or condition(self.state)


class Task(ABC):
    """One kind of task: answers in, score out."""

    __slots__ = ()
    kind: ClassVar[str]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return everything that needs a label."""
        return ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return every condition that it reads."""
        return ()

    @property
    def reads_facts(self) -> bool:
        """Say whether the facts known so far change what may be answered."""
        return False

    @abstractmethod
    def check(self, answer: Any, scope: Scope, /) -> None:
        """Raise `AnswerFault` if the answer has the wrong shape."""

    @abstractmethod
    def score(self, answer: Any, scope: Scope, /) -> TaskScore:
        """Score an answer that was checked."""

    @abstractmethod
    def full_credit(self, scope: Scope, /) -> Any:
        """Return an answer with the best score to be had here."""

    @abstractmethod
    def answers(self, scope: Scope, /) -> Iterator[Any]:
        """Return answers that reach every score and effect there is, best first."""

    def shares(self, _answer: Any, /) -> tuple[Share, ...]:
        """Return the facts that an answer tells somebody."""
        return ()


def require_list_of(answer: Any, allowed: Iterable[str], *, what: str) -> list[str]:
    """Return a list of different known ids, or say which entry is at fault."""
    if not isinstance(answer, list):
        raise AnswerFault(f"the answer must be a list of {what}")
    known = set(allowed)
    for number, entry in enumerate(answer):
        if not isinstance(entry, str) or entry not in known:
            raise AnswerFault(f"{entry!r} is none of the {what}: {_listed(known)}")
        if entry in answer[:number]:
            raise AnswerFault(f"{entry!r} stands there twice; name it once")
    return answer


def require_keys(
    answer: Any, *, required: Iterable[str], optional: Iterable[str] = ()
) -> Mapping[str, Any]:
    """Return a mapping with exactly these keys, or say which one is at fault."""
    if not isinstance(answer, dict):
        raise AnswerFault(f"the answer must be an object with {_listed(required)}")
    needed = set(required)
    for key in answer:
        if key not in needed and key not in set(optional):
            raise AnswerFault(f"unknown key {key!r}; leave it out")
    for key in sorted(needed):
        if key not in answer:
            raise AnswerFault(f"key {key!r} is missing; add it")
    return answer


def require_text(value: Any, key: str) -> str:
    """Return a string, or say which key holds none."""
    if not isinstance(value, str):
        raise AnswerFault(f"{key!r} must be a text")
    return value


def first_of_each(
    answers: Iterable[tuple[Any, Any]],
) -> Iterator[Any]:
    """Return the first answer for each different key of ``(key, answer)`` pairs."""
    met: set[Any] = set()
    for key, answer in answers:
        if key not in met:
            met.add(key)
            yield answer


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
