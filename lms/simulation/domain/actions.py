"""Actions: what a trainee did, as outsiders write it and as the engine takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from lms.simulation.domain.errors import MalformedActionError

_METADATA = frozenset({"id", "at", "language"})
"""Kept with an action for people and statistics; never an input of the engine."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Take a choice of the current talk."""

    choice: str

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"type": "choose", "choice": self.choice}


@dataclass(frozen=True, slots=True)
class Read:
    """Have read the current document."""

    scene: str

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"type": "read", "scene": self.scene}


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the current task; `answer` has the shape that the task asks for."""

    scene: str
    answer: Any

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"type": "answer", "scene": self.scene, "answer": self.answer}


Action: TypeAlias = Choose | Read | Answer
_KEYS = {
    "choose": ("choice",),
    "read": ("scene",),
    "answer": ("scene", "answer"),
}


def read_action(given: Action | Mapping[str, Any], position: int) -> Action:
    """Take an action in either form.

    Raises
    ------
    MalformedActionError
        A key is missing, unknown or of the wrong type.
    """
    if isinstance(given, Choose | Read | Answer):
        return given
    fault = _fault_of(given)
    if fault:
        raise MalformedActionError(number=position + 1, fault=fault)
    if given["type"] == "choose":
        return Choose(given["choice"])
    if given["type"] == "read":
        return Read(given["scene"])
    return Answer(given["scene"], given["answer"])


def _fault_of(given: Any) -> str | None:
    if not isinstance(given, Mapping):
        return "an action is an object with the key 'type'"
    kind = given.get("type")
    keys = _KEYS.get(kind) if isinstance(kind, str) else None
    if keys is None:
        return f"type {kind!r} is unknown; use choose, read or answer"
    for key in given:
        if key != "type" and key not in keys and key not in _METADATA:
            return f"unknown key {key!r}; leave it out"
    for key in keys:
        if key not in given:
            return f"key {key!r} is missing; add it"
        if key != "answer" and not isinstance(given[key], str):
            return f"{key!r} must be an id"
    return None
