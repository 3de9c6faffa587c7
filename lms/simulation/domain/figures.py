"""Figures over all routes of a search graph, by dynamic programming.

A route is a path from the start to an end. Their number grows exponentially, so none
is listed: each state carries, for each criterion, how many routes lead on from it with
so many chances to see the criterion, and between which scores.

A loop that changes nothing could be gone round for ever. Where there is one, steps
inside it that lead back to a state found earlier are left out, so that no route
repeats a state; the figures are then not complete.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from lms.simulation.domain.gains import Gain, Gains
from lms.simulation.domain.loops import group_of_each, topological_order
from lms.simulation.domain.search import Edge, Graph

Cell: TypeAlias = tuple[int, int, int]
"""Routes, lowest and highest weighted score."""


@dataclass(frozen=True, slots=True)
class CriterionFigures:
    """What the routes of a case show of one criterion.

    Attributes
    ----------
    low, high : int or None
        Bounds of the weighted sum of scores (met 2, partly 1, not_met and unsafe 0)
        over the routes on which the criterion is seen; None if there is none. Work
        that a person marks counts from 0 to met.
    observable_share : float
        Share of the routes on which it can be seen, from 0 to 1.
    kept_share : float
        Share of the routes with as many chances as the blueprint promises.
    most_chances : int
        Chances on the best route, counted up to the promise.
    """

    low: int | None
    high: int | None
    observable_share: float
    kept_share: float
    most_chances: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over all routes."""

    routes: int
    endings: Mapping[str, int]
    criteria: Mapping[str, CriterionFigures]
    longest_play: tuple[str, ...]
    has_loops: bool


def count_routes(
    graph: Graph, ends: Sequence[str], needs: Mapping[str, int]
) -> Figures:
    """Count and weigh all routes.

    Parameters
    ----------
    ends : sequence of str
        The end scenes of the case.
    needs : mapping of str to int
        Promised chances of each criterion that is asked about, at least 1.
    """
    forward = _forward(graph)
    order = forward.order
    ways = _count_ways(forward)
    finals = [n for n in order if graph.states[n].scene in set(ends)]
    endings = dict.fromkeys(ends, 0)
    for number in finals:
        endings[graph.states[number].scene] += ways[number]
    futures = _futures_of(forward, finals)
    criteria = {
        criterion: summarise(_tally(futures, criterion, need))
        for criterion, need in needs.items()
    }
    return Figures(
        routes=sum(endings.values()),
        endings=endings,
        criteria=criteria,
        longest_play=_longest(forward, finals),
        has_loops=forward.has_loops,
    )


@dataclass(frozen=True, slots=True)
class _Forward:
    """The graph without the steps that close a loop, and an order that fits it."""

    edges: Sequence[Sequence[Edge]]
    order: Sequence[int]
    has_loops: bool


def _forward(graph: Graph) -> _Forward:
    order = _order_of(graph.edges)
    if len(order) == len(graph.states):
        return _Forward(graph.edges, order, False)
    groups = group_of_each([[e.target for e in row] for row in graph.edges])
    edges = [
        [
            edge
            for edge in row
            if groups[edge.target] != groups[source] or edge.target > source
        ]
        for source, row in enumerate(graph.edges)
    ]
    return _Forward(edges, _order_of(edges), True)


def _order_of(edges: Sequence[Sequence[Edge]]) -> list[int]:
    return topological_order([[edge.target for edge in row] for row in edges])


def _count_ways(forward: _Forward) -> list[int]:
    ways = [0] * len(forward.edges)
    ways[0] = 1
    for number in forward.order:
        for edge in forward.edges[number]:
            ways[edge.target] += ways[number]
    return ways


@dataclass(frozen=True, slots=True)
class _Futures:
    """States after which the same can be shown and count as one: most of a long tail.

    Attributes
    ----------
    ways : list of list of (Gains, int) or None
        What each way on shows, and the future behind it, by future; a future stands
        after all that it leads to. None is an end.
    first : int
        The future of the start.
    """

    ways: list[list[tuple[Gains, int]] | None]
    first: int


