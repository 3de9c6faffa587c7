"""The shape of a plan as an answer, and its lines as the score reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lms.errors import message
from lms.simulation.domain.tasks.shapes import (
    AnswerFault,
    FillingFault,
    require_count,
    require_keys,
    require_list_of,
    require_text,
)

if TYPE_CHECKING:
    from lms.simulation.domain.tasks.plan import PlanTask

NONE = "none"
"""Stands in a key for a slot that is left empty."""
_OWN = "own-"


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a plan; own ones are called ``own-1``, ``own-2`` and so on."""

    id: str
    is_own: bool
    row: Mapping[str, Any]

    def option(self, slot: str) -> str:
        """Return what stands in a slot, or ``none``."""
        return str(self.row.get(slot, NONE))


def lines_of(answer: Mapping[str, Any]) -> list[Line]:
    """Return the steps of a plan in their order."""
    lines: list[Line] = []
    count = 0
    for row in answer["steps"]:
        count += "text" in row
        name = f"{_OWN}{count}" if "text" in row else row["step"]
        lines.append(Line(name, "text" in row, row))
    return lines


def own_name(number: int) -> str:
    """Return the id of an own goal or step, counted from 1."""
    return f"{_OWN}{number}"


def check_plan(task: "PlanTask", answer: Any) -> None:
    """Raise `AnswerFault` if a plan has the wrong shape."""
    required = ("goals", "steps") if "goal" in task.options else ("steps",)
    given = require_keys(answer, required=required)
    goals = _check_goals(task, given.get("goals", []))
    rows = given["steps"]
    if not isinstance(rows, list):
        raise AnswerFault("'steps' must be a list")
    told = message("%(count)s steps; plan %(low)s to %(high)s.")
    require_count(rows, told, task.minimum, task.maximum)
    for number, row in enumerate(rows, 1):
        try:
            _check_row(task, row, goals)
        except AnswerFault as fault:
            raise fault.inside(f"step {number}") from None
    own = sum("text" in row for row in rows)
    if own > task.own_steps:
        text = message("%(count)s own steps; at most %(high)s.")
        raise FillingFault(text, count=own, high=task.own_steps)
    steps = [row["step"] for row in rows if "step" in row]
    require_list_of(steps, [entry.id for entry in task.pool], what="steps")


def _check_goals(task: "PlanTask", goals: Any) -> list[str]:
    """Return the ids under which the steps can name the goals."""
    if not isinstance(goals, list):
        raise AnswerFault("'goals' must be a list")
    own = [goal for goal in goals if isinstance(goal, dict)]
    for goal in own:
        _require_words(require_keys(goal, required=("text",))["text"])
    if len(own) > task.own_goals:
        text = message("%(count)s own goals; at most %(high)s.")
        raise FillingFault(text, count=len(own), high=task.own_goals)
    chosen = [goal for goal in goals if not isinstance(goal, dict)]
    require_list_of(chosen, [entry.id for entry in task.goals], what="goals")
    return [*chosen, *(own_name(number + 1) for number in range(len(own)))]


def _check_row(task: "PlanTask", row: Any, goals: list[str]) -> None:
    is_own = isinstance(row, dict) and "text" in row
    require_keys(row, required=("text" if is_own else "step",), optional=task.slots)
    if is_own:
        _require_words(row["text"])
    for slot in task.slots:
        if slot not in row:
            continue
        if slot == "agreed":
            if not isinstance(row[slot], bool):
                raise AnswerFault("'agreed' must be true or false")
            continue
        options = [entry.id for entry in task.options[slot]]
        known = goals if slot == "goal" else options
        if row[slot] not in known:
            raise AnswerFault(
                f"{slot!r}: {row[slot]!r} is none of {', '.join(known)}; choose one "
                "of them or leave it out"
            )


def _require_words(text: Any) -> None:
    if not require_text(text, "text").strip():
        raise FillingFault(
            message("One text is empty; write something or leave it out.")
        )
