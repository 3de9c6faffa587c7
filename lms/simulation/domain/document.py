"""Rebuild a case from its stored canonical document (plain JSON)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lms.simulation.domain.case import (
    Branch,
    Case,
    Choice,
    DocumentScene,
    EndScene,
    Person,
    Rendering,
    RouteScene,
    Scene,
    TalkScene,
    TaskScene,
    Turn,
)
from lms.simulation.domain.condition_reader import Names, parse_condition
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
from lms.simulation.domain.tasks import TASK_READERS
from lms.simulation.domain.variables import Variable

Row = Mapping[str, Any]


def case_from_document(document: Row) -> Case:
    """Build the case that a published document describes.

    Parameters
    ----------
    document : mapping
        As `CaseKind.read` makes it: the keys of ``case.yaml`` and ``texts``.

    Raises
    ------
    ConditionError
        A condition cannot be read.
    KeyError
        A name is not declared; the checker finds both before anything is published.
    """
    reader = _CaseReader(document)
    scenes = {name: reader.scene(name, row) for name, row in document["scenes"].items()}
    languages = document["languages"]
    omissions = tuple(reader.omission(row) for row in document.get("omissions", ()))
    return Case(
        id=document["id"],
        version=document["version"],
        source_language=languages["source"],
        offered_languages=tuple(languages["offered"]),
        start=document["start"],
        scenes=scenes,
        people=reader.people,
        facts={
            n: Fact.from_document(n, row)
            for n, row in document.get("facts", {}).items()
        },
        variables=reader.variables,
        clock=_clock(document.get("clock")),
        omissions=omissions,
        blueprint=tuple(
            Promise(row["criterion"], row.get("min_chances", 1))
            for row in document.get("blueprint", ())
        ),
        tests=tuple(
            NamedPlay(row["name"], tuple(row["play"]), row["expect"])
            for row in document.get("tests", ())
        ),
        texts=_texts(document.get("texts", {})),
        layout=reader.layout,
        choice_scenes=reader.choice_scenes,
        watched=frozenset(
            name.id
            for condition in reader.conditions
            for name in condition.reads()
            if name.kind == "shared"
        ),
        title=document.get("title"),
        summary=document.get("summary"),
        minutes_expected=document.get("minutes_expected"),
        change=Change.from_document(document.get("change")),
        notice=document.get("notice"),
        sources={
            name: Source.from_document(row)
            for name, row in document.get("sources", {}).items()
        },
    )


def names_of(document: Row) -> Names:
    """Return what a document declares, for its conditions."""
    return Names(
        variables={
            name: Variable.from_document(name, row)
            for name, row in document.get("state", {}).items()
        },
        facts=tuple(document.get("facts", {})),
        scenes=tuple(document["scenes"]),
        choices=tuple(row["id"] for _, row in list_choices(document)),
    )


def list_choices(document: Row) -> Iterator[tuple[str, Row]]:
    """Return every choice of a document with the id of its scene."""
    for scene, row in document["scenes"].items():
        for choice in row.get("choices", ()):
            yield scene, choice


class _CaseReader:
    """Reads the parts of one document against the names that it declares."""

    def __init__(self, document: Row) -> None:
        self._document = document
        self._names = names_of(document)
        self._source = document["languages"]["source"]
        self.variables = self._names.variables
        self.conditions: list[Condition] = []
        self.choice_scenes = {row["id"]: scene for scene, row in list_choices(document)}
        self.layout = Layout.of(
            variables=self.variables,
            facts=self._names.facts,
            scenes=self._names.scenes,
            choices=self._names.choices,
        )
        self.people = {
            name: _person(name, row, self._source)
            for name, row in document.get("people", {}).items()
        }

    def condition(self, text: str) -> Condition:
        """Parse and compile a condition."""
        node = parse_condition(text, self._names)
        result = Condition(text, node, node.compile(self.layout))
        self.conditions.append(result)
        return result

    def omission(self, row: Row) -> Omission:
        """Read one entry of ``omissions``."""
        evidence = Evidence.from_document(row, self._when(row))
        return Omission(evidence, tuple(row.get("scenes", ())))

    def scene(self, name: str, row: Row) -> Scene:
        """Read one scene."""
        readers: Mapping[str, Callable[[str, Row, int], Scene]] = {
            "talk": self._talk,
            "document": self._document_scene,
            "task": self._task,
            "route": self._route,
            "end": self._end,
        }
        return readers[row["kind"]](name, row, self.layout.scenes[name])

    def _when(self, row: Row) -> Condition | None:
        return self.condition(row["when"]) if "when" in row else None

    def _effects(self, row: Row) -> Effects:
        return Effects.from_document(
            row.get("do", ()), variables=self.variables, layout=self.layout
        )

    def _talk(self, name: str, row: Row, bit: int) -> TalkScene:
        turns = tuple(self._turn(turn) for turn in row.get("turns", ()))
        choices = {choice["id"]: self._choice(choice) for choice in row["choices"]}
        loses = any(r.lost for turn in turns for r in turn.renderings.values())
        return TalkScene(name, bit, turns, choices, loses)

    def _turn(self, row: Row) -> Turn:
        speaks = self.people[row["by"]].speaks
        return Turn(
            id=row["id"],
            by=row["by"],
            text=row["text"],
            language=row.get("in", next(iter(speaks), self._source)),
            via=row.get("via"),
            when=self._when(row),
            renderings={
                person: Rendering(
                    given["how"], given.get("text"), tuple(given.get("lose", ()))
                )
                for person, given in row.get("renderings", {}).items()
            },
        )

    def _choice(self, row: Row) -> Choice:
        return Choice(
            id=row["id"],
            text=row["text"],
            to=row["to"],
            bit=self.layout.choices[row["id"]],
            when=self._when(row),
            is_once=row.get("once", False),
            is_greyed=row.get("when_not", "hidden") == "greyed",
            effects=self._effects(row),
            evidence=tuple(
                Evidence.from_document(given, self._when(given))
                for given in row.get("evidence", ())
            ),
            comment=Comment.from_document(row.get("comment")),
            scores=_as_tuple(row.get("scores", ())),
            approach=row.get("approach"),
        )

    def _document_scene(self, name: str, row: Row, bit: int) -> DocumentScene:
        material = tuple(
            Material(
                id=given["id"],
                text=given.get("text"),
                language=given.get("in"),
                image=given.get("image"),
                alternative=given.get("alt"),
            )
            for given in row["material"]
        )
        return DocumentScene(
            name, bit, material, self._effects(row), row["to"], row.get("text")
        )

    def _task(self, name: str, row: Row, bit: int) -> TaskScene:
        return TaskScene(
            id=name,
            bit=bit,
            task=TASK_READERS[row["task"]](row, self._document, self.condition),
            effects=self._effects(row),
            to=row["to"],
            prompt=row.get("prompt"),
            scores=_as_tuple(row.get("scores", ())),
            weight=row.get("weight", 1),
            because=row.get("because"),
            scored_by_person=row.get("scored_by") == "person",
            comment=Comment.from_document(row.get("comment")),
            aspects={
                n: AspectEvidence.from_document(given)
                for n, given in row.get("aspects", {}).items()
            },
        )

    def _route(self, name: str, row: Row, bit: int) -> RouteScene:
        branches = (Branch(given["to"], self._when(given)) for given in row["routes"])
        return RouteScene(name, bit, tuple(branches))

    def _end(self, name: str, row: Row, bit: int) -> EndScene:
        later = row.get("follow_up")
        follow_up = FollowUp(later["after"], later["text"]) if later else None
        return EndScene(name, bit, row["outcome"], row.get("text"), follow_up)


def _person(name: str, row: Row, source: str) -> Person:
    is_trainee = row["role"] == "trainee"
    return Person(
        id=name,
        role=row["role"],
        speaks=row.get("speaks", {source: "fluent"} if is_trainee else {}),
        channel=row.get("channel"),
        age=row.get("age"),
        name=row.get("name"),
        about=row.get("about"),
    )


def _clock(row: Row | None) -> Clock | None:
    return Clock(row["limit"], row.get("on_limit"), row.get("target")) if row else None


def _as_tuple(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _texts(given: Row) -> dict[str, dict[str, Text]]:
    return {
        language: {
            text_id: Text(row["text"], row.get("of")) for text_id, row in texts.items()
        }
        for language, texts in given.items()
    }
