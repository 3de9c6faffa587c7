"""Parting what a learner wrote from the rest of an action, and joining it again.

The log of an attempt is kept for good; written text may have to be erased. After
that the place holds a mark of the same length, so that the play stays what it was.
"""

import json
from collections.abc import Mapping
from typing import Any

WRITTEN_KEYS = frozenset({"text", "reason", "follow_up"})
_IDS = "/fields"
_ERASED = "▒"
_dump = json.JSONEncoder(sort_keys=True).encode


def part_texts(action: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the action with lengths in place of texts, and the texts by place."""
    texts: dict[str, str] = {}
    bare = _part(dict(action), "", texts)
    return bare, texts


def join_texts(action: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the action as the learner sent it, as far as its texts still exist."""
    joined = _join(dict(action), "", texts)
    return dict(joined)


def bare_text(action: Mapping[str, Any]) -> str | None:
    """Return an action without written text as canonical text.

    None where something was written, even if it is erased by now: no two such
    actions are alike.
    """
    return _dump(action) if join_texts(action, {}) == action else None


def _part(node: Any, place: str, texts: dict[str, str]) -> Any:
    if isinstance(node, dict):
        result = {}
        for key, value in node.items():
            here = f"{place}/{key}"
            # Under `fields` the keys are ids, so that one may be called ``reason``.
            is_words = key in WRITTEN_KEYS and not place.endswith(_IDS)
            if is_words and isinstance(value, str):
                texts[here] = value
                result[key] = {"characters": len(value)}
            else:
                result[key] = _part(value, here, texts)
        return result
    if isinstance(node, list):
        return [_part(value, f"{place}/{n}", texts) for n, value in enumerate(node)]
    return node


def _join(node: Any, place: str, texts: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            key: texts.get(f"{place}/{key}", _ERASED * value["characters"])
            if key in WRITTEN_KEYS and _is_length(value)
            else _join(value, f"{place}/{key}", texts)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_join(value, f"{place}/{n}", texts) for n, value in enumerate(node)]
    return node


def _is_length(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"characters"}
