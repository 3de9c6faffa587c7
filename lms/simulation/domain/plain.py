"""The result of a play as plain JSON, for commands and other programs."""

from dataclasses import asdict
from typing import Any

from lms.simulation.domain.result import PlayResult, Step
from lms.simulation.domain.tasks.scoring import TaskScore

_SCORE_KEYS = frozenset({"seen", "credit", "parts"})
_PART_KEYS = frozenset({"id", "credit", "because"})


def result_to_dict(result: PlayResult) -> dict[str, Any]:
    """Return the shape of ``lms case play --format json``."""
    return {
        "engine": result.engine,
        "scene": result.scene,
        "kind": result.kind,
        "finished": result.is_finished,
        "outcome": result.outcome,
        "minutes": result.minutes,
        "limit": result.limit,
        "state": dict(result.state),
        "facts": [asdict(row) for row in result.facts],
        "shared": [asdict(row) for row in result.shared],
        "notes": [asdict(row) for row in result.notes],
        "turns": [asdict(row) for row in result.turns],
        "choices": [asdict(row) for row in result.choices],
        "task": result.task.task.kind if result.task else None,
        "steps": [_step_to_dict(row) for row in result.steps],
        "observations": [asdict(row) for row in result.observations],
        "pending": [asdict(row) for row in result.pending],
    }


def _step_to_dict(step: Step) -> dict[str, Any]:
    return {
        "position": step.position,
        "scene": step.scene,
        "kind": step.kind,
        "action": step.action.to_dict(),
        "minutes_before": step.minutes_before,
        "minutes_after": step.minutes_after,
        "turns": [asdict(row) for row in step.turns],
        "revealed": list(step.revealed),
        "lost": list(step.lost),
        "to": step.to,
        "score": _score_to_dict(step.score) if step.score else None,
    }


def _score_to_dict(score: TaskScore) -> dict[str, Any]:
    """Return a score; what a kind of task does not say is left out."""
    plain = asdict(score)
    plain["parts"] = [_without_empty(part, kept=_PART_KEYS) for part in plain["parts"]]
    return _without_empty(plain, kept=_SCORE_KEYS)


def _without_empty(row: dict[str, Any], *, kept: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value or key in kept}
