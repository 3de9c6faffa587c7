"""What every kind of task shares: its base, parts, credit and cuts."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar, Protocol

from lms.content.domain import Bilingual
from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.effects import Share
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.state import Layout, State

_DECIMALS = 6
"""Credits are rounded before they meet a cut, so that 0.1 + 0.2 is 0.3."""


class Listed(Protocol):
    """An entry of the directory."""

    @property
    def name(self) -> Bilingual:
        """Return what it is called."""


NOTHING_LISTED: Mapping[str, Listed] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to sort, order or pick; `text` and `about` are text ids.

    Attributes
    ----------
    name : Bilingual or None
        What the directory calls it, for want of a text.
    """

    id: str
    text: str | None = None
    about: str | None = None
    name: Bilingual | None = None

    @classmethod
    def list_from(
        cls, rows: Iterable[Any], listed: Mapping[str, Listed] = NOTHING_LISTED
    ) -> tuple["Entry", ...]:
        """Read a list whose entries are ``ID`` or ``{id, text, about, listed_as}``."""
        return tuple(
            cls(row) if isinstance(row, str) else cls._from_row(row, listed)
            for row in rows
        )

    @classmethod
    def _from_row(cls, row: Mapping[str, Any], listed: Mapping[str, Listed]) -> "Entry":
        entry = listed.get(row.get("listed_as", ""))
        return cls(
            row["id"],
            row.get("text"),
            row.get("about"),
            entry.name if entry else None,
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
    because : str or None
        Text id of the author's reason.
    aspect : str or None
        What it is a part of, such as ``order``.
    given, expected : tuple of str
        Ids of what was answered and of what would have been best.
    unmet : tuple of str
        Conditions that fail or are open: text ids, or ``menu#condition``.
    """

    id: str
    credit: float
    because: str | None = None
    aspect: str | None = None
    given: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    is_unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of an answer, which can be evidence of its own."""

    id: str
    credit: float
    seen: Seen


@dataclass(frozen=True, slots=True)
class TaskScore:
    """What an answer is worth; `seen` is None where a person judges."""

    seen: Seen | None
    credit: float = 0.0
    parts: tuple[Part, ...] = ()
    aspects: tuple[Aspect, ...] = ()

    def kept(self, aspects: Iterable[str]) -> tuple[tuple[str, Seen], ...]:
        """Return what some aspects show."""
        wanted = set(aspects)
        return tuple((row.id, row.seen) for row in self.aspects if row.id in wanted)


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

    def aspects_of(self, parts: Iterable[Part]) -> tuple[Aspect, ...]:
        """Return the mean of each aspect's parts, in the order of the parts."""
        found = []
        for name, group in groupby(parts, key=lambda part: part.aspect):
            rows = list(group)
            mean = mean_credit(rows)
            is_unsafe = any(row.is_unsafe for row in rows)
            seen = Seen.UNSAFE if is_unsafe else self.judge(mean)
            if name is not None:
                found.append(Aspect(name, round(mean, _DECIMALS), seen))
        return tuple(found)


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

    def what_matters(self, scope: Scope) -> Hashable:
        """Return what of the known facts changes the answers that differ.

        States that agree in it, and in all conditions, offer the same outcomes.
        """
        return scope.state.facts if self.reads_facts else 0

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


def mean_credit(parts: Sequence[Part]) -> float:
    """Return the mean credit; 1 where there is nothing to judge."""
    return sum(part.credit for part in parts) / len(parts) if parts else 1.0


def first_of_each(
    answers: Iterable[tuple[Any, Any]],
) -> Iterator[Any]:
    """Return the first answer for each different key of ``(key, answer)`` pairs."""
    met: set[Any] = set()
    for key, answer in answers:
        if key not in met:
            met.add(key)
            yield answer
