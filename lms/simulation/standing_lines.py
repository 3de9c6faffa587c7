"""What an author sees beside a scene: where each way leads, and what was kept back."""

from collections.abc import Mapping
from dataclasses import dataclass

from lms.simulation.domain.case import Case, RouteScene, TalkScene
from lms.simulation.domain.effects import Effects
from lms.simulation.domain.gains import Gain
from lms.simulation.domain.moves import Arrival
from lms.simulation.domain.result import PlayResult, TurnView
from lms.simulation.domain.standing import WayOn
from lms.simulation.domain.state import State
from lms.simulation.page_lines import ObservationLine
from lms.simulation.pages import Reader


@dataclass(frozen=True, slots=True)
class WayLine:
    """One way on.

    Attributes
    ----------
    condition : str or None
        As the author wrote it.
    state : str
        ``open``, ``grey`` (shown, cannot be taken), ``hidden`` or ``made``.
    changes : tuple of (str, str, str)
        Variable, value before and after, where they differ.
    to : str or None
        Scene that is reached; None where none is.
    """

    entry: str
    text: str
    condition: str | None
    state: str
    minutes: int
    changes: tuple[tuple[str, str, str], ...]
    reveals: tuple[str, ...]
    lost: tuple[str, ...]
    tells: tuple[str, ...]
    shows: tuple[ObservationLine, ...]
    bounds: Mapping[str, Gain]
    comment: str | None
    arrival: Arrival | None
    to: str | None


@dataclass(frozen=True, slots=True)
class KeptBackLine:
    """A turn that an interpreter did not render faithfully."""

    speaker: str
    via: str
    how: str
    said: str
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BranchLine:
    """One way out of a fork; the first that holds is taken."""

    condition: str | None
    holds: bool
    to: str


def way_line(reader: Reader, state: State, way: WayOn) -> WayLine:
    """Return a way on in the reader's language."""
    case, choice = reader.case, way.choice
    arrival = way.arrival
    lost = case.layout.list_facts(arrival.lost) if arrival else ()
    comes_across = tuple(fact for fact in way.reveals if fact not in lost)
    return WayLine(
        entry=way.entry,
        text=reader.text(choice.text) if choice else "",
        condition=choice.when.text if choice and choice.when else None,
        state=_state(way, state),
        minutes=way.effects.minutes,
        changes=tuple(_changes(case, state, way.effects)),
        reveals=_facts(reader, comes_across),
        lost=_facts(reader, lost),
        tells=_facts(reader, way.tells),
        shows=tuple(
            ObservationLine(
                criterion=row.criterion,
                seen=row.seen.value,
                because=reader.text(row.because) if row.because else None,
            )
            for row in way.shows
        ),
        bounds=way.bounds,
        comment=reader.text(choice.comment.text) if choice and choice.comment else None,
        arrival=arrival,
        to=arrival.state.scene if arrival else None,
    )


def kept_back(reader: Reader, played: PlayResult) -> list[KeptBackLine]:
    """Return the turns of which something did not come across as it was said."""
    return [
        KeptBackLine(
            speaker=reader.person(view.by),
            via=reader.person(view.via),
            how=view.how or "",
            said=_said(reader, view),
            lost=_facts(reader, view.lost),
        )
        for view in played.turns
        if view.via is not None and view.how != "faithful"
    ]


def branch_lines(case: Case, scene_id: str, state: State) -> list[BranchLine]:
    """Return the ways out of a fork; nothing for any other scene."""
    scene = case.scenes[scene_id]
    if not isinstance(scene, RouteScene):
        return []
    return [
        BranchLine(
            condition=row.when.text if row.when else None,
            holds=row.when is None or row.when(state),
            to=row.to,
        )
        for row in scene.branches
    ]


def hidden_turns(reader: Reader, state: State) -> list[tuple[str, str, str]]:
    """Return speaker, words and condition of the turns that are not said here."""
    scene = reader.case.scenes[state.scene]
    turns = scene.turns if isinstance(scene, TalkScene) else ()
    return [
        (reader.person(turn.by), reader.text(turn.text), turn.when.text)
        for turn in turns
        if turn.when is not None and not turn.when(state)
    ]


def _state(way: WayOn, state: State) -> str:
    choice = way.choice
    if way.is_allowed or choice is None:
        return "open"
    if choice.is_greyed:
        return "grey"
    return "made" if choice.is_once and state.chosen & choice.bit else "hidden"


def _changes(case: Case, state: State, effects: Effects) -> list[tuple[str, str, str]]:
    after = effects.change(state.values)
    pairs = zip(case.variables, state.values, after, strict=True)
    return [(name, str(old), str(new)) for name, old, new in pairs if old != new]


def _facts(reader: Reader, facts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(reader.text(reader.case.facts[fact].text) for fact in facts)


def _said(reader: Reader, view: TurnView) -> str:
    return reader.text(view.text)
