"""Stand in any scene with a state of one's own choosing, and see what leads on.

For authors who look at a case while they write it: no play leads here, so that nobody
has shown anything, and the same rules of movement hold as in a play.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from lms.simulation.domain import moves
from lms.simulation.domain.case import (
    Case,
    Choice,
    DocumentScene,
    Scene,
    TalkScene,
    TaskScene,
)
from lms.simulation.domain.effects import Effects
from lms.simulation.domain.engine import Run
from lms.simulation.domain.errors import BrokenCaseError
from lms.simulation.domain.gains import Gain, Gains
from lms.simulation.domain.liveness import lenses_of
from lms.simulation.domain.moves import Arrival
from lms.simulation.domain.observations import Evidence
from lms.simulation.domain.result import PlayResult, RevealedFact
from lms.simulation.domain.search import Walker
from lms.simulation.domain.state import State
from lms.simulation.domain.variables import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds where somebody stands, by the names of the case.

    Attributes
    ----------
    values : mapping of str to Value
        State variables that differ from their start.
    minutes : int
        Virtual minutes gone by.
    facts, shared : tuple of str
        Facts known, and facts told to somebody.
    chosen, visited : tuple of str
        Choices made, and scenes passed.
    lost : tuple of str
        Facts that are spoken of on arrival and do not come across.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    minutes: int = 0
    facts: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    visited: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What of the past a scene, or any scene that can follow it, still reads."""

    chosen: tuple[str, ...]
    visited: tuple[str, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WayOn:
    """One thing that can be done where somebody stands, or could be in other states.

    Attributes
    ----------
    entry : str
        As a named play writes it: id of the choice, or of the document or task.
    arrival : Arrival or None
        Where it leads; None if it is not allowed here, or the case breaks there.
    reveals, tells : tuple of str
        Facts that become known by it, and that it tells somebody.
    shows : tuple of Evidence
        What a choice shows when it is taken here.
    bounds : mapping of str to Gain
        By criterion, what a task can show at worst and at best.
    """

    entry: str
    choice: Choice | None
    effects: Effects
    is_allowed: bool
    arrival: Arrival | None
    reveals: tuple[str, ...]
    tells: tuple[str, ...]
    shows: tuple[Evidence, ...] = ()
    bounds: Gains = field(default_factory=dict)


def stand(case: Case, scene: str, given: Standing) -> Arrival:
    """Return the arrival in `scene` under `given`; a route scene is passed at once.

    Raises
    ------
    KeyError
        The case has no such scene, variable, fact or choice.
    BrokenCaseError
        A route scene leads nowhere.
    """
    layout = case.layout
    for name in given.values:
        layout.variables[name]  # a name that is not there is no silent start value
    facts = layout.mask(given.facts)
    lost = layout.mask(given.lost) & ~facts
    state = State(
        scene,
        given.minutes,
        tuple(given.values.get(row.id, row.start) for row in case.variables.values()),
        facts,
        layout.mask(given.shared),
        _mask(layout.choices, given.chosen),
        _mask(layout.scenes, given.visited) | case.scenes[scene].bit,
    )
    arrival = moves.stand(case, state)
    heard = arrival.state._replace(facts=arrival.state.facts | lost)
    return Arrival(arrival.state, heard, lost)


def standing_of(case: Case, arrival: Arrival) -> Standing:
    """Return what `stand` needs to come to the same place, without what is idle.

    Marks that nothing from there on reads are left out.
    """
    state, layout = arrival.state, case.layout
    marks = readable_marks(case, state.scene)
    values = {
        name: state.values[place]
        for name, place in layout.variables.items()
        if state.values[place] != case.variables[name].start
    }
    return Standing(
        values=values,
        minutes=state.minutes,
        facts=layout.list_facts(state.facts),
        shared=_set_in(layout.facts, state.shared, marks.shared),
        chosen=_set_in(layout.choices, state.chosen, marks.chosen),
        visited=_set_in(layout.scenes, state.visited, marks.visited),
        lost=layout.list_facts(arrival.lost),
    )


def readable_marks(case: Case, scene: str) -> Marks:
    """Return the marks that a scene, or any that can follow it, reads."""
    lens, layout = lenses_of(case)[scene], case.layout
    return Marks(
        chosen=_names(layout.choices, lens.chosen),
        visited=_names(layout.scenes, lens.visited),
        shared=_names(layout.facts, lens.shared),
    )


def look(case: Case, arrival: Arrival) -> PlayResult:
    """Return what a page shows of this place: a play of no actions that begins here.

    A known fact is put down to the first scene that can reveal it, and to this minute.
    """
    state = arrival.state
    facts = tuple(
        RevealedFact(fact, state.minutes, 0, _source_of(case, fact) or state.scene)
        for fact in case.layout.list_facts(state.facts)
    )
    return replace(Run(case, arrival).result(), facts=facts)


def list_ways(case: Case, state: State) -> tuple[WayOn, ...]:
    """Return every way on: all choices of a talk, allowed or not; else what leads out.

    Answers to a task are told apart only by the facts that they tell.
    """
    scene = case.scenes[state.scene]
    if isinstance(scene, TalkScene):
        return tuple(_by_choice(case, state, row) for row in scene.choices.values())
    return tuple(_by_answer(case, state))


def _by_choice(case: Case, state: State, choice: Choice) -> WayOn:
    is_allowed = moves.is_allowed(choice, state)
    effects = choice.effects
    arrival = (
        _try(case, state, effects, choice.to, chosen=choice.bit) if is_allowed else None
    )
    layout = case.layout
    return WayOn(
        choice.id,
        choice,
        effects,
        is_allowed,
        arrival,
        layout.list_facts(effects.reveal_mask & ~state.facts),
        layout.list_facts(effects.share_mask),
        tuple(moves.evidence_of(choice, state)),
    )


def _by_answer(case: Case, state: State) -> Iterable[WayOn]:
    found: dict[tuple[str, int], tuple[Effects, str, dict[str, Gain]]] = {}
    for way in Walker(case).ways(state):
        kept = found.setdefault((way.entry, way.shared), (way.effects, way.to, {}))
        for criterion, gain in way.gains.items():
            kept[2][criterion] = gain.either(kept[2].get(criterion, gain))
    layout = case.layout
    for (entry, shared), (effects, to, bounds) in found.items():
        yield WayOn(
            entry,
            None,
            effects,
            True,
            _try(case, state, effects, to, shared=shared),
            layout.list_facts(effects.reveal_mask & ~state.facts),
            layout.list_facts(effects.share_mask | shared),
            bounds=bounds,
        )


def _try(
    case: Case,
    state: State,
    effects: Effects,
    to: str,
    *,
    chosen: int = 0,
    shared: int = 0,
) -> Arrival | None:
    try:
        return moves.move(case, state, effects, to, chosen=chosen, shared=shared)
    except BrokenCaseError:
        return None


def _source_of(case: Case, fact: str) -> str | None:
    bit = case.layout.facts[fact]
    return next(
        (
            scene.id
            for scene in case.scenes.values()
            if any(row.reveal_mask & bit for row in _effects_in(scene))
        ),
        None,
    )


def _effects_in(scene: Scene) -> Iterable[Effects]:
    if isinstance(scene, TalkScene):
        return (choice.effects for choice in scene.choices.values())
    if isinstance(scene, DocumentScene | TaskScene):
        return (scene.effects,)
    return ()


def _mask(bits: Mapping[str, int], names: Iterable[str]) -> int:
    mask = 0
    for name in names:
        mask |= bits[name]
    return mask


def _names(bits: Mapping[str, int], mask: int) -> tuple[str, ...]:
    return tuple(name for name, bit in bits.items() if mask & bit)


def _set_in(
    bits: Mapping[str, int], mask: int, names: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(name for name in names if mask & bits[name])
