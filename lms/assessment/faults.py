"""Faults of an item that its shape cannot show: what is named twice, or not at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Fault = tuple[tuple[str | int, ...], str]
Document = Mapping[str, Any]


def item_faults(document: Document) -> Iterator[Fault]:
    """Give place and words of each fault of one item."""
    for part in ("options", "steps", "prompts"):
        yield from _doubles(part, document.get(part, ()))
    yield from _FAULTS[document["kind"]](document)


def _doubles(part: str, rows: Iterable[Document]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if row["id"] in seen:
            text = f"{part[:-1]} '{row['id']}' stands twice; rename one"
            yield (part, number, "id"), text
        seen.add(row["id"])


def _choice_faults(document: Document) -> Iterator[Fault]:
    options = document["options"]
    for number, row in enumerate(options):
        if not row["correct"] and "belief" not in row:
            text = f"wrong option '{row['id']}' names no false belief; add `belief`"
            yield ("options", number), text
    right = sum(row["correct"] for row in options)
    if right == 0 or (document["kind"] == "single" and right > 1):
        wanted = "exactly one" if document["kind"] == "single" else "at least one"
        yield ("options",), f"{right} options are correct; mark {wanted}"


def _ordering_faults(document: Document) -> Iterator[Fault]:
    place = {row["id"]: number for number, row in enumerate(document["steps"])}
    for number, row in enumerate(document["before"]):
        for side in ("first", "then"):
            if row[side] not in place:
                text = f"no step has the id '{row[side]}'; name one of {_list(place)}"
                yield ("before", number, side), text
        if place.get(row["first"], -1) >= place.get(row["then"], len(place)):
            text = (
                f"'{row['first']}' must come before '{row['then']}', but the steps "
                "are listed the other way round; change one of the two"
            )
            yield ("before", number), text


def _matching_faults(document: Document) -> Iterator[Fault]:
    known = [row["id"] for row in document["options"]]
    wanted = {row["answer"] for row in document["prompts"]}
    for number, row in enumerate(document["prompts"]):
        if row["answer"] not in known:
            text = f"no option has the id '{row['answer']}'; name one of {_list(known)}"
            yield ("prompts", number, "answer"), text
    spare = [n for n, row in enumerate(document["options"]) if row["id"] not in wanted]
    if not spare:
        text = "every option answers a prompt, so the last one follows; add one more"
        yield ("options",), text
    for number in spare:
        if "belief" not in document["options"][number]:
            text = f"option '{known[number]}' answers no prompt; add its `belief`"
            yield ("options", number), text


def _situational_faults(document: Document) -> Iterator[Fault]:
    values = [row["value"] for row in document["options"]]
    for value in ("best", "worst"):
        if values.count(value) != 1:
            text = f"{values.count(value)} options are '{value}'; mark exactly one"
            yield ("options",), text
    for number, row in enumerate(document["options"]):
        if row["value"] != "best" and "belief" not in row:
            text = f"option '{row['id']}' is not the best; add the `belief` behind it"
            yield ("options", number), text


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


_FAULTS: dict[str, Callable[[Document], Iterator[Fault]]] = {
    "single": _choice_faults,
    "multiple": _choice_faults,
    "ordering": _ordering_faults,
    "matching": _matching_faults,
    "situational": _situational_faults,
}
