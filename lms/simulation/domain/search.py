"""Breadth-first search of all states of a case, as a graph for figures and checks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lms.simulation.domain import moves
from lms.simulation.domain.case import (
    Case,
    Choice,
    DocumentScene,
    EndScene,
    TalkScene,
    TaskScene,
)
from lms.simulation.domain.effects import Effects
from lms.simulation.domain.gains import Gain, Gains, gains_of, together
from lms.simulation.domain.liveness import Key, lenses_of
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.state import State
from lms.simulation.domain.tasks.scoring import Scope


class Step(NamedTuple):
    """One way on from a state: `entry` as a named play writes it."""

    entry: str
    gains: Gains
    state: State


class Way(NamedTuple):
    """Something that may be done: what it shows, does, and where it leads."""

    entry: str
    gains: Gains
    effects: Effects
    to: str
    chosen: int = 0
    shared: int = 0


class Edge(NamedTuple):
    """One step between two states of the graph."""

    entry: str
    target: int
    gains: Gains


@dataclass(slots=True)
class Graph:
    """States found, in the order of their distance from the start.

    Attributes
    ----------
    walker : Walker
        Lists the ways on from a state, and remembers what the search has worked out.
    states : list of State
        One for each set of states that differ in nothing the rest can read.
    edges : list of list of Edge
        The ways on from each state; empty for those beyond the cap.
    parents : list of (int, str) or None
        The state from which each was first found, and by which entry.
    searched : int
        The first so many states were followed; all of them unless `is_capped`.
    seen_facts, seen_scenes : int
        Bits of the facts that some play reveals, and of the scenes that it passes.
    is_capped : bool
        The search stopped at its cap.
    """

    walker: "Walker"
    states: list[State] = field(default_factory=list)
    edges: list[list[Edge]] = field(default_factory=list)
    parents: list[tuple[int, str] | None] = field(default_factory=list)
    searched: int = 0
    seen_facts: int = 0
    seen_scenes: int = 0
    is_capped: bool = False

    def play_to(self, number: int) -> tuple[str, ...]:
        """Return the shortest play that reaches a state."""
        entries = []
        parent = self.parents[number]
        while parent is not None:
            entries.append(parent[1])
            parent = self.parents[parent[0]]
        return tuple(reversed(entries))


def search(case: Case, *, cap: int, keep: frozenset[str] = frozenset()) -> Graph:
    """Search all states of `case`, at most `cap` of them.

    States that differ in having made a choice of `keep` are not merged.
    """
    lenses = lenses_of(case, keep=keep)
    walker = Walker(case)
    graph = Graph(walker)
    numbers: dict[Key, int] = {}

    def number_of(state: State, parent: tuple[int, str] | None) -> int:
        key = lenses[state.scene].key(state)
        found = numbers.setdefault(key, len(graph.states))
        if found == len(graph.states):
            graph.states.append(state)
            graph.edges.append([])
            graph.parents.append(parent)
        return found

    first = moves.begin(case).state
    number_of(first, None)
    graph.seen_scenes = first.visited
    while graph.searched < len(graph.states):
        current = graph.searched
        if len(graph.states) > cap:
            graph.is_capped = True
            break
        edges = []
        for entry, gains, state in walker.steps(graph.states[current]):
            graph.seen_facts |= state.facts
            graph.seen_scenes |= state.visited
            edges.append(Edge(entry, number_of(state, (current, entry)), gains))
        is_task = isinstance(case.scenes[graph.states[current].scene], TaskScene)
        graph.edges[current] = _merged(edges) if is_task else edges
        graph.searched += 1
    return graph


def _merged(edges: list[Edge]) -> list[Edge]:
    """Keep one edge for all answers of a task that lead to the same state."""
    merged: dict[int, Edge] = {}
    for edge in edges:
        known = merged.get(edge.target)
        if known is None:
            merged[edge.target] = edge
            continue
        gains = {
            criterion: gain.either(known.gains.get(criterion, gain))
            for criterion, gain in edge.gains.items()
        }
        merged[edge.target] = edge._replace(gains={**known.gains, **gains})
    return list(merged.values())


class Walker:
    """Lists the ways on from a state; remembers what does not depend on it."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._fixed = {
            choice.id: _way(choice, gains_of(choice.evidence))
            for scene in case.scenes.values()
            if isinstance(scene, TalkScene)
            for choice in scene.choices.values()
            if all(row.when is None for row in choice.evidence)
        }
        self._conditions = {
            scene.id: scene.task.conditions
            for scene in case.scenes.values()
            if isinstance(scene, TaskScene)
        }
        self._outcomes: dict[Any, list[tuple[int, Gains]]] = {}

    def steps(self, state: State) -> Iterator[Step]:
        """Return every allowed step; a task gives one for each distinct outcome."""
        for way in self.ways(state):
            after = moves.move(
                self._case,
                state,
                way.effects,
                way.to,
                chosen=way.chosen,
                shared=way.shared,
            ).state
            yield self._step(way.entry, way.gains, after)

    def ways(self, state: State) -> Iterator[Way]:
        """Return what may be done in a state, before it is done."""
        scene = self._case.scenes[state.scene]
        if isinstance(scene, TalkScene):
            for choice in scene.choices.values():
                if moves.is_allowed(choice, state):
                    fixed = self._fixed.get(choice.id)
                    yield fixed or _way(
                        choice, gains_of(moves.evidence_of(choice, state))
                    )
        elif isinstance(scene, DocumentScene):
            yield Way(scene.id, {}, scene.effects, scene.to)
        elif isinstance(scene, TaskScene):
            for shared, gains in self._task_outcomes(scene, state):
                yield Way(scene.id, gains, scene.effects, scene.to, shared=shared)

    def _step(self, entry: str, gains: Gains, state: State) -> Step:
        if isinstance(self._case.scenes[state.scene], EndScene):
            omitted = gains_of(moves.omitted(self._case, state))
            if omitted:
                gains = together(gains, omitted)
        return Step(entry, gains, state)

    def _task_outcomes(self, scene: TaskScene, state: State) -> list[tuple[int, Gains]]:
        """Return the facts told and what is shown, for each answer that differs."""
        task = scene.task
        known_facts = task.what_matters(moves.scope_of(self._case, state))
        truths = (condition(state) for condition in self._conditions[scene.id])
        place = (scene.id, known_facts, *truths)
        known = self._outcomes.get(place)
        if known is None:
            known = list(self._list_outcomes(scene, state))
            self._outcomes[place] = known
        return known

    def _list_outcomes(
        self, scene: TaskScene, state: State
    ) -> Iterator[tuple[int, Gains]]:
        scope = moves.scope_of(self._case, state)
        if not scene.task.reads_facts and not scene.scored_by_person:
            yield 0, self._bounds(scene, scope)
            return
        watched = self._case.layout.mask(self._case.watched)
        for answer in scene.task.answers(scope):
            # Facts of which nothing asks whether they were told stand for one another.
            shared = moves.shared_bits(self._case, scene, answer) & watched
            if scene.scored_by_person:
                # A rater may give anything, so the bounds are those of the scale.
                any_mark = Gain(0, Seen.MET.score * scene.weight, 1)
                yield shared, dict.fromkeys(scene.criteria, any_mark)
                continue
            score = scene.task.score(answer, scope)
            yield shared, gains_of(moves.evidence_of_task(scene, score))

    def _bounds(self, scene: TaskScene, scope: Scope) -> Gains:
        """Return what a task shows at worst and at best, where it tells nobody a fact.

        All of its answers lead to one state, so that the bounds alone count; the list
        of answers is left as soon as both ends of every criterion have been met.
        """
        found: dict[str, Gain] = {}
        top = Seen.MET.score * scene.weight
        for answer in scene.task.answers(scope):
            score = scene.task.score(answer, scope)
            for name, gain in gains_of(moves.evidence_of_task(scene, score)).items():
                found[name] = found[name].either(gain) if name in found else gain
            ends = [(gain.low, gain.high) for gain in found.values()]
            if len(ends) == len(set(scene.criteria)) and set(ends) == {(0, top)}:
                break
        return found


def _way(choice: Choice, gains: Gains) -> Way:
    return Way(choice.id, gains, choice.effects, choice.to, choice.bit)
