"""From the log of an attempt to where it stands."""

import json
from functools import lru_cache
from typing import Any

from lms.content.domain import digest_of
from lms.simulation.domain import Case, PlayResult, play
from lms.simulation.domain.writing import bare_text, join_texts, part_texts
from lms.simulation.played import PlayedAction, PlayedAttempt


def replay(
    case: Case, attempt: PlayedAttempt, *, length: int | None = None
) -> PlayResult:
    """Return where an attempt stands, or stood after `length` actions."""
    route = route_of(attempt, length=length)
    if route is None:
        return play(case, recorded_actions(attempt)[:length])
    return _play_route(case, route)


def route_of(
    attempt: PlayedAttempt, *, length: int | None = None
) -> tuple[str, ...] | None:
    """Return the actions so far as text, where the learner has written nothing.

    Many learners take the same route, and what it shows is the same for all of them.
    """
    words = [row.bare_text for row in attempt.actions[:length]]
    return None if None in words else tuple(words)  # type: ignore[arg-type]


_dump = json.JSONEncoder(sort_keys=True).encode


@lru_cache(maxsize=512)
def _play_route(case: Case, route: tuple[str, ...]) -> PlayResult:
    return play(case, [json.loads(action) for action in route])


def play_on(case: Case, attempt: PlayedAttempt, action: dict[str, Any]) -> PlayResult:
    """Return where one more action leads."""
    route, last = route_of(attempt), bare_text(part_texts(action)[0])
    if route is None or last is None:
        return play(case, [*recorded_actions(attempt), action])
    return _play_route(case, (*route, last))


def recorded_actions(attempt: PlayedAttempt) -> list[dict[str, Any]]:
    """Return the actions of an attempt as the learner sent them."""
    return [recorded_action(row) for row in attempt.actions]


def recorded_action(row: PlayedAction) -> dict[str, Any]:
    """Return one action as the learner sent it, as far as its texts still exist."""
    return join_texts(row.action, {text.place: text.text for text in row.texts})


def is_same_action(row: PlayedAction, action: dict[str, Any]) -> bool:
    """Say whether an action is the one that was recorded, word for word."""
    return _dump(recorded_action(row)) == _dump(action)


def shown_digest(case: Case, before: PlayResult, language: str) -> str:
    """Return the digest of the texts that the learner acted on."""
    ids = [turn.heard or turn.text for turn in before.turns]
    ids += [choice.text for choice in before.choices]
    return _digest_of_texts(case, tuple(ids), language)


@lru_cache(maxsize=512)
def _digest_of_texts(case: Case, ids: tuple[str, ...], language: str) -> str:
    return digest_of([[name, case.find_text(name, language)] for name in ids])
