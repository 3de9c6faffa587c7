"""Walks through a case document that name the place of everything they meet."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lms.content.yaml_reader import Place

Row = Mapping[str, Any]
_TEXT_KEYS = frozenset(
    {
        *("text", "prompt", "because", "note", "alt", "about", "after"),
        *("hypothesis", "new", "example", "unit"),
    }
)
_TEXT_GROUPS = frozenset({"anchors", "look_for", "why", "labels"})
_BY_ID = frozenset({"renderings"})
"""Keys of mappings from an id to a row: an id may be called ``text`` or ``why``."""
_NO_TEXTS = frozenset({"add", "approaches", "fit", "key", "panel", "set"})
"""Keys of mappings from an id to something that holds no text."""


class At(NamedTuple):
    """Something in a document, and its place."""

    place: Place
    value: Any


def rows_of(document: Row, *place: str | int) -> Iterator[At]:
    """Return the entries of a list or mapping, or nothing if it is not there."""
    node: Any = document
    for key in place:
        node = node.get(key, ()) if isinstance(node, Mapping) else node[key]
    pairs = node.items() if isinstance(node, Mapping) else enumerate(node)
    for key, value in pairs:
        yield At((*place, key), value)


def scenes(document: Row, kind: str | None = None) -> Iterator[At]:
    """Return the scenes, or those of one kind."""
    for at in rows_of(document, "scenes"):
        if kind is None or at.value["kind"] == kind:
            yield at


def turns(document: Row) -> Iterator[At]:
    """Return the turns of all talks."""
    for scene in scenes(document, "talk"):
        yield from rows_of(document, *scene.place, "turns")


def choices(document: Row) -> Iterator[At]:
    """Return the choices of all talks."""
    for scene in scenes(document, "talk"):
        yield from rows_of(document, *scene.place, "choices")


def acts(document: Row) -> Iterator[At]:
    """Return everything that has ``do`` and ``to``: choices, documents, tasks."""
    yield from choices(document)
    yield from scenes(document, "document")
    yield from scenes(document, "task")


def effects(document: Row) -> Iterator[At]:
    """Return every entry of every ``do``."""
    for act in acts(document):
        yield from rows_of(document, *act.place, "do")


def evidence(document: Row) -> Iterator[At]:
    """Return every entry of ``evidence`` and ``omissions``."""
    for choice in choices(document):
        yield from rows_of(document, *choice.place, "evidence")
    yield from rows_of(document, "omissions")


def comments(document: Row) -> Iterator[At]:
    """Return every ``comment``."""
    for holder in (*choices(document), *scenes(document, "task")):
        if "comment" in holder.value:
            yield At((*holder.place, "comment"), holder.value["comment"])


def links(document: Row) -> Iterator[At]:
    """Return every name of a scene that a play may go to next."""
    yield At(("start",), document["start"])
    if "on_limit" in document.get("clock", {}):
        yield At(("clock", "on_limit"), document["clock"]["on_limit"])
    for act in acts(document):
        yield At((*act.place, "to"), act.value["to"])
    for route in scenes(document, "route"):
        for branch in rows_of(document, *route.place, "routes"):
            yield At((*branch.place, "to"), branch.value["to"])


def conditions(document: Row) -> Iterator[At]:
    """Return the text of every condition."""
    holders = [*turns(document), *choices(document), *evidence(document)]
    for route in scenes(document, "route"):
        holders += rows_of(document, *route.place, "routes")
    for holder in holders:
        if "when" in holder.value:
            yield At((*holder.place, "when"), holder.value["when"])
    for name, given in document.get("client", {}).items():
        if isinstance(given, list):
            yield from _conditions_of(rows_of(document, "client", name))
    for scene in scenes(document, "task"):
        yield from _task_conditions(document, scene.place)


def _task_conditions(document: Row, scene: Place) -> Iterator[At]:
    yield from rows_of(document, *scene, "needs")
    for key in ("needed", "harmful", "fit", "approaches"):
        yield from _conditions_of(rows_of(document, *scene, key))
    for menu in rows_of(document, *scene, "menus"):
        yield from _conditions_of(rows_of(document, *menu.place, "conditions"))
    for step in rows_of(document, *scene, "pool"):
        for slot in rows_of(document, *step.place, "fit"):
            yield from _conditions_of(rows_of(document, *slot.place))


def _conditions_of(holders: Iterable[At]) -> Iterator[At]:
    for holder in holders:
        for key in ("when", "good_when"):
            if isinstance(holder.value, Mapping) and key in holder.value:
                yield At((*holder.place, key), holder.value[key])


def text_ids(document: Row) -> Iterator[At]:
    """Return every text id that a reader of the case may meet."""
    for key in ("title", "summary", "notice"):
        if key in document:
            yield At((key,), document[key])
    for person in rows_of(document, "people"):
        for key in ("name", "about"):
            if key in person.value:
                yield At((*person.place, key), person.value[key])
    for part in ("facts", "scenes", "omissions"):
        for row in rows_of(document, part):
            yield from _texts_in(row.value, row.place)


def _texts_in(node: Any, place: Place) -> Iterator[At]:
    """Return the texts of a row, all keys of which are words of the format."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _texts_of(str(key), value, (*place, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _texts_in(value, (*place, number))


def _texts_of(key: str, value: Any, place: Place) -> Iterator[At]:
    if key in _TEXT_KEYS and isinstance(value, str):
        yield At(place, value)
    elif key in _TEXT_GROUPS:
        rows = value.items() if isinstance(value, Mapping) else enumerate(value)
        yield from (At((*place, name), text_id) for name, text_id in rows)
    elif key == "before":
        yield from _reasons(value, place)
    elif key in _BY_ID:
        for name, row in value.items():
            yield from _texts_in(row, (*place, name))
    elif key not in _NO_TEXTS:
        yield from _texts_in(value, place)


def _reasons(pairs: list[Any], place: Place) -> Iterator[At]:
    """Return why one thing comes before another, where that is said."""
    for number, pair in enumerate(pairs):
        if len(pair) > 2:
            yield At((*place, number, 2), pair[2])
