"""S1 and V4: every name is declared once, every start is inside its bounds."""

from collections.abc import Iterable, Iterator
from typing import Any

from lms.content.yaml_reader import Place
from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.content.walk import At, Row, rows_of
from lms.simulation.domain.case import NOBODY
from lms.simulation.domain.condition_reader import (
    ConditionError,
    Names,
    parse_condition,
)
from lms.simulation.domain.document import names_of

Fault = tuple[Place, str]


def check_names(report: Report) -> None:
    """Report what is not declared, declared twice, or outside its bounds."""
    document = report.document
    if document["id"] != report.slug:
        report.error(
            "S1", ("id",), f"the folder is called '{report.slug}'; give it this id"
        )
    names = names_of(document)
    for faults in (
        _links(document),
        _duplicates(document),
        _turns(document, names),
        _effects(document, names),
        _evidence(document),
        _told(document, names),
        _sources(document),
        _plays(document, names),
    ):
        for place, text in faults:
            report.error("S1", place, text)
    _check_conditions(report, names)
    _check_starts(report, names)


def _links(document: Row) -> Iterator[Fault]:
    for place, target in walk.links(document):
        if target not in document["scenes"]:
            yield place, f"there is no scene '{target}'; correct the name"


def _duplicates(document: Row) -> Iterator[Fault]:
    known = set(document["scenes"])
    for at in walk.choices(document):
        yield from _second(at, known, "choice or scene")
    known = set()
    materials = (
        material
        for scene in walk.scenes(document, "document")
        for material in rows_of(document, *scene.place, "material")
    )
    for at in (*walk.turns(document), *materials):
        yield from _second(at, known, "turn or material")


def _second(at: At, known: set[str], what: str) -> Iterator[Fault]:
    name = at.value["id"]
    if name in known:
        yield (*at.place, "id"), f"'{name}' is already the id of a {what}; take another"
    known.add(name)


def _turns(document: Row, names: Names) -> Iterator[Fault]:
    people = document["people"]
    for place, turn in walk.turns(document):
        yield from _undeclared((*place, "by"), turn["by"], people, "person")
        if "via" in turn:
            yield from _via((*place, "via"), turn["via"], names, people)
        for at in rows_of(document, *place, "renderings"):
            yield from _undeclared(at.place, at.place[-1], people, "person")
            yield from _each(at, "lose", names.facts, "fact")


def _via(place: Place, name: str, names: Names, people: Row) -> Iterator[Fault]:
    variable = names.variables.get(name)
    if variable is None or variable.kind != "one_of":
        yield place, f"'{name}' must be a one_of variable under 'state'"
        return
    for value in variable.values:
        if value != NOBODY and value not in people:
            yield (
                ("state", name, "one_of"),
                f"'{value}' is nobody among the people; name persons or '{NOBODY}', "
                "for turns go via this variable",
            )


def _effects(document: Row, names: Names) -> Iterator[Fault]:
    for at in walk.effects(document):
        for key in ("reveal", "share"):
            yield from _each(at, key, names.facts, "fact")
        for key in ("set", "add"):
            for place, operand in rows_of(document, *at.place, key):
                yield from _change(place, key, operand, names)


def _change(place: Place, verb: str, operand: Any, names: Names) -> Iterator[Fault]:
    variable = names.variables.get(str(place[-1]))
    if variable is None:
        yield place, f"there is no variable '{place[-1]}'; declare it under 'state'"
    elif verb == "add" and variable.kind != "int":
        yield place, f"'{variable.id}' is no whole number; use set"
    elif verb == "set" and not variable.accepts(operand):
        known = ", ".join(str(value).lower() for value in variable.values)
        yield place, f"{operand!r} is no value of '{variable.id}'; it holds {known}"


def _evidence(document: Row) -> Iterator[Fault]:
    heard = {at.value["id"] for at in walk.turns(document)}
    for scene in walk.scenes(document, "document"):
        heard |= {row["id"] for row in scene.value["material"]}
    for at in walk.evidence(document):
        yield from _each(at, "cue", heard, "turn or material")
        yield from _each(at, "scenes", document["scenes"], "scene")


def _told(document: Row, names: Names) -> Iterator[Fault]:
    """Hold every ``tells`` against the facts."""
    holders = [*walk.turns(document), *walk.choices(document), *walk.comments(document)]
    for scene in walk.scenes(document, "document"):
        holders += rows_of(document, *scene.place, "material")
    for at in holders:
        yield from _each(at, "tells", names.facts, "fact")


def _sources(document: Row) -> Iterator[Fault]:
    for at in walk.comments(document):
        yield from _each(at, "source", document.get("sources", {}), "source")


def _plays(document: Row, names: Names) -> Iterator[Fault]:
    known = {*document["scenes"], *names.choices}
    for test in rows_of(document, "tests"):
        for place, entry in rows_of(document, *test.place, "play"):
            name = entry if isinstance(entry, str) else next(iter(entry))
            yield from _undeclared(place, name, known, "choice or scene")
        expect = At((*test.place, "expect"), test.value["expect"])
        if "end" in expect.value:
            place = (*expect.place, "end")
            yield from _undeclared(
                place, expect.value["end"], document["scenes"], "scene"
            )
        yield from _each(expect, "facts", names.facts, "fact")
        yield from _each(expect, "state", names.variables, "variable")


def _each(at: At, key: str, known: Iterable[str], what: str) -> Iterator[Fault]:
    """Hold every name in a list, or key of a mapping, against what is declared."""
    given = at.value.get(key, ()) or ()
    for number, name in enumerate(given):
        place = number if isinstance(given, list) else name
        yield from _undeclared((*at.place, key, place), name, known, what)


def _undeclared(
    place: Place, name: Any, known: Iterable[str], what: str
) -> Iterator[Fault]:
    if name not in known:
        yield place, f"there is no {what} '{name}'; correct the name or declare it"


def _check_conditions(report: Report, names: Names) -> None:
    for place, text in walk.conditions(report.document):
        try:
            parse_condition(text, names)
        except ConditionError as error:
            report.error("S1" if error.is_name else "Y1", place, str(error))


def _check_starts(report: Report, names: Names) -> None:
    for variable in names.variables.values():
        place = ("state", variable.id, "start")
        if not variable.values:
            report.error("V4", place, "the bounds are the wrong way round")
        elif not variable.accepts(variable.start):
            known = ", ".join(str(value).lower() for value in variable.values)
            report.error(
                "V4",
                place,
                f"{variable.start!r} is outside; '{variable.id}' has {known}",
            )
