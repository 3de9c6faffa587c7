"""Counting states with all their once-marks, without searching them one by one.

By definition two plays that used up different once-choices are in different states.
Marks that nothing can read any more change neither what is allowed nor what is shown,
so the search merges over them; here each merged state is unfolded into the sets of
marks with which plays reach it.
"""

from collections import deque

from lms.simulation.domain.case import Case, TalkScene
from lms.simulation.domain.loops import topological_order
from lms.simulation.domain.search import Graph

COUNT_CAP = 2_000_000
"""Each state counted takes one number in memory."""


def once_bits(case: Case) -> dict[str, int]:
    """Return the bit of each choice that can be made once."""
    return {
        choice.id: choice.bit
        for scene in case.scenes.values()
        if isinstance(scene, TalkScene)
        for choice in scene.choices.values()
        if choice.is_once
    }


def count_states(case: Case, graph: Graph, *, cap: int = COUNT_CAP) -> int:
    """Return the number of states that differ in a once-mark or in what is read.

    Above `cap` the merged states are counted.
    """
    bits = once_bits(case)
    marks: list[set[int]] = [set() for _ in graph.states]
    marks[0].add(0)
    order = topological_order([[e.target for e in row] for row in graph.edges])
    # Along an order that fits the edges one visit settles a state; with loops, visits
    # go on until nothing new arrives.
    waiting = deque(order if len(order) == len(graph.states) else [0])
    is_settled = len(order) == len(graph.states)
    total = 1
    while waiting and total <= cap:
        number = waiting.popleft()
        for edge in graph.edges[number]:
            there = marks[edge.target]
            before = len(there)
            bit = bits.get(edge.entry)
            there |= {mark | bit for mark in marks[number]} if bit else marks[number]
            if len(there) > before:
                total += len(there) - before
                if not is_settled:
                    waiting.append(edge.target)
    return total if total <= cap else len(graph.states)
