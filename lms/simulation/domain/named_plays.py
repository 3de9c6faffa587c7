"""Plays as authors write them: ids of choices and scenes, best answers meant."""

from collections.abc import Iterable, Mapping
from typing import Any

from lms.simulation.domain import moves
from lms.simulation.domain.actions import Action, Answer, Choose, Read
from lms.simulation.domain.case import Case, DocumentScene, TaskScene
from lms.simulation.domain.engine import Run
from lms.simulation.domain.errors import WrongSceneError
from lms.simulation.domain.result import PlayResult


def play_named(case: Case, entries: Iterable[str | Mapping[str, Any]]) -> PlayResult:
    """Play a list as ``tests`` holds it.

    Parameters
    ----------
    entries : iterable of str or mapping
        Ids of choices, and of document or task scenes; a task is answered for full
        credit, or as ``{scene: answer}`` says.

    Raises
    ------
    PlayError
        An entry is not possible where it stands.
    """
    run = Run(case)
    for position, entry in enumerate(entries):
        scene = case.scenes[run.state.scene]
        run.take(_action(case, scene.id, entry, run), position)
    return run.result()


def full_credit_answer(case: Case, result: PlayResult) -> Any:
    """Return an answer with the best score for the task that `result` waits for.

    Raises
    ------
    WrongSceneError
        The play does not stand at a task.
    """
    if result.task is None:
        raise WrongSceneError(
            number=len(result.steps) + 1,
            scene=result.scene,
            wanted=f"an action for a {result.kind} scene",
            given="an answer",
        )
    return result.task.task.full_credit(moves.scope_of(case, result.standing))


def _action(case: Case, current: str, entry: Any, run: Run) -> Action:
    if isinstance(entry, Mapping):
        [(scene_id, answer)] = entry.items()
        return Answer(scene_id, answer)
    scene = case.scenes[current]
    if isinstance(scene, TaskScene) and entry == current:
        scope = moves.scope_of(case, run.state)
        return Answer(current, scene.task.full_credit(scope))
    if isinstance(scene, DocumentScene) or entry in case.scenes:
        return Read(entry)
    return Choose(entry)
