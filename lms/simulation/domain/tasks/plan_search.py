"""The best plan to be had, and plans that are worse in each way there is."""

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

from lms.simulation.domain.tasks.fit import holding
from lms.simulation.domain.tasks.plan_answer import NONE
from lms.simulation.domain.tasks.scoring import Scope, first_of_each

if TYPE_CHECKING:
    from lms.simulation.domain.tasks.plan import PlanTask

Answer = dict[str, Any]
_LEVELS = (1.0, 0.5, 0.0)


def best_plan(task: "PlanTask", scope: Scope) -> Answer:
    """Return what is needed, in order, with the best of every slot."""
    return _Planner(task, scope).plan()


def plan_variants(task: "PlanTask", scope: Scope) -> Iterator[Answer]:
    """Return the best plan, then plans that lack one thing after the other.

    They go through every count of what is needed, and of what is not; the order turned
    round pair by pair; every slot at each worth, menus that cannot be used, and empty
    slots, each for one line more at a time; and through all of it at once. Each plan
    comes once.
    """
    plans = _Planner(task, scope).variants()
    return first_of_each((_written(plan), plan) for plan in plans)


class _Planner:
    """Makes plans for one task where a play stands."""

    def __init__(self, task: "PlanTask", scope: Scope) -> None:
        self._task = task
        self._scope = scope
        self._worths: dict[tuple[str, str, str], float] = {}
        harmful = {demand.id for demand in holding(task.harmful, scope)}
        needed = [demand.id for demand in holding(task.needed, scope)]
        pool = [entry.id for entry in task.pool]
        goals = [entry.id for entry in task.goals]
        self._goals = [goal for goal in goals if goal in needed]
        self._harmful_goals = [goal for goal in goals if goal in harmful]
        self._harmful_steps = [step for step in pool if step in harmful]
        self._needed = [step for step in pool if step in needed]
        others = [step for step in pool if step not in needed and step not in harmful]
        paired = {name for pair in task.pairs for name in (pair.first, pair.then)}
        self._others = sorted(others, key=lambda step: step not in paired)

    def plan(
        self, *, steps: int | None = None, goals: int | None = None, more: int = 0
    ) -> Answer:
        """Return the best plan with so many of the needed and of the other things."""
        task = self._task
        taken = [*self._needed[:steps], *self._others[:more]][: task.maximum]
        spare = [*self._others, *self._needed, *self._harmful_steps]
        spare = [step for step in spare if step not in taken]
        taken += spare[: max(0, task.minimum - len(taken))]
        rows = [self._row(step) for step in self._in_order(taken)]
        if "goal" not in task.options:
            return {"steps": rows}
        chosen = self._goals[:goals]
        if goals is None:
            chosen += [
                row["goal"]
                for row in rows
                if row.get("goal", NONE) not in (NONE, *chosen)
            ]
        chosen = list(dict.fromkeys(chosen))
        return {"goals": chosen, "steps": [_without_goal(row, chosen) for row in rows]}

    def variants(self) -> Iterator[Answer]:
        """Return the best plan first, then the poorest: most ends are met there."""
        yield self.plan()
        yield from self._harming()
        yield self.plan(steps=0, goals=0)
        yield {**self.plan(), "steps": [_bare(row) for row in self.plan()["steps"]]}
        for goals in range(len(self._goals), -1, -1):
            for steps in range(len(self._needed), -1, -1):
                is_whole = goals == len(self._goals) and steps == len(self._needed)
                plan = self.plan(steps=steps, goals=None if is_whole else goals)
                yield plan
                if goals in (0, len(self._goals)):
                    yield from self._worse(plan)
        for more in range(1, len(self._others) + 1):
            plan = self.plan(more=more)
            yield plan
            yield from self._worse(plan)

    def _worse(self, plan: Answer) -> Iterator[Answer]:
        rows = plan["steps"]
        for changed in (*_to_reverse(rows), *self._filled_worse(rows)):
            yield {**plan, "steps": changed}

    def _filled_worse(self, rows: list[Answer]) -> Iterator[list[Answer]]:
        worst = list(reversed(rows))
        for level in _LEVELS[1:]:
            for slot in self._task.slots:
                changed = list(rows)
                for number, row in enumerate(rows):
                    changed[number] = self._at_level(row, slot, level)
                    yield list(changed)
                worst = [self._at_level(row, slot, level) for row in worst]
                yield list(worst)
        emptied = list(rows)
        for number, row in enumerate(rows):
            emptied[number] = _bare(row)
            yield list(emptied)

    def _harming(self) -> Iterator[Answer]:
        best = self.plan()
        for step in self._harmful_steps:
            kept = best["steps"][: self._task.maximum - 1]
            if all(row["step"] != step for row in kept):
                yield {**best, "steps": [*kept, {"step": step}]}
        for goal in self._harmful_goals:
            if goal not in best["goals"]:
                yield {**best, "goals": [*best["goals"], goal]}

    def _in_order(self, steps: list[str]) -> list[str]:
        """Return steps so that every pair stands the right way round."""
        rest, ordered = list(steps), []
        while rest:
            waiting = {p.then for p in self._task.pairs if p.first in rest}
            following = next((step for step in rest if step not in waiting), rest[0])
            rest.remove(following)
            ordered.append(following)
        return ordered

    def _row(self, step: str) -> Answer:
        row: Answer = {"step": step}
        for slot in self._task.slots:
            if slot == "agreed":
                row[slot] = self._scope.holds(self._task.agreed)
                continue
            best = max(self._options(slot), key=lambda o: self._worth(step, slot, o))
            if best != NONE:
                row[slot] = best
        return row

    def _options(self, slot: str) -> list[str]:
        """Return what can be chosen; empty first where nothing has to be there."""
        options = [entry.id for entry in self._task.options[slot]]
        is_asked = slot in self._task.required
        return [*options, NONE] if is_asked else [NONE, *options]

    def _worth(self, step: str, slot: str, option: str) -> float:
        place = (step, slot, option)
        if place not in self._worths:
            self._worths[place] = self._weigh(step, slot, option)
        return self._worths[place]

    def _weigh(self, step: str, slot: str, option: str) -> float:
        fits = self._task.fits.get(step, {}).get(slot)
        worth = 1.0
        if fits:
            worth = fits[option].credit_in(self._scope) if option in fits else 0.0
        if slot == "menu" and option != NONE:
            worth += self._usable(option) - 1
        return worth

    def _usable(self, menu: str) -> float:
        return self._task.terms[menu].judge(self._task.client, self._scope).credit

    def _at_level(self, row: Answer, slot: str, level: float) -> Answer:
        """Return a line whose slot is worth `level`, if there is such an option."""
        if slot == "agreed":
            return {**row, slot: level > 0}
        for option in (NONE, *(entry.id for entry in self._task.options[slot])):
            if slot == "goal" and option not in (NONE, row.get("goal")):
                continue
            if self._worth(row["step"], slot, option) == level:
                changed = {key: value for key, value in row.items() if key != slot}
                return changed if option == NONE else {**changed, slot: option}
        return row


def _without_goal(row: Answer, goals: list[str]) -> Answer:
    """Return a line that names only a goal of the plan."""
    if row.get("goal", NONE) in (NONE, *goals):
        return row
    return {key: value for key, value in row.items() if key != "goal"}


def _to_reverse(rows: list[Answer]) -> Iterator[list[Answer]]:
    """Return the lines with one more pair of neighbours turned round each time."""
    current = list(rows)
    for last in range(len(current) - 1, 0, -1):
        for place in range(last):
            current[place : place + 2] = reversed(current[place : place + 2])
            yield list(current)


def _written(plan: Answer) -> Hashable:
    """Return what makes a plan different from others."""
    rows = tuple(tuple(sorted(row.items())) for row in plan["steps"])
    return tuple(plan.get("goals", ())), rows


def _bare(row: Answer) -> Answer:
    """Return a line with nothing filled in."""
    return {"step": row["step"]}
