"""Roads not taken: what else could have been done at each turn of a play."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lms.simulation.domain import moves
from lms.simulation.domain.actions import Choose, read_action
from lms.simulation.domain.case import Case, Choice
from lms.simulation.domain.engine import Run, allowed_choices
from lms.simulation.domain.observations import Evidence


@dataclass(frozen=True, slots=True)
class Road:
    """A choice that stood open and was not taken.

    Attributes
    ----------
    opens : tuple of str
        Facts that it would have brought out and that never came out.
    shows : tuple of Evidence
        What it would have shown there.
    """

    choice: Choice
    opens: tuple[str, ...]
    shows: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """One turn of a play, seen from its end.

    Attributes
    ----------
    missed : tuple of str
        Facts that never came out, and could have been asked here for the last time.
    """

    roads: tuple[Road, ...]
    missed: tuple[str, ...]


def list_crossings(
    case: Case, actions: Iterable[Mapping[str, Any]]
) -> tuple[Crossing, ...]:
    """Return, for each action of a play, the roads that were not taken there.

    Raises
    ------
    PlayError
        An action is not possible where it stands.
    """
    run = Run(case)
    found: list[tuple[Road, ...]] = []
    for position, given in enumerate(actions):
        action = read_action(given, position)
        taken = action.choice if isinstance(action, Choose) else None
        found.append(
            tuple(
                Road(
                    choice,
                    case.layout.list_facts(choice.effects.reveal_mask),
                    tuple(moves.evidence_of(choice, run.state)),
                )
                for choice in allowed_choices(case, run.state)
                if choice.id != taken
            )
        )
        run.take(action, position)
    return _seen_from_the_end(found, set(run.result().known_facts))


def _seen_from_the_end(
    found: list[tuple[Road, ...]], known: set[str]
) -> tuple[Crossing, ...]:
    crossings: list[Crossing] = []
    told: set[str] = set()
    for here in reversed(found):
        roads = tuple(
            replace(road, opens=tuple(f for f in road.opens if f not in known))
            for road in here
        )
        missed = dict.fromkeys(fact for road in roads for fact in road.opens)
        crossings.append(Crossing(roads, tuple(f for f in missed if f not in told)))
        told |= missed.keys()
    return tuple(reversed(crossings))
