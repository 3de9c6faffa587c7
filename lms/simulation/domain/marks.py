"""Counting states with all their once-marks, without searching them one by one.

By definition two plays that used up different once-choices are in different states.
Marks that nothing can read any more change neither what is allowed nor what is shown,
so the search merges over them; here each merged state is unfolded into the sets of
marks with which plays reach it.
"""

from lms.simulation.domain.case import Case, TalkScene
from lms.simulation.domain.search import Graph

COUNT_CAP = 2_000_000
"""Above this many states the merged ones are counted (memory: one number each)."""


def once_bits(case: Case) -> dict[str, int]:
    """Return the bit of each choice that can be made once."""
    return {
        choice.id: choice.bit
        for scene in case.scenes.values()
        if isinstance(scene, TalkScene)
        for choice in scene.choices.values()
        if choice.is_once
    }


def count_states(case: Case, graph: Graph) -> int:
    """Return the number of states that differ in a once-mark or in what is read."""
    bits = once_bits(case)
    marks: list[set[int]] = [set() for _ in graph.states]
    marks[0].add(0)
    fresh: dict[int, set[int]] = {0: {0}}
    total = 1
    while fresh:
        number = min(fresh)
        arrived = fresh.pop(number)
        for edge in graph.edges[number]:
            bit = bits.get(edge.entry, 0)
            added = {mark | bit for mark in arrived} - marks[edge.target]
            if added:
                marks[edge.target] |= added
                fresh.setdefault(edge.target, set()).update(added)
                total += len(added)
        if total > COUNT_CAP:
            return len(graph.states)
    return total
