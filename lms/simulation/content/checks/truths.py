"""S8: conditions that are always the same, choices never allowed, ways never taken."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lms.content.yaml_reader import Place
from lms.simulation.content.checks.report import Report
from lms.simulation.domain import moves
from lms.simulation.domain.case import (
    Case,
    EndScene,
    RouteScene,
    Scene,
    TalkScene,
)
from lms.simulation.domain.conditions import Condition, Group, Negation, Node, Test
from lms.simulation.domain.liveness import targets_of
from lms.simulation.domain.search import Graph
from lms.simulation.domain.state import State

_NEVER, _ALWAYS, _BOTH = {False}, {True}, {False, True}


@dataclass(slots=True)
class _Part:
    """One part of an ``and`` (`is_all`) or ``or``."""

    test: Test
    is_all: bool
    number: int
    met: set[bool] = field(default_factory=set)

    @property
    def is_idle(self) -> bool:
        """Say whether leaving the part out would change nothing."""
        return self.met == (_ALWAYS if self.is_all else _NEVER)


@dataclass(slots=True, eq=False)
class _Judged:
    """A condition, where it stands, what hangs on it, and what it has been."""

    place: Place
    condition: Condition
    what: str
    parts: list[_Part]
    met: set[bool] = field(default_factory=set)

    @property
    def met_by_parts(self) -> list[set[bool]]:
        """Return what each part has been."""
        return [part.met for part in self.parts]

    @property
    def is_settled(self) -> bool:
        """Say whether nothing more can be learnt from another state."""
        return all(len(met) == len(_BOTH) for met in (self.met, *self.met_by_parts))

    def see(self, state: State) -> None:
        """Note what it and its parts are in one state."""
        self.met.add(self.condition(state))
        for part in self.parts:
            part.met.add(part.test(state))


def check_truths(report: Report, case: Case, graph: Graph) -> None:
    """Report conditions, and parts of them, that are the same in every state."""
    if graph.is_capped:
        return
    judged = {name: list(_of_scene(case, scene)) for name, scene in case.scenes.items()}
    _see_pages(case, graph, judged)
    _see_routes(case, graph, judged)
    for rows in judged.values():
        for row in rows:
            _tell(report, row)


def _tell(report: Report, row: _Judged) -> None:
    place = (*row.place, "when")
    if row.met == _NEVER:
        text = f"{row.what}: '{row.condition.text}' never holds; loosen or remove it"
        report.warn("S8", place, text)
    elif row.met == _ALWAYS:
        text = f"{row.what}: '{row.condition.text}' always holds; leave it out"
        report.warn("S8", place, text)
    elif row.met:
        for part in row.parts:
            if part.is_idle:
                word = "always holds" if part.is_all else "never holds"
                report.hint(
                    "S8",
                    place,
                    f"{row.what}: part {part.number} of '{row.condition.text}' {word} "
                    "where it is asked; leave it out",
                )


def _of_scene(case: Case, scene: Scene) -> Iterator[_Judged]:
    here: Place = ("scenes", scene.id)
    if isinstance(scene, TalkScene):
        yield from _of_talk(case, scene, here)
    elif isinstance(scene, RouteScene):
        for number, branch in enumerate(scene.branches):
            what = f"the way to '{branch.to}'"
            yield from _judged(case, (*here, "routes", number), branch.when, what)
    elif isinstance(scene, EndScene) and scene.id == _first_end(case):
        for number, omission in enumerate(case.omissions):
            what = f"omission for '{omission.evidence.criterion}'"
            place = ("omissions", number)
            yield from _judged(case, place, omission.evidence.when, what)


def _of_talk(case: Case, scene: TalkScene, here: Place) -> Iterator[_Judged]:
    for number, turn in enumerate(scene.turns):
        place = (*here, "turns", number)
        yield from _judged(case, place, turn.when, f"turn '{turn.id}'")
    for number, choice in enumerate(scene.choices.values()):
        place = (*here, "choices", number)
        yield from _judged(case, place, choice.when, f"choice '{choice.id}'")
        for index, row in enumerate(choice.evidence):
            what = f"evidence of '{choice.id}'"
            yield from _judged(case, (*place, "evidence", index), row.when, what)


def _first_end(case: Case) -> str:
    """Return the end that stands for all of them: omissions hang on none."""
    return next(s.id for s in case.scenes.values() if isinstance(s, EndScene))


def _judged(
    case: Case, place: Place, when: Condition | None, what: str
) -> Iterator[_Judged]:
    if when is not None:
        parts = [
            _Part(node.compile(case.layout), is_all, number)
            for is_all, number, node in _parts(when.node)
        ]
        yield _Judged(place, when, what, parts)


def _parts(node: Node) -> Iterator[tuple[bool, int, Node]]:
    if isinstance(node, Negation):
        yield from _parts(node.part)
    elif isinstance(node, Group):
        for number, part in enumerate(node.parts, 1):
            yield node.is_all, number, part
            yield from _parts(part)


def _see_pages(case: Case, graph: Graph, judged: dict[str, list[_Judged]]) -> None:
    first_end = next(
        (s.id for s in case.scenes.values() if isinstance(s, EndScene)), ""
    )
    waiting = {name: list(rows) for name, rows in judged.items()}
    lost = {name: _losable(case, scene) for name, scene in case.scenes.items()}
    for state in graph.states:
        scene = case.scenes[state.scene]
        name = first_end if isinstance(scene, EndScene) else scene.id
        for row in (*waiting[name],):
            row.see(state)
            if lost[scene.id] and "turns" in row.place:
                # A turn is heard as if its facts had been told; which were lost on
                # this very way, the merged state does not say.
                row.see(state._replace(facts=state.facts | lost[scene.id]))
            if row.is_settled:
                waiting[name].remove(row)


def _losable(case: Case, scene: Scene) -> int:
    if not isinstance(scene, TalkScene) or not scene.loses_facts:
        return 0
    rows = (row for turn in scene.turns for row in turn.renderings.values())
    return case.layout.mask({fact for row in rows for fact in row.lost})


def _see_routes(case: Case, graph: Graph, judged: dict[str, list[_Judged]]) -> None:
    """Go once more where an act leads to a route scene: it has no state of its own."""
    routes = {
        name for name, scene in case.scenes.items() if isinstance(scene, RouteScene)
    }
    late = case.clock.on_limit if case.clock else None
    if case.start in routes:
        values = tuple(variable.start for variable in case.variables.values())
        bit = case.scenes[case.start].bit
        _pass(case, State(case.start, 0, values, 0, 0, 0, bit), judged)
    waiting = {row for name in routes for row in judged[name]}
    leading = {
        name
        for name, scene in case.scenes.items()
        if late in routes or not routes.isdisjoint(targets_of(scene))
    }
    for state in graph.states[: graph.searched]:
        if not waiting:
            break
        if state.scene not in leading:
            continue
        waiting = {row for row in waiting if not row.is_settled}
        for way in graph.walker.ways(state):
            door = moves.depart(
                case, state, way.effects, way.to, chosen=way.chosen, shared=way.shared
            )
            _pass(case, door, judged)


def _pass(case: Case, door: State, judged: dict[str, list[_Judged]]) -> None:
    """See the conditions of route scenes one after another, as far as each is asked."""
    scene = case.scenes[door.scene]
    while isinstance(scene, RouteScene):
        rows = iter(judged[scene.id])
        for branch in scene.branches:
            if branch.when is None:
                break
            next(rows).see(door)
            if branch.when(door):
                break
        scene = case.scenes[branch.to]
        door = door._replace(scene=scene.id, visited=door.visited | scene.bit)
