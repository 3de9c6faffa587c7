"""What a play gives: enough for any page, with evidence kept apart from state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.simulation.domain.actions import Action
from lms.simulation.domain.case import TaskScene
from lms.simulation.domain.observations import Observation
from lms.simulation.domain.state import State
from lms.simulation.domain.tasks.scoring import TaskScore
from lms.simulation.domain.variables import Value


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn as the trainee meets it.

    Attributes
    ----------
    text, language : str
        Text id of what was said, and its language.
    via : str or None
        Person who interprets; None without one.
    how : str or None
        ``faithful``, ``shortened``, ``left_out`` or ``own_advice``; None without an
        interpreter.
    heard : str or None
        Text id of what the trainee hears; None where nothing is rendered.
    lost : tuple of str
        Facts that did not come across.
    is_followed : bool
        The trainee can follow: by own knowledge of the language, or via somebody.
    """

    id: str
    by: str
    text: str
    language: str
    via: str | None
    how: str | None
    heard: str | None
    lost: tuple[str, ...]
    is_followed: bool


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A choice on offer; what is hidden is not among them.

    Attributes
    ----------
    minutes : int
        Cost on the clock.
    is_allowed : bool
        False: shown grey, and refused by the engine.
    """

    id: str
    text: str
    minutes: int
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class RevealedFact:
    """A fact that became known at `minute`, by the action at `position`."""

    fact: str
    minute: int
    position: int
    scene: str


@dataclass(frozen=True, slots=True)
class SharedFact:
    """A fact that was told; `partner` is None where the case names nobody."""

    fact: str
    partner: str | None
    minute: int
    position: int
    scene: str


@dataclass(frozen=True, slots=True)
class Note:
    """A text that the case wrote into the trainee's notebook."""

    text: str
    minute: int
    position: int
    scene: str


@dataclass(frozen=True, slots=True)
class PendingAnswer:
    """An answer that a person must judge."""

    scene: str
    position: int
    criteria: tuple[str, ...]
    weight: int
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One action and what it did.

    Attributes
    ----------
    turns : tuple of TurnView
        What the trainee had heard in this scene when acting.
    revealed, lost : tuple of str
        Facts that became known, and those that a rendering kept back.
    score : TaskScore or None
        For a task: credit and parts, to be explained afterwards.
    """

    position: int
    scene: str
    kind: str
    action: Action
    minutes_before: int
    minutes_after: int
    turns: tuple[TurnView, ...]
    revealed: tuple[str, ...]
    lost: tuple[str, ...]
    to: str
    score: TaskScore | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayResult:
    """Where a play stands after its actions, and what it showed.

    Attributes
    ----------
    scene, kind : str
        Current scene, and ``talk``, ``document``, ``task`` or ``end``.
    minutes, limit : int, int or None
        Virtual minutes gone by, and the clock's limit.
    state : mapping of str to Value
        Every variable; `Variable.shown` says whether the trainee may see it.
    task : TaskScene or None
        The task that waits for an answer.
    observations : tuple of Observation
        Evidence in the order in which it arose; omissions last.
    pending : tuple of PendingAnswer
        Answers without observation until a person has marked them.
    standing : State
        The same place as the engine keeps it; pages leave it alone.
    """

    engine: str
    scene: str
    kind: str
    is_finished: bool
    outcome: str | None
    minutes: int
    limit: int | None
    state: Mapping[str, Value]
    facts: tuple[RevealedFact, ...]
    shared: tuple[SharedFact, ...]
    notes: tuple[Note, ...]
    turns: tuple[TurnView, ...]
    choices: tuple[ChoiceView, ...]
    task: TaskScene | None
    steps: tuple[Step, ...]
    observations: tuple[Observation, ...]
    pending: tuple[PendingAnswer, ...]
    standing: State

    @property
    def known_facts(self) -> tuple[str, ...]:
        """Return the ids of the facts revealed, in order."""
        return tuple(row.fact for row in self.facts)
