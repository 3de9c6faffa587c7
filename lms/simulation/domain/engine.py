"""Play a case: recorded actions in, everything that follows from them out."""

from collections.abc import Iterable, Mapping
from typing import Any

from lms.simulation.domain import moves
from lms.simulation.domain.actions import Action, Answer, Choose, Read, read_action
from lms.simulation.domain.case import (
    Case,
    Choice,
    DocumentScene,
    EndScene,
    TalkScene,
    TaskScene,
)
from lms.simulation.domain.effects import Effects, Share
from lms.simulation.domain.errors import (
    CaseFinishedError,
    ChoiceNotAllowedError,
    MalformedAnswerError,
    UnknownChoiceError,
    WrongSceneError,
)
from lms.simulation.domain.observations import Observation
from lms.simulation.domain.result import (
    ChoiceView,
    Note,
    PendingAnswer,
    PlayResult,
    RevealedFact,
    SharedFact,
    Step,
)
from lms.simulation.domain.state import State
from lms.simulation.domain.tasks.scoring import TaskScore
from lms.simulation.domain.tasks.shapes import AnswerFault

ENGINE_VERSION = "engine/1"
"""Stored with every attempt; the same actions under it give the same result."""


def play(case: Case, actions: Iterable[Action | Mapping[str, Any]]) -> PlayResult:
    """Play `actions` from the start and say where that leads and what it showed.

    Pure and deterministic: the metadata of an action (``id``, ``at``, ``language``)
    changes nothing.

    Parameters
    ----------
    actions : iterable of Action or mapping
        In the form of ``docs/schemas/actions.schema.json``.

    Raises
    ------
    PlayError
        An action is malformed or not possible where it stands.
    """
    run = Run(case)
    for position, given in enumerate(actions):
        run.take(read_action(given, position), position)
    return run.result()


def allowed_choices(case: Case, state: State) -> list[Choice]:
    """Return the choices that may be taken in `state`, in the author's order."""
    scene = case.scenes[state.scene]
    if not isinstance(scene, TalkScene):
        return []
    return [c for c in scene.choices.values() if moves.is_allowed(c, state)]


