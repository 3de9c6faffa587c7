"""V2 and V3: sums that meet their bounds, and effects that contradict each other."""

from collections.abc import Iterator
from typing import Any

from lms.content.yaml_reader import Place
from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.content.walk import Row, rows_of
from lms.simulation.domain.case import Case
from lms.simulation.domain.effects import Change, Effects
from lms.simulation.domain.search import Graph


def check_values(report: Report, case: Case, graph: Graph) -> None:
    """Report effects that undo one another, then sums that are cut off."""
    for act in walk.acts(report.document):
        for place, text in _contradictions(act.value, act.place):
            report.error("V3", place, text)
    summed = {
        entry: effects
        for entry, effects in _effects_of(case, report).items()
        if any(change.is_sum for change in effects.changes)
    }
    if summed:
        _check_bounds(report, case, graph, summed)


def _contradictions(act: Row, place: Place) -> Iterator[tuple[Place, str]]:
    said: dict[str, tuple[str, Any]] = {}
    for at in rows_of(act, "do"):
        for verb in ("set", "add"):
            for name, value in at.value.get(verb, {}).items():
                before, said[name] = said.get(name), (verb, value)
                if before is not None and _undoes(before, (verb, value)):
                    yield (
                        (*place, *at.place, verb, name),
                        f"'{name}' is changed twice in one act ({before[0]} "
                        f"{before[1]!r}, then {verb} {value!r}), and one undoes the "
                        "other; keep one",
                    )


def _undoes(before: tuple[str, Any], after: tuple[str, Any]) -> bool:
    """Say whether two changes contradict; to a value and then further on is fine."""
    if after[0] == "set":
        return before != after
    return before[0] == "add" and (before[1] > 0) != (after[1] > 0)


def _effects_of(case: Case, report: Report) -> dict[str, Effects]:
    found = {}
    for entry in report.acts:
        choice = case.find_choice(entry)
        holder = case.scenes[entry] if choice is None else choice
        found[entry] = holder.effects  # type: ignore[union-attr]  # acts have effects
    return found


def _check_bounds(
    report: Report, case: Case, graph: Graph, summed: dict[str, Effects]
) -> None:
    found: set[str] = set()
    scenes = {case.choice_scenes.get(entry, entry) for entry in summed}
    for number, state in enumerate(graph.states[: graph.searched]):
        if state.scene not in scenes:
            continue
        for way in graph.walker.ways(state):
            cut = _cut(way.effects, state.values) if way.entry in summed else None
            if cut is not None and cut.variable.id not in found:
                found.add(cut.variable.id)
                low, high = cut.variable.values[0], cut.variable.values[-1]
                report.hint(
                    "V2",
                    (*report.acts[way.entry], "do"),
                    f"'{cut.variable.id}' would leave its bounds {low} to {high} here "
                    "and is kept inside; widen the bounds, or accept it",
                    play=(*graph.play_to(number), way.entry),
                )


def _cut(effects: Effects, values: tuple[object, ...]) -> Change | None:
    """Return the first sum that its bounds cut off."""
    now = list(values)
    for change in effects.changes:
        if change.is_sum:
            wanted = int(now[change.place]) + int(change.operand)  # type: ignore[call-overload]
            if wanted != change.after(wanted - int(change.operand)):
                return change
        now[change.place] = change.after(now[change.place])  # type: ignore[arg-type]
    return None
