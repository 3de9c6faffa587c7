"""S1 and E9 in tasks: keys name what is there, and what is scored can be scored."""

from collections.abc import Callable, Iterator, Mapping

from lms.content.yaml_reader import Place
from lms.simulation.content import walk
from lms.simulation.content.checks.planning import (
    check_advice,
    check_concordance,
    check_form,
    check_plan,
)
from lms.simulation.content.checks.report import Report
from lms.simulation.content.walk import At, Row, rows_of
from lms.simulation.domain.writing import WRITTEN_KEYS

Fault = tuple[Place, str]
_LISTS = (
    *("bins", "items", "directory", "goals", "pool", "partners", "menus", "who"),
    *("dates", "moves", "fields"),
)


def check_tasks(report: Report) -> None:
    """Report names in keys that the task does not have, and things left out."""
    document = report.document
    for scene in walk.scenes(document, "task"):
        for place, text in _CHECKS[scene.value["task"]](document, scene):
            report.error("S1", place, text)
        for place, text in _twice(scene):
            report.error("S1", place, text)


def _ids(scene: At, key: str) -> list[str]:
    return [row["id"] for row in scene.value.get(key, ())]


def _twice(scene: At) -> Iterator[Fault]:
    for key in _LISTS:
        ids = _ids(scene, key)
        for number, name in enumerate(ids):
            if name in ids[:number]:
                yield (*scene.place, key, number), f"'{name}' stands here twice"


def _triage(document: Row, scene: At) -> Iterator[Fault]:
    items, bins = _ids(scene, "items"), _ids(scene, "bins")
    for name in WRITTEN_KEYS & set(items):
        yield (*scene.place, "items"), f"'{name}' means written text; take another id"
    for at in rows_of(document, *scene.place, "key"):
        if at.place[-1] not in items:
            yield at.place, f"there is no item '{at.place[-1]}'; correct the name"
        for place, _ in rows_of(document, *at.place):
            if place[-1] not in bins:
                yield place, f"there is no bin '{place[-1]}'; correct the name"
    yield from _all_keyed(scene, "key", items)


def _all_keyed(scene: At, key: str, wanted: list[str]) -> Iterator[Fault]:
    for name in wanted:
        if name not in scene.value[key]:
            yield (*scene.place, key), f"'{name}' is missing; say what it is worth"


def _order(document: Row, scene: At) -> Iterator[Fault]:
    items, order = _ids(scene, "items"), scene.value["order"]
    if sorted(items) != sorted(order):
        yield (*scene.place, "order"), "name every item exactly once"
    for place, pair in rows_of(document, *scene.place, "before"):
        if not set(pair[:2]) <= set(items):
            yield place, "both must be items; correct the names"
        elif set(pair[:2]) <= set(order) and order.index(pair[0]) > order.index(
            pair[1]
        ):
            yield place, f"'order' has '{pair[1]}' before '{pair[0]}'; change one"


def _choose_many(document: Row, scene: At) -> Iterator[Fault]:
    items = _ids(scene, "items")
    for key in ("needed", "harmful"):
        for place, name in rows_of(document, *scene.place, key):
            if name not in items:
                yield place, f"there is no item '{name}'; correct the name"
    for name in set(scene.value["needed"]) & set(scene.value.get("harmful", ())):
        yield (*scene.place, "harmful"), f"'{name}' is needed too; it cannot be both"


def _referral(document: Row, scene: At) -> Iterator[Fault]:
    directory = _ids(scene, "directory")
    for at in rows_of(document, *scene.place, "fit"):
        if at.place[-1] not in directory:
            yield at.place, f"there is no partner '{at.place[-1]}'; correct the name"
    yield from _all_keyed(scene, "fit", directory)
    for place, fact in rows_of(document, *scene.place, "may_share"):
        if fact not in document.get("facts", {}):
            yield place, f"there is no fact '{fact}'; correct the name"
    if scene.value["pick"].get("min", 0) > len(directory):
        yield (*scene.place, "pick"), "more must be picked than the directory has"
    for at in rows_of(document, *scene.place, "aspects"):
        asked = {"addressee": None, "sharing": "what_is_shared"}
        wanted = asked.get(str(at.place[-1]), at.place[-1])
        if wanted is not None and wanted not in scene.value.get("ask", ()):
            yield at.place, f"'{wanted}' is not asked for; add it to 'ask'"


def _free_text(_document: Row, scene: At) -> Iterator[Fault]:
    length = scene.value.get("length", {})
    if length.get("max_chars", float("inf")) < length.get("min_chars", 1):
        yield (*scene.place, "length"), "max_chars is less than min_chars"


_CHECKS: Mapping[str, Callable[[Row, At], Iterator[Fault]]] = {
    "triage": _triage,
    "order": _order,
    "choose_many": _choose_many,
    "referral": _referral,
    "free_text": _free_text,
    "plan": check_plan,
    "concordance": check_concordance,
    "form": check_form,
    "advice": check_advice,
}
