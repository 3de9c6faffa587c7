"""The shortest route that breaks a promise of the blueprint."""

from collections import deque

from lms.simulation.domain.gains import Gain
from lms.simulation.domain.search import Graph

_Node = tuple[int, int]
_NO_GAIN = Gain(0, 0, 0)


def shortest_route_below(
    graph: Graph, criterion: str, need: int
) -> tuple[str, ...] | None:
    """Return the shortest route with fewer than `need` chances, if there is one.

    A route ends where no edge leads on; breadth-first over (state, chances so far).
    """
    start: _Node = (0, 0)
    parents: dict[_Node, tuple[_Node, str] | None] = {start: None}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        number, chances = node
        if not graph.edges[number] and number < graph.searched:
            return _entries(parents, node)
        for edge in graph.edges[number]:
            total = chances + edge.gains.get(criterion, _NO_GAIN).chances
            following = (edge.target, total)
            if total < need and following not in parents:
                parents[following] = (node, edge.entry)
                queue.append(following)
    return None


def _entries(
    parents: dict[_Node, tuple[_Node, str] | None], node: _Node
) -> tuple[str, ...]:
    entries = []
    parent = parents[node]
    while parent is not None:
        entries.append(parent[1])
        parent = parents[parent[0]]
    return tuple(reversed(entries))
