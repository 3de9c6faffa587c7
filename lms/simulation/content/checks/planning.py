"""S1 in plans, concordance, forms and advice: keys name what is there."""

import re
from collections.abc import Iterable, Iterator, Mapping

from lms.content.yaml_reader import Place
from lms.psychometrics.errors import DataError
from lms.psychometrics.ranks import precedence_distance
from lms.simulation.content.walk import At, Row, rows_of
from lms.simulation.domain.tasks.plan_answer import NONE

Fault = tuple[Place, str]
_SLOT_LISTS = {
    "goal": "goals",
    "partner": "partners",
    "menu": "menus",
    "who": "who",
    "when": "dates",
}
_NEEDS_KEY = {
    "harm": "harmful",
    "order": "before",
    "eligibility": "menus",
    "filled": "required",
}
_OWN = re.compile(r"^own-\d+$")


def check_plan(document: Row, scene: At) -> Iterator[Fault]:
    """Return names that a plan does not have, and orders that nobody can meet."""
    steps, goals = _ids(scene, "pool"), _ids(scene, "goals")
    yield from _reserved(document, scene)
    yield from _demands(document, scene, [*steps, *goals])
    for name in set(steps) & set(goals):
        yield (*scene.place, "pool"), f"'{name}' is a goal too; take another id"
    yield from _slots(document, scene)
    yield from _pairs(document, scene, steps)
    yield from _people(document, scene)
    most = scene.value.get("pick", {}).get("max", len(steps))
    needed = [row["id"] for row in scene.value["needed"] if "when" not in row]
    count = len([name for name in needed if name in steps])
    if count > most:
        yield (*scene.place, "pick"), f"{count} steps are needed; allow as many"
    for at in rows_of(document, *scene.place, "aspects"):
        key = _NEEDS_KEY.get(str(at.place[-1]), _SLOT_LISTS.get(str(at.place[-1])))
        if key is not None and not scene.value.get(key):
            yield at.place, f"there is nothing to judge without '{key}'; add it"


def _reserved(document: Row, scene: At) -> Iterator[Fault]:
    for key in ("pool", *_SLOT_LISTS.values()):
        for place, row in rows_of(document, *scene.place, key):
            if row["id"] == NONE or _OWN.match(row["id"]):
                yield place, f"'{row['id']}' has a meaning of its own; take another id"


def _slots(document: Row, scene: At) -> Iterator[Fault]:
    has_list = [slot for slot, key in _SLOT_LISTS.items() if key in scene.value]
    slots = scene.value.get("slots", has_list)
    for place, slot in rows_of(document, *scene.place, "slots"):
        if slot in _SLOT_LISTS and slot not in has_list:
            yield place, f"'{slot}' needs the list '{_SLOT_LISTS[slot]}'; add it"
    for place, slot in rows_of(document, *scene.place, "required"):
        if slot not in slots:
            yield place, f"'{slot}' is no slot of this plan; add it or leave it out"
    for step in rows_of(document, *scene.place, "pool"):
        yield from _fits(document, scene, step, slots)


def _fits(document: Row, scene: At, step: At, slots: Iterable[str]) -> Iterator[Fault]:
    for fit in rows_of(document, *step.place, "fit"):
        slot = str(fit.place[-1])
        if slot not in slots:
            yield fit.place, f"'{slot}' is no slot of this plan; leave it out"
            continue
        known = [NONE, *_ids(scene, _SLOT_LISTS[slot])]
        for place, _ in rows_of(document, *fit.place):
            if place[-1] not in known:
                text = f"'{place[-1]}' is none of '{_SLOT_LISTS[slot]}'"
                yield place, f"{text}; correct the name"


def _pairs(document: Row, scene: At, steps: list[str]) -> Iterator[Fault]:
    pairs = []
    for place, pair in rows_of(document, *scene.place, "before"):
        pairs.append((pair[0], pair[1]))
        if not set(pair[:2]) <= set(steps):
            yield place, "both must be steps of the pool; correct the names"
    try:
        precedence_distance(pairs, [], missing="skipped")
    except DataError as error:
        yield (*scene.place, "before"), f"{error}; take one pair out"


def _people(document: Row, scene: At) -> Iterator[Fault]:
    for place, row in rows_of(document, *scene.place, "who"):
        if "text" not in row and row["id"] not in document["people"]:
            yield place, f"'{row['id']}' is nobody of the case; give it a text"


def check_concordance(_document: Row, _scene: At) -> Iterator[Fault]:
    """Return nothing: its shape says it all."""
    return iter(())


def check_form(document: Row, scene: At) -> Iterator[Fault]:
    """Return options that a field does not have, and bounds the wrong way round."""
    for field in rows_of(document, *scene.place, "fields"):
        options = _ids(field, "options")
        for key in ("key", "needed", "harmful"):
            yield from _unknown(document, field, key, options, "option")
        low, high = field.value.get("min"), field.value.get("max")
        if low is not None and high is not None and low > high:
            yield (*field.place, "min"), "min is more than max"
        expected = field.value.get("expected")
        if field.value["kind"] == "number" and expected is not None:
            is_low = low is not None and expected < low
            if is_low or (high is not None and expected > high):
                yield (*field.place, "expected"), "it is outside min and max"


def check_advice(document: Row, scene: At) -> Iterator[Fault]:
    """Return people, approaches and moves that are not there."""
    if scene.value["to_whom"] not in document["people"]:
        yield (*scene.place, "to_whom"), "this is nobody of the case; correct the name"
    moves, approaches = _ids(scene, "moves"), scene.value["approaches"]
    yield from _demands(document, scene, moves)
    yield from _unknown(document, scene, "why", approaches, "approach")
    for move in rows_of(document, *scene.place, "moves"):
        if move.value.get("approach", next(iter(approaches))) not in approaches:
            text = "this approach is not on offer; add it to 'approaches'"
            yield (*move.place, "approach"), text
    if scene.value.get("pick", {}).get("min", 0) > len(moves):
        yield (*scene.place, "pick"), "more must be picked than there are moves"
    write = scene.value.get("write", {})
    if write.get("max_chars", float("inf")) < write.get("min_chars", 1):
        yield (*scene.place, "write"), "max_chars is less than min_chars"


def _demands(document: Row, scene: At, known: list[str]) -> Iterator[Fault]:
    always: dict[str, set[str]] = {"needed": set(), "harmful": set()}
    for key, names in always.items():
        for place, row in rows_of(document, *scene.place, key):
            if row["id"] not in known:
                yield place, f"there is no '{row['id']}' here; correct the name"
            if "when" not in row:
                names.add(row["id"])
    for name in sorted(always["needed"] & always["harmful"]):
        yield (*scene.place, "harmful"), f"'{name}' is needed too; it cannot be both"


def _unknown(
    document: Row, at: At, key: str, known: Iterable[str], what: str
) -> Iterator[Fault]:
    is_mapping = isinstance(at.value.get(key), Mapping)
    for place, value in rows_of(document, *at.place, key):
        name = str(place[-1] if is_mapping else value)
        if name not in known:
            yield place, f"there is no {what} '{name}'; correct the name"


def _ids(at: At, key: str) -> list[str]:
    return [row["id"] for row in at.value.get(key, ())]
