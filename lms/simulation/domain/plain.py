"""The result of a play as plain JSON, for commands and other programs."""

from dataclasses import asdict
from typing import Any

from lms.simulation.domain.result import PlayResult, Step


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
        "score": asdict(step.score) if step.score else None,
    }
