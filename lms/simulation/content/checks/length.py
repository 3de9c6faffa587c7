"""S10: the limit of the clock held against the shortest and the longest route."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from heapq import heappop, heappush

from lms.simulation.content.checks.report import Report
from lms.simulation.domain.case import Case, EndScene
from lms.simulation.domain.declarations import Clock
from lms.simulation.domain.loops import topological_order
from lms.simulation.domain.search import Graph, search

FAR_ABOVE = 1.5  # times the limit: the longest route is no longer one sitting
_UNTIMED_CAP = 60_000


def check_length(report: Report, case: Case, graph: Graph) -> None:
    """Report a limit that no route keeps, or that cuts off whoever asks everything."""
    if case.clock is None:
        return
    if case.clock.on_limit is not None:
        untimed = replace(case, clock=Clock(case.clock.limit))
        graph = search(untimed, cap=_UNTIMED_CAP)
    if graph.is_capped:
        return
    minutes = {entry: case.preview_minutes(entry) for entry in report.acts}
    ends = {
        number
        for number, state in enumerate(graph.states)
        if isinstance(case.scenes[state.scene], EndScene)
    }
    limit = case.clock.limit
    shortest = _least_minutes(graph, ends, minutes)
    if shortest is not None and shortest[0] > limit:
        report.warn(
            "S10",
            ("clock", "limit"),
            f"the shortest route takes {shortest[0]} minutes, more than the limit of "
            f"{limit}; raise the limit or lower the costs",
            play=graph.play_to(shortest[1]),
        )
    longest = _most_minutes(graph, ends, minutes)
    if longest is not None and longest > FAR_ABOVE * limit:
        report.warn(
            "S10",
            ("clock", "limit"),
            f"the longest route takes {longest} minutes, far above the limit of "
            f"{limit}; whoever asks everything is cut off: raise the limit or lower "
            "the costs",
        )


def _least_minutes(
    graph: Graph, ends: set[int], minutes: Mapping[str, int]
) -> tuple[int, int] | None:
    """Return minutes and number of the end that is reached soonest (Dijkstra)."""
    heap, settled = [(0, 0)], set()
    while heap:
        spent, number = heappop(heap)
        if number in ends:
            return spent, number
        if number in settled:
            continue
        settled.add(number)
        for edge in graph.edges[number]:
            heappush(heap, (spent + minutes[edge.entry], edge.target))
    return None


def _most_minutes(
    graph: Graph, ends: Iterable[int], minutes: Mapping[str, int]
) -> int | None:
    """Return the minutes of the longest route; None where a loop has no length."""
    order = topological_order([[edge.target for edge in row] for row in graph.edges])
    if len(order) < len(graph.states):
        return None
    spent = [0] * len(graph.states)
    for number in order:
        for edge in graph.edges[number]:
            total = spent[number] + minutes[edge.entry]
            spent[edge.target] = max(spent[edge.target], total)
    return max((spent[number] for number in ends), default=None)
