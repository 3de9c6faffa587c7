"""The parts of a plan's score, each with what was planned and what was best."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lms.psychometrics.ranks import precedence_distance
from lms.simulation.domain.tasks.eligible import Judgement
from lms.simulation.domain.tasks.fit import holding
from lms.simulation.domain.tasks.plan_answer import NONE, Line, lines_of
from lms.simulation.domain.tasks.scoring import Part, Scope

if TYPE_CHECKING:
    from lms.simulation.domain.tasks.plan import PlanTask


class PlanJudge:
    """Judges plans for one task where a play stands.

    What follows from where it stands alone, such as how well a partner fits and
    whether the client can use a menu, is worked out once for all plans.
    """

    def __init__(self, task: "PlanTask", scope: Scope) -> None:
        self._task = task
        self._scope = scope
        self._needed = holding(task.needed, scope)
        self._harmful = holding(task.harmful, scope)
        self._pairs = [(pair.first, pair.then) for pair in task.pairs]
        self._is_agreeable = scope.holds(task.agreed)
        self._fits: dict[tuple[str, str, str], Part | None] = {}
        self._usable: dict[str, Judgement] = {}

    def parts(self, answer: Mapping[str, Any]) -> Iterator[Part]:
        """Return every part, the parts of one aspect after one another."""
        lines = lines_of(answer)
        chosen = [goal for goal in answer.get("goals", ()) if isinstance(goal, str)]
        chosen += [line.id for line in lines if not line.is_own]
        yield from self._coverage(chosen)
        yield from self._harm(chosen)
        yield from self._order(lines)
        for slot in self._task.options:
            yield from self._fit(slot, lines)
        yield from self._eligibility(lines)
        yield from self._filled(lines)

    def _coverage(self, chosen: list[str]) -> Iterator[Part]:
        for demand in self._needed:
            is_there = demand.id in chosen
            yield Part(
                f"{demand.id}.coverage",
                float(is_there),
                demand.because,
                "coverage",
                given=(demand.id,) if is_there else (),
                expected=(demand.id,),
            )

    def _harm(self, chosen: list[str]) -> Iterator[Part]:
        done = [demand for demand in self._harmful if demand.id in chosen]
        for demand in done:
            yield Part(
                f"{demand.id}.harm",
                0.0,
                demand.because,
                "harm",
                given=(demand.id,),
                is_unsafe=True,
            )
        if self._harmful and not done:
            yield Part("harm", 1.0, None, "harm")

    def _order(self, lines: list[Line]) -> Iterator[Part]:
        """Judge the pairs of which both are in the plan; coverage counts the rest."""
        order = [line.id for line in lines]
        found = precedence_distance(self._pairs, order, missing="skipped")
        for pair in self._task.pairs:
            if pair.first in order and pair.then in order:
                best = (pair.first, pair.then)
                is_right = best not in found.discordant_pairs
                yield Part(
                    f"{pair.first}>{pair.then}",
                    float(is_right),
                    pair.because,
                    "order",
                    given=best if is_right else best[::-1],
                    expected=best,
                )

    def _fit(self, slot: str, lines: list[Line]) -> Iterator[Part]:
        if slot not in self._task.slots:
            return
        for line in lines:
            place = (line.id, slot, line.option(slot))
            if place not in self._fits:
                self._fits[place] = self._fit_of(*place)
            part = self._fits[place]
            if part is not None:
                yield part

    def _fit_of(self, step: str, slot: str, option: str) -> Part | None:
        """Return how well a slot is filled, where the key judges it."""
        fits = self._task.fits.get(step, {}).get(slot)
        if not fits:
            return None
        worths = {name: fit.credit_in(self._scope) for name, fit in fits.items()}
        best = max(worths.values())
        return Part(
            f"{step}.{slot}",
            worths.get(option, 0.0),
            None,
            slot,
            given=(step, option),
            expected=tuple(name for name, worth in worths.items() if worth == best),
        )

    def _eligibility(self, lines: list[Line]) -> Iterator[Part]:
        for line in lines:
            menu = line.option("menu")
            if menu != NONE:
                found = self._judge_menu(menu)
                yield Part(
                    f"{line.id}.eligibility",
                    found.credit,
                    None,
                    "eligibility",
                    given=(line.id, menu),
                    unmet=found.unmet,
                )

    def _judge_menu(self, menu: str) -> Judgement:
        if menu not in self._usable:
            terms = self._task.terms[menu]
            self._usable[menu] = terms.judge(self._task.client, self._scope)
        return self._usable[menu]

    def _filled(self, lines: list[Line]) -> Iterator[Part]:
        required = self._task.required
        if not required:
            return
        for line in lines:
            filled = tuple(slot for slot in required if self._is_filled(line, slot))
            yield Part(
                f"{line.id}.filled",
                len(filled) / len(required),
                None,
                "filled",
                given=(line.id, *filled),
                expected=required,
            )

    def _is_filled(self, line: Line, slot: str) -> bool:
        """Say whether a slot holds something; agreement must be more than claimed."""
        if slot == "agreed":
            return bool(line.row.get(slot, False)) and self._is_agreeable
        return line.option(slot) != NONE
