"""A case as the engine plays it: one logic, many texts, everything with an id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.declarations import (
    Change,
    Clock,
    Comment,
    Fact,
    FollowUp,
    Material,
    NamedPlay,
    Omission,
    Promise,
    Source,
    Text,
)
from lms.simulation.domain.effects import Effects
from lms.simulation.domain.observations import AspectEvidence, Evidence
from lms.simulation.domain.state import Layout
from lms.simulation.domain.tasks.scoring import Task
from lms.simulation.domain.variables import Variable

NOBODY = "none"
"""Value of an interpreter variable while nobody interprets."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the case; one has the role ``trainee``.

    Attributes
    ----------
    speaks : mapping of str to str
        Language to ``fluent`` or ``basic``, the language of daily use first.
    name, about : str or None
        Text ids.
    """

    id: str
    role: str
    speaks: Mapping[str, str]
    channel: str | None = None
    age: int | None = None
    name: str | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Rendering:
    """How one interpreter renders one turn.

    Attributes
    ----------
    how : str
        ``faithful``, ``shortened``, ``left_out`` or ``own_advice``.
    text : str or None
        Text id of what the trainee hears; None where nothing is said.
    lost : tuple of str
        Facts that do not come across.
    """

    how: str
    text: str | None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody says something.

    Attributes
    ----------
    language : str
        The language it is said in.
    via : str or None
        State variable that holds who interprets.
    renderings : mapping of str to Rendering
        By person; empty means that whoever interprets does it faithfully.
    """

    id: str
    by: str
    text: str
    language: str
    via: str | None = None
    when: Condition | None = None
    renderings: Mapping[str, Rendering] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the trainee can do in a talk.

    Attributes
    ----------
    is_greyed : bool
        While it is not allowed, it is shown grey; otherwise it is hidden.
    approach : str or None
        In advice to a colleague: ``teaching``, ``coaching`` or ``supervision``.
    """

    id: str
    text: str
    to: str
    bit: int
    when: Condition | None = None
    is_once: bool = False
    is_greyed: bool = False
    effects: Effects = field(default_factory=Effects)
    evidence: tuple[Evidence, ...] = ()
    comment: Comment | None = None
    scores: tuple[str, ...] = ()
    approach: str | None = None


@dataclass(frozen=True, slots=True)
class TalkScene:
    """Turns, then choices.

    Attributes
    ----------
    loses_facts : bool
        Some rendering of some turn loses a fact.
    """

    id: str
    bit: int
    turns: tuple[Turn, ...]
    choices: Mapping[str, Choice]
    loses_facts: bool
    kind: ClassVar[str] = "talk"


@dataclass(frozen=True, slots=True)
class DocumentScene:
    """Material; having read it has effects."""

    id: str
    bit: int
    material: tuple[Material, ...]
    effects: Effects
    to: str
    text: str | None = None
    kind: ClassVar[str] = "document"


@dataclass(frozen=True, slots=True)
class TaskScene:
    """A task; `scored_by_person` leaves the judgement to a rater.

    Attributes
    ----------
    aspects : mapping of str to AspectEvidence
        Aspects that are evidence of their own, beside the whole.
    """

    id: str
    bit: int
    task: Task
    effects: Effects
    to: str
    prompt: str | None = None
    scores: tuple[str, ...] = ()
    weight: int = 1
    because: str | None = None
    scored_by_person: bool = False
    comment: Comment | None = None
    aspects: Mapping[str, AspectEvidence] = field(default_factory=dict)
    kind: ClassVar[str] = "task"

    @property
    def criteria(self) -> tuple[str, ...]:
        """Return every criterion that the answer can show, each once."""
        found = list(self.scores)
        for aspect in self.aspects.values():
            found += aspect.criteria
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Branch:
    """One way out of a route scene."""

    to: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class RouteScene:
    """No page: the first branch whose condition holds is taken."""

    id: str
    bit: int
    branches: tuple[Branch, ...]
    kind: ClassVar[str] = "route"


@dataclass(frozen=True, slots=True)
class EndScene:
    """An end with its outcome."""

    id: str
    bit: int
    outcome: str
    text: str | None = None
    follow_up: FollowUp | None = None
    kind: ClassVar[str] = "end"


Scene: TypeAlias = TalkScene | DocumentScene | TaskScene | RouteScene | EndScene


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Everything about one version of one case.

    Attributes
    ----------
    source_language : str
        Language in which the texts were written.
    offered_languages : tuple of str
        Languages that a page can be read in.
    layout : Layout
        Which bit of a state is which name.
    choice_scenes : mapping of str to str
        The scene of each choice.
    watched : frozenset of str
        Facts of which some condition reads whether they were told.
    texts : mapping of str to mapping of str to Text
        By language, then by text id.
    """

    id: str
    version: int
    source_language: str
    offered_languages: tuple[str, ...]
    start: str
    scenes: Mapping[str, Scene]
    people: Mapping[str, Person]
    facts: Mapping[str, Fact]
    variables: Mapping[str, Variable]
    clock: Clock | None
    omissions: tuple[Omission, ...]
    blueprint: tuple[Promise, ...]
    tests: tuple[NamedPlay, ...]
    texts: Mapping[str, Mapping[str, Text]]
    layout: Layout
    choice_scenes: Mapping[str, str]
    watched: frozenset[str]
    title: str | None = None
    summary: str | None = None
    minutes_expected: int | None = None
    change: Change | None = None
    notice: str | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def trainee(self) -> Person:
        """Return the person that the trainee plays."""
        return next(p for p in self.people.values() if p.role == "trainee")

    @property
    def limit(self) -> int | None:
        """Return the limit of the clock in virtual minutes, if there is one."""
        return self.clock.limit if self.clock else None

    def find_choice(self, choice_id: str) -> Choice | None:
        """Return a choice wherever it stands, or nothing."""
        scene = self.scenes.get(self.choice_scenes.get(choice_id, ""))
        return scene.choices[choice_id] if isinstance(scene, TalkScene) else None

    def find_text(self, text_id: str, language: str) -> str | None:
        """Return a text in `language`, else in the source language, else nothing."""
        for offered in (language, self.source_language):
            text = self.texts.get(offered, {}).get(text_id)
            if text is not None:
                return text.text
        return None

    def preview_minutes(self, play_entry: str) -> int:
        """Return what a choice, or leaving a document or task, costs on the clock.

        Raises
        ------
        KeyError
            Nothing that can be played has this id.
        """
        choice = self.find_choice(play_entry)
        if choice is not None:
            return choice.effects.minutes
        scene = self.scenes[play_entry]
        if isinstance(scene, DocumentScene | TaskScene):
            return scene.effects.minutes
        raise KeyError(play_entry)