class Run:
    """One play being carried out; collects what it shows.

    Parameters
    ----------
    arrival : Arrival, optional
        Where to begin instead of the start of the case.
    """

    def __init__(self, case: Case, arrival: moves.Arrival | None = None) -> None:
        self._case = case
        self._arrival = arrival or moves.begin(case)
        self._turns = moves.see_turns(case, self._arrival.heard)
        self._steps: list[Step] = []
        self._facts: list[RevealedFact] = []
        self._shared: list[SharedFact] = []
        self._notes: list[Note] = []
        self._observations: list[Observation] = []
        self._pending: list[PendingAnswer] = []
        self._observe_omissions(position=-1)

    @property
    def state(self) -> State:
        """Return where the play stands."""
        return self._arrival.state

    def take(self, action: Action, position: int) -> None:
        """Play one action, or refuse it and change nothing."""
        scene = self._case.scenes[self._arrival.state.scene]
        if isinstance(scene, EndScene):
            raise CaseFinishedError(number=position + 1, scene=scene.id)
        if isinstance(scene, TalkScene) and isinstance(action, Choose):
            self._choose(scene, action, position)
        elif isinstance(scene, DocumentScene) and isinstance(action, Read):
            self._require_scene(scene.id, action.scene, position)
            self._go(action, position, scene.effects, scene.to)
        elif isinstance(scene, TaskScene) and isinstance(action, Answer):
            self._require_scene(scene.id, action.scene, position)
            self._answer(scene, action, position)
        else:
            raise self._wrong_scene(action, position)

    def _choose(self, scene: TalkScene, action: Choose, position: int) -> None:
        state = self._arrival.state
        choice = scene.choices.get(action.choice)
        if choice is None or not moves.is_allowed(choice, state):
            error = UnknownChoiceError if choice is None else ChoiceNotAllowedError
            offered = [row.id for row in allowed_choices(self._case, state)]
            raise error(
                number=position + 1,
                scene=scene.id,
                choice=action.choice,
                offered=", ".join(offered) or "none",
            )
        self._observations += [
            Observation.of(row, position=position, scene=scene.id, source="choice")
            for row in moves.evidence_of(choice, state)
        ]
        self._go(action, position, choice.effects, choice.to, chosen=choice.bit)

    def _answer(self, scene: TaskScene, action: Answer, position: int) -> None:
        scope = moves.scope_of(self._case, self._arrival.state)
        try:
            scene.task.check(action.answer, scope)
        except AnswerFault as fault:
            raise MalformedAnswerError(
                number=position + 1, scene=scene.id, fault=str(fault)
            ) from fault
        score = scene.task.score(action.answer, scope)
        self._observations += moves.observe_task(scene, score, position)
        if scene.scored_by_person and scene.criteria:
            self._pending.append(
                PendingAnswer(
                    scene.id, position, scene.criteria, scene.weight, action.answer
                )
            )
        self._go(
            action,
            position,
            scene.effects,
            scene.to,
            told=scene.task.shares(action.answer),
            score=score,
        )

    def _go(
        self,
        action: Action,
        position: int,
        effects: Effects,
        to: str,
        *,
        chosen: int = 0,
        told: tuple[Share, ...] = (),
        score: TaskScore | None = None,
    ) -> None:
        """Move, and note down what the move did."""
        case, before = self._case, self._arrival.state
        shared = case.layout.mask(share.fact for share in told)
        arrival = moves.move(case, before, effects, to, chosen=chosen, shared=shared)
        after = arrival.state
        place = (after.minutes, position, before.scene)
        revealed = case.layout.list_facts(after.facts & ~before.facts)
        self._steps.append(
            Step(
                position=position,
                scene=before.scene,
                kind=case.scenes[before.scene].kind,
                action=action,
                minutes_before=before.minutes,
                minutes_after=after.minutes,
                turns=self._turns,
                revealed=revealed,
                lost=case.layout.list_facts(arrival.lost),
                to=after.scene,
                score=score,
            )
        )
        self._facts += [RevealedFact(fact, *place) for fact in revealed]
        self._shared += [
            SharedFact(share.fact, share.partner, *place)
            for share in (*effects.shares, *told)
        ]
        self._notes += [Note(text, *place) for text in effects.notes]
        self._arrival = arrival
        self._turns = moves.see_turns(case, arrival.heard)
        self._observe_omissions(position)

    def _observe_omissions(self, position: int) -> None:
        state = self._arrival.state
        self._observations += [
            Observation.of(row, position=position, scene=state.scene, source="omission")
            for row in moves.omitted(self._case, state)
        ]

    def _require_scene(self, current: str, given: str, position: int) -> None:
        if given != current:
            raise WrongSceneError(
                number=position + 1,
                scene=current,
                wanted=f"an action for '{current}'",
                given=given,
            )

    def _wrong_scene(self, action: Action, position: int) -> WrongSceneError:
        scene = self._case.scenes[self._arrival.state.scene]
        wanted = {"talk": "a choice", "document": "reading", "task": "an answer"}
        given = action.choice if isinstance(action, Choose) else action.scene
        return WrongSceneError(
            number=position + 1,
            scene=scene.id,
            wanted=wanted[scene.kind],
            given=given,
        )

    def _offered(self, scene: TalkScene) -> tuple[ChoiceView, ...]:
        state = self._arrival.state
        views = []
        for choice in scene.choices.values():
            is_allowed = moves.is_allowed(choice, state)
            if is_allowed or choice.is_greyed:
                minutes = choice.effects.minutes
                views.append(ChoiceView(choice.id, choice.text, minutes, is_allowed))
        return tuple(views)

    def result(self) -> PlayResult:
        """Return everything that a page needs."""
        case, state = self._case, self._arrival.state
        scene = case.scenes[state.scene]
        return PlayResult(
            engine=ENGINE_VERSION,
            scene=scene.id,
            kind=scene.kind,
            is_finished=isinstance(scene, EndScene),
            outcome=scene.outcome if isinstance(scene, EndScene) else None,
            minutes=state.minutes,
            limit=case.limit,
            state=dict(zip(case.variables, state.values, strict=True)),
            facts=tuple(self._facts),
            shared=tuple(self._shared),
            notes=tuple(self._notes),
            turns=self._turns,
            choices=self._offered(scene) if isinstance(scene, TalkScene) else (),
            task=scene if isinstance(scene, TaskScene) else None,
            steps=tuple(self._steps),
            observations=tuple(self._observations),
            pending=tuple(self._pending),
            standing=state,
        )
