"""The parts of a plan's score, each with what was planned and what was best."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lms.psychometrics.ranks import precedence_distance
from lms.simulation.domain.tasks.fit import holding
from lms.simulation.domain.tasks.plan_answer import NONE, Line, lines_of
from lms.simulation.domain.tasks.scoring import Part, Scope

if TYPE_CHECKING:
    from lms.simulation.domain.tasks.plan import PlanTask


def plan_parts(
    task: "PlanTask", answer: Mapping[str, Any], scope: Scope
) -> Iterator[Part]:
    """Return every part, the parts of one aspect after one another."""
    lines = lines_of(answer)
    chosen = [goal for goal in answer.get("goals", ()) if isinstance(goal, str)]
    chosen += [line.id for line in lines if not line.is_own]
    yield from _coverage(task, chosen, scope)
    yield from _harm(task, chosen, scope)
    yield from _order(task, lines)
    for slot in task.options:
        yield from _fit(task, slot, lines, scope)
    yield from _eligibility(task, lines, scope)
    yield from _filled(task, lines, scope)


def _coverage(task: "PlanTask", chosen: list[str], scope: Scope) -> Iterator[Part]:
    for demand in holding(task.needed, scope):
        is_there = demand.id in chosen
        yield Part(
            f"{demand.id}.coverage",
            float(is_there),
            demand.because,
            "coverage",
            given=(demand.id,) if is_there else (),
            expected=(demand.id,),
        )


def _harm(task: "PlanTask", chosen: list[str], scope: Scope) -> Iterator[Part]:
    harmful = holding(task.harmful, scope)
    done = [demand for demand in harmful if demand.id in chosen]
    for demand in done:
        yield Part(
            f"{demand.id}.harm",
            0.0,
            demand.because,
            "harm",
            given=(demand.id,),
            is_unsafe=True,
        )
    if harmful and not done:
        yield Part("harm", 1.0, None, "harm")


def _order(task: "PlanTask", lines: list[Line]) -> Iterator[Part]:
    """Judge the pairs of which both are in the plan; coverage counts the rest."""
    order = [line.id for line in lines]
    pairs = [(pair.first, pair.then) for pair in task.pairs]
    broken = precedence_distance(pairs, order, missing="skipped").discordant_pairs
    for pair in task.pairs:
        if pair.first in order and pair.then in order:
            best = (pair.first, pair.then)
            is_right = best not in broken
            yield Part(
                f"{pair.first}>{pair.then}",
                float(is_right),
                pair.because,
                "order",
                given=best if is_right else best[::-1],
                expected=best,
            )


def _fit(
    task: "PlanTask", slot: str, lines: list[Line], scope: Scope
) -> Iterator[Part]:
    if slot not in task.slots:
        return
    for line in lines:
        fits = task.fits.get(line.id, {}).get(slot)
        if not fits:
            continue
        worths = {option: fit.credit_in(scope) for option, fit in fits.items()}
        best = max(worths.values())
        option = line.option(slot)
        yield Part(
            f"{line.id}.{slot}",
            worths.get(option, 0.0),
            None,
            slot,
            given=(line.id, option),
            expected=tuple(name for name, worth in worths.items() if worth == best),
        )


def _eligibility(task: "PlanTask", lines: list[Line], scope: Scope) -> Iterator[Part]:
    for line in lines:
        menu = line.option("menu")
        if menu != NONE:
            found = task.terms[menu].judge(task.client, scope)
            yield Part(
                f"{line.id}.eligibility",
                found.credit,
                None,
                "eligibility",
                given=(line.id, menu),
                unmet=found.unmet,
            )


def _filled(task: "PlanTask", lines: list[Line], scope: Scope) -> Iterator[Part]:
    if not task.required:
        return
    for line in lines:
        filled = tuple(
            slot for slot in task.required if is_filled(task, line, slot, scope)
        )
        yield Part(
            f"{line.id}.filled",
            len(filled) / len(task.required),
            None,
            "filled",
            given=(line.id, *filled),
            expected=task.required,
        )


def is_filled(task: "PlanTask", line: Line, slot: str, scope: Scope) -> bool:
    """Say whether a slot holds something; agreement must be more than claimed."""
    if slot == "agreed":
        return bool(line.row.get(slot, False)) and scope.holds(task.agreed)
    return line.option(slot) != NONE