def _futures_of(forward: _Forward, finals: Sequence[int]) -> _Futures:
    ends = set(finals)
    alike = _Alike()
    numbers: dict[Any, int] = {}
    ways: list[list[tuple[Gains, int]] | None] = []
    future = [0] * len(forward.edges)
    for state in reversed(forward.order):
        edges = forward.edges[state]
        key = None
        if state not in ends:
            key = tuple([(alike.number(gains), future[to]) for _, to, gains in edges])
        found = numbers.setdefault(key, len(ways))
        if found == len(ways):
            is_end = key is None
            ways.append(
                None if is_end else [(gains, future[to]) for _, to, gains in edges]
            )
        future[state] = found
    return _Futures(ways, future[0])


class _Alike:
    """Numbers what steps show, so that it can be compared at once."""

    def __init__(self) -> None:
        self._by_place: dict[int, int] = {}
        self._by_content: dict[Any, int] = {}

    def number(self, gains: Gains) -> int:
        """Return the number of all `gains` with the same content.

        The graph keeps them, so that no two share a place in memory.
        """
        found = self._by_place.get(id(gains))
        if found is None:
            content = frozenset(gains.items())
            found = self._by_content.setdefault(content, len(self._by_content))
            self._by_place[id(gains)] = found
        return found


def _tally(futures: _Futures, criterion: str, need: int) -> list[Cell]:
    """Return, by count of chances up to `need`, routes and bounds of the score."""
    cells: list[dict[int, Cell]] = []
    for ways in futures.ways:
        total: dict[int, Cell] = {} if ways is not None else {0: (1, 0, 0)}
        for gains, number in ways or ():
            gain = gains.get(criterion)
            behind = cells[number]
            shown = behind if gain is None else _after(behind, gain, need)
            for count, cell in shown.items():
                _add(total, count, cell)
        cells.append(total)
    found = cells[futures.first]
    return [found.get(count, (0, 0, 0)) for count in range(need + 1)]


def _after(cells: dict[int, Cell], gain: Gain, need: int) -> dict[int, Cell]:
    """Return the counts with a step that shows something."""
    low, high, chances = gain
    found: dict[int, Cell] = {}
    for count, (routes, least, most) in cells.items():
        _add(found, min(need, count + chances), (routes, least + low, most + high))
    return found


def _add(cells: dict[int, Cell], count: int, cell: Cell) -> None:
    known = cells.get(count)
    if known is not None:
        routes, low, high = cell
        # Written out: this is the innermost step, and min() and max() cost a call.
        cell = (
            known[0] + routes,
            known[1] if known[1] < low else low,
            known[2] if known[2] > high else high,
        )
    cells[count] = cell


def summarise(tally: Sequence[Cell]) -> CriterionFigures:
    """Turn counts by chances into the figures of one criterion."""
    routes = sum(cell[0] for cell in tally)
    seen = [cell for cell in tally[1:] if cell[0]]
    observed = sum(cell[0] for cell in seen)
    return CriterionFigures(
        low=min((cell[1] for cell in seen), default=None),
        high=max((cell[2] for cell in seen), default=None),
        observable_share=observed / routes if routes else 0.0,
        kept_share=tally[-1][0] / routes if routes else 0.0,
        most_chances=max((n for n, cell in enumerate(tally) if cell[0]), default=0),
    )


def _longest(forward: _Forward, finals: Sequence[int]) -> tuple[str, ...]:
    """Return a route with the most entries; the first found among equals."""
    lengths = [-1] * len(forward.edges)
    parents: list[tuple[int, str] | None] = [None] * len(forward.edges)
    lengths[0] = 0
    for number in forward.order:
        if lengths[number] < 0:
            continue
        for edge in forward.edges[number]:
            if lengths[number] + 1 > lengths[edge.target]:
                lengths[edge.target] = lengths[number] + 1
                parents[edge.target] = (number, edge.entry)
    if not finals:
        return ()
    entries = []
    parent = parents[max(finals, key=lambda number: lengths[number])]
    while parent is not None:
        entries.append(parent[1])
        parent = parents[parent[0]]
    return tuple(reversed(entries))
