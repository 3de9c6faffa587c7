"""Rules of movement: from a state and an act to the next state.

Both `play` and `explore` rest on these functions, so that they cannot disagree.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lms.simulation.domain.case import (
    NOBODY,
    Case,
    Choice,
    EndScene,
    RouteScene,
    Scene,
    TalkScene,
    TaskScene,
    Turn,
)
from lms.simulation.domain.effects import Effects
from lms.simulation.domain.errors import BrokenCaseError
from lms.simulation.domain.observations import Evidence, Observation, Seen
from lms.simulation.domain.result import TurnView
from lms.simulation.domain.state import State
from lms.simulation.domain.tasks.scoring import Scope, TaskScore


class Arrival(NamedTuple):
    """A new state, and the same before interpreters kept anything back.

    Turns are heard in `heard`: a turn about a fact is spoken even where its
    rendering loses the fact. `lost` are the bits that make the difference.
    """

    state: State
    heard: State
    lost: int


def begin(case: Case) -> Arrival:
    """Return the state in which every play of `case` begins."""
    values = tuple(variable.start for variable in case.variables.values())
    scene = case.scenes[case.start]
    first = State(case.start, 0, values, 0, 0, 0, scene.bit)
    return _arrive(case, scene, first, known=0)


def stand(case: Case, state: State) -> Arrival:
    """Return `state` as an arrival of its own; all that it knows has come across.

    Raises
    ------
    BrokenCaseError
        Its scene is a route scene that leads nowhere.
    """
    return _arrive(case, case.scenes[state.scene], state, known=state.facts)


def move(
    case: Case,
    state: State,
    effects: Effects,
    to: str,
    *,
    chosen: int = 0,
    shared: int = 0,
) -> Arrival:
    """Apply effects and go to a scene, or to ``on_limit`` when time runs out.

    The limit is passed when more than `limit` minutes have gone by; it acts once.
    """
    draft = depart(case, state, effects, to, chosen=chosen, shared=shared)
    return _arrive(case, case.scenes[draft.scene], draft, known=state.facts)


def depart(
    case: Case,
    state: State,
    effects: Effects,
    to: str,
    *,
    chosen: int = 0,
    shared: int = 0,
) -> State:
    """Return the state at the door of the next scene, route scenes not yet passed."""
    minutes = state.minutes + effects.minutes
    clock = case.clock
    if clock is not None and state.minutes <= clock.limit < minutes:
        to = clock.on_limit or to
    return State(
        to,
        minutes,
        effects.change(state.values),
        state.facts | effects.reveal_mask,
        state.shared | effects.share_mask | shared,
        state.chosen | chosen,
        state.visited | case.scenes[to].bit,
    )


def _arrive(case: Case, scene: Scene, heard: State, *, known: int) -> Arrival:
    """Follow route scenes to a page; subtract what its renderings lose."""
    passed = 0
    while isinstance(scene, RouteScene):
        to = _branch(scene, heard) if not passed & scene.bit else None
        if to is None:
            raise BrokenCaseError(case=case.id, scene=scene.id)
        passed |= scene.bit
        scene = case.scenes[to]
        heard = heard._replace(scene=to, visited=heard.visited | scene.bit)
    if not isinstance(scene, TalkScene) or not scene.loses_facts:
        return Arrival(heard, heard, 0)
    lost = _lost_bits(case, scene, heard) & heard.facts & ~known
    return Arrival(heard._replace(facts=heard.facts & ~lost), heard, lost)


def _branch(scene: RouteScene, state: State) -> str | None:
    for branch in scene.branches:
        if branch.when is None or branch.when(state):
            return branch.to
    return None


def _lost_bits(case: Case, scene: TalkScene, state: State) -> int:
    lost = 0
    for turn in scene.turns:
        if turn.renderings and (turn.when is None or turn.when(state)):
            rendering = turn.renderings.get(interpreter_of(case, turn, state))
            if rendering is not None:
                lost |= case.layout.mask(rendering.lost)
    return lost


def interpreter_of(case: Case, turn: Turn, state: State) -> str:
    """Return who interprets a turn in `state`; ``none`` for nobody."""
    if turn.via is None:
        return NOBODY
    return str(state.values[case.layout.variables[turn.via]])


def see_turns(case: Case, heard: State) -> tuple[TurnView, ...]:
    """Return the turns of a scene as the trainee meets them."""
    scene = case.scenes[heard.scene]
    if not isinstance(scene, TalkScene):
        return ()
    return tuple(
        _see_turn(case, turn, heard)
        for turn in scene.turns
        if turn.when is None or turn.when(heard)
    )


def _see_turn(case: Case, turn: Turn, heard: State) -> TurnView:
    via = interpreter_of(case, turn, heard)
    if via == NOBODY:
        is_followed = turn.language in case.trainee.speaks
        view = (None, None, turn.text, ())
        return TurnView(turn.id, turn.by, turn.text, turn.language, *view, is_followed)
    rendering = turn.renderings.get(via)
    how = rendering.how if rendering else "faithful"
    text = rendering.text if rendering else turn.text
    lost = rendering.lost if rendering else ()
    return TurnView(
        turn.id, turn.by, turn.text, turn.language, via, how, text, lost, True
    )


def is_allowed(choice: Choice, state: State) -> bool:
    """Say whether a choice may be taken in `state`."""
    if choice.is_once and state.chosen & choice.bit:
        return False
    return choice.when is None or choice.when(state)


def evidence_of(choice: Choice, state: State) -> Iterator[Evidence]:
    """Return what a choice shows when it is taken in `state`."""
    for evidence in choice.evidence:
        if evidence.when is None or evidence.when(state):
            yield evidence


def omitted(case: Case, state: State) -> Iterator[Evidence]:
    """Return what was never done, if `state` stands at an end."""
    if isinstance(case.scenes[state.scene], EndScene):
        for omission in case.omissions:
            if omission.evidence.when is None or omission.evidence.when(state):
                yield omission.evidence


def scope_of(case: Case, state: State) -> Scope:
    """Return what a task may know in `state`."""
    return Scope(state, case.layout, case.watched)


def shared_bits(case: Case, scene: TaskScene, answer: Any) -> int:
    """Return the bits of the facts that an answer tells somebody."""
    return case.layout.mask(share.fact for share in scene.task.shares(answer))


def evidence_of_task(scene: TaskScene, score: TaskScore) -> Iterator[Evidence]:
    """Return what an automatic score shows; nothing where a person judges."""
    if scene.scored_by_person:
        return
    if score.seen is not None:
        for criterion in scene.scores:
            yield _task_evidence(scene, criterion, score.seen, scene.because)
    for aspect in score.aspects:
        keyed = scene.aspects.get(aspect.id)
        for criterion in keyed.criteria if keyed else ():
            because = keyed.because if keyed else None
            yield _task_evidence(scene, criterion, aspect.seen, because)


def _task_evidence(
    scene: TaskScene, criterion: str, seen: Seen, because: str | None
) -> Evidence:
    return Evidence(
        criterion=criterion,
        seen=seen,
        weight=scene.weight,
        because=because,
        is_critical=seen is Seen.UNSAFE,
    )


def observe_task(
    scene: TaskScene, score: TaskScore, position: int
) -> Sequence[Observation]:
    """Return what an automatic score shows, placed in a play."""
    return [
        Observation.of(row, position=position, scene=scene.id, source="task")
        for row in evidence_of_task(scene, score)
    ]
