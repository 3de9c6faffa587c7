"""Playing a case in the terminal: read, type a number, see what it showed."""

import json
from collections.abc import Callable
from typing import Any

from lms.simulation.domain import Case, PlayResult, play
from lms.simulation.domain.errors import PlayError
from lms.simulation.domain.named_plays import full_credit_answer
from lms.simulation.pages import Reader

Ask = Callable[[str], str]
Say = Callable[[str], None]
BACK, QUIT = "b", "q"


def play_in_terminal(reader: Reader, ask: Ask, say: Say) -> list[dict[str, Any]]:
    """Play until an end, or until the author leaves; return the recorded actions."""
    case = reader.case
    actions: list[dict[str, Any]] = []
    while True:
        result = play(case, actions)
        _show(reader, result, say)
        if result.is_finished:
            return actions
        given = ask(_question(result)).strip()
        if given == QUIT:
            return actions
        if given == BACK:
            del actions[-1:]
            continue
        try:
            action = _action(case, result, given)
            play(case, [*actions, action])
        except (PlayError, ValueError) as error:
            say(f"! {error}")
        else:
            actions.append(action)


def _show(reader: Reader, result: PlayResult, say: Say) -> None:
    limit = f"/{result.limit}" if result.limit is not None else ""
    say(f"\n── {result.scene} · {result.minutes}{limit} min ──")
    for turn in result.turns:
        via = f" (via {reader.person(turn.via)})" if turn.via else ""
        say(f"{reader.person(turn.by)}{via}: {reader.text(turn.heard or turn.text)}")
    scene = reader.case.scenes[result.scene]
    for part in getattr(scene, "material", ()):
        say(reader.text(part.text or part.alternative))
    for key in ("prompt", "text"):
        if getattr(scene, key, None):
            say(reader.text(getattr(scene, key)))
    for number, choice in enumerate(_allowed(result), 1):
        say(f"  {number}  {reader.text(choice.text)}")


def _allowed(result: PlayResult) -> list[Any]:
    return [choice for choice in result.choices if choice.is_allowed]


def _question(result: PlayResult) -> str:
    if result.kind == "talk":
        return "number, b (back), q (quit)"
    if result.kind == "task":
        return "answer as JSON, nothing for the best one, b (back), q (quit)"
    return "Enter to go on, b (back), q (quit)"


def _action(case: Case, result: PlayResult, given: str) -> dict[str, Any]:
    """Return the action that was meant.

    Raises
    ------
    ValueError
        No choice has this number, or the answer is no JSON.
    """
    if result.kind == "talk":
        allowed = _allowed(result)
        numbers = [str(number) for number in range(1, len(allowed) + 1)]
        if given not in numbers:
            raise ValueError(f"type a number from 1 to {len(allowed)}")
        return {"type": "choose", "choice": allowed[int(given) - 1].id}
    if result.kind == "document":
        return {"type": "read", "scene": result.scene}
    answer = json.loads(given) if given else full_credit_answer(case, result)
    return {"type": "answer", "scene": result.scene, "answer": answer}
