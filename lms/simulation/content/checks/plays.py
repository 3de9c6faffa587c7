"""P1: every named play comes out as said, and every choice is in some play."""

from collections.abc import Iterator
from typing import Any

from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.domain.actions import Choose
from lms.simulation.domain.case import Case
from lms.simulation.domain.declarations import NamedPlay
from lms.simulation.domain.errors import PlayError
from lms.simulation.domain.named_plays import play_named
from lms.simulation.domain.result import PlayResult


def check_plays(report: Report, case: Case) -> None:
    """Report plays that fail, and choices that no play covers."""
    covered: set[str] = set()
    for number, test in enumerate(case.tests):
        place = ("tests", number)
        try:
            result = play_named(case, test.play)
        except PlayError as error:
            report.error(
                "P1",
                (*place, "play"),
                f"play '{test.name}' stops: {error}",
                play=_ids(test),
            )
            continue
        covered |= {
            step.action.choice
            for step in result.steps
            if isinstance(step.action, Choose)
        }
        for key, text in _differences(test, result):
            report.error(
                "P1",
                (*place, "expect", key),
                f"play '{test.name}': {text}; correct the case or the expectation",
                play=_ids(test),
            )
    for at in walk.choices(report.document):
        name = at.value["id"]
        if name not in covered:
            report.hint(
                "P1",
                at.place,
                f"no named play takes choice '{name}'; add one that does",
            )


def _ids(test: NamedPlay) -> tuple[str, ...]:
    return tuple(
        entry if isinstance(entry, str) else next(iter(entry)) for entry in test.play
    )


def _differences(test: NamedPlay, result: PlayResult) -> Iterator[tuple[str, str]]:
    """Return the expectation that is not met, and in which way."""
    expect = test.expect
    if "end" in expect and expect["end"] != result.scene:
        ended = "ends in" if result.is_finished else "stops in"
        at = f"'{result.scene}' at minute {result.minutes}"
        yield "end", f"{ended} {at}, not in '{expect['end']}'"
    if "facts" in expect:
        yield from _different_sets(expect["facts"], result.known_facts)
    if "minutes" in expect and expect["minutes"] != result.minutes:
        yield "minutes", f"takes {result.minutes} minutes, not {expect['minutes']}"
    for name, value in expect.get("state", {}).items():
        if result.state[name] != value:
            yield "state", f"'{name}' is {result.state[name]!r}, not {value!r}"
    yield from _different_evidence(expect.get("evidence", {}), result)


def _different_sets(
    expected: list[str], revealed: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    missing = sorted(set(expected) - set(revealed))
    extra = sorted(set(revealed) - set(expected))
    if missing:
        yield "facts", f"does not reveal {', '.join(missing)}"
    if extra:
        yield "facts", f"reveals {', '.join(extra)} too"


def _different_evidence(
    expected: dict[str, Any], result: PlayResult
) -> Iterator[tuple[str, str]]:
    """Compare the lowest that was seen for each criterion."""
    for criterion, word in expected.items():
        seen = [row.seen for row in result.observations if row.criterion == criterion]
        lowest = min(seen, key=lambda value: value.rank).value if seen else "never seen"
        if lowest != word:
            yield "evidence", f"'{criterion}' is {lowest}, not {word}"
