"""Explore a case: all its states, and what all its routes show."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lms.simulation.domain.case import Case, EndScene, TalkScene, TaskScene
from lms.simulation.domain.figures import CriterionFigures, count_routes
from lms.simulation.domain.marks import count_states
from lms.simulation.domain.sampling import sample_routes
from lms.simulation.domain.search import Graph, search

STATE_CAP = 200_000
_SHARE_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreResult:
    """Figures of a case.

    Attributes
    ----------
    states : int
        States that differ in something the rest of the case can read: scene,
        variables and facts, once-marks, clock.
    routes : int
        Sequences of scenes and choices from the start to an end. Two answers to a
        task make two routes only if something later reads the difference.
    is_complete : bool
        Every state was searched and no loop can be gone round for ever; otherwise the
        figures are a sample, not a proof.
    endings : mapping of str to int
        Routes by end scene, ends that no route reaches included.
    longest_play, shortest_play : tuple of str
        As named plays are written, by number of entries.
    graph : Graph
        What was searched, for the checks.
    """

    states: int
    routes: int
    is_complete: bool
    endings: Mapping[str, int]
    criteria: Mapping[str, CriterionFigures]
    longest_play: tuple[str, ...]
    shortest_play: tuple[str, ...]
    graph: Graph

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of ``lms case explore --format json``, without the time."""
        return {
            "states": self.states,
            "routes": self.routes,
            "complete": self.is_complete,
            "endings": dict(self.endings),
            "criteria": {
                criterion: {
                    "min": row.low,
                    "max": row.high,
                    "observable_share": round(row.observable_share, _SHARE_DECIMALS),
                }
                for criterion, row in self.criteria.items()
            },
            "longest_play": list(self.longest_play),
            "shortest_play": list(self.shortest_play),
        }


def explore(case: Case, *, cap: int = STATE_CAP) -> ExploreResult:
    """Search all states of `case` and weigh all its routes.

    Above `cap` states the figures come from seeded random plays, and `is_complete` is
    false.
    """
    with _growing():
        return _explore(case, cap)


@contextmanager
def _growing() -> Iterator[None]:
    """Let the graph grow undisturbed: nothing in it is garbage before it is whole.

    Python would look through all of it again and again, for a quarter of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _explore(case: Case, cap: int) -> ExploreResult:
    graph = search(case, cap=cap)
    needs = _needs_of(case)
    ends = [s.id for s in case.scenes.values() if isinstance(s, EndScene)]
    if graph.is_capped:
        figures = sample_routes(case, needs)
    else:
        figures = count_routes(graph, ends, needs)
    first_end = next(
        (n for n, state in enumerate(graph.states) if state.scene in set(ends)), None
    )
    return ExploreResult(
        states=len(graph.states) if graph.is_capped else count_states(case, graph),
        routes=figures.routes,
        is_complete=not graph.is_capped and not figures.has_loops,
        endings=figures.endings,
        criteria=figures.criteria,
        longest_play=figures.longest_play,
        shortest_play=() if first_end is None else graph.play_to(first_end),
        graph=graph,
    )


def _needs_of(case: Case) -> dict[str, int]:
    """Return every criterion of the case, promised ones first, with its promise."""
    needs = {row.criterion: row.min_chances for row in case.blueprint}
    for criterion in criteria_of(case):
        needs.setdefault(criterion, 1)
    return needs


def criteria_of(case: Case) -> list[str]:
    """Return every criterion for which a case can give evidence, each once."""
    found: dict[str, None] = {}
    for scene in case.scenes.values():
        if isinstance(scene, TalkScene):
            for choice in scene.choices.values():
                found.update(dict.fromkeys(row.criterion for row in choice.evidence))
        elif isinstance(scene, TaskScene):
            found.update(dict.fromkeys(scene.scores))
    found.update(dict.fromkeys(row.evidence.criterion for row in case.omissions))
    return list(found)
