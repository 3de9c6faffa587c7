"""Which part of a state the rest of a case can still read.

States that differ in nothing that can be read later are one state to `explore`. What
can be read in a scene is what the scene itself reads and what any scene that can
follow reads (a backward data-flow analysis over the links of the case).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

from lms.simulation.domain.case import (
    Case,
    DocumentScene,
    EndScene,
    RouteScene,
    Scene,
    TalkScene,
    TaskScene,
)
from lms.simulation.domain.conditions import Condition, Name
from lms.simulation.domain.state import State

Key: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Lens:
    """What of a state counts in one scene."""

    has_minutes: bool
    values: Callable[[tuple[Any, ...]], Any]
    facts: int
    shared: int
    chosen: int
    visited: int

    def key(self, state: State) -> Key:
        """Return what makes `state` different from others in its scene."""
        return (
            state.scene,
            state.minutes if self.has_minutes else 0,
            self.values(state.values),
            state.facts & self.facts,
            state.shared & self.shared,
            state.chosen & self.chosen,
            state.visited & self.visited,
        )


def lenses_of(case: Case, *, keep: frozenset[str] = frozenset()) -> dict[str, Lens]:
    """Return the lens of each scene.

    A once-mark is read by the scene of its choice; `marks` counts those that nothing
    reads any more. Having made a choice of `keep` counts everywhere.
    """
    kept = {Name("chose", choice) for choice in keep}
    live = _live_names(case)
    return {name: _lens(case, reads | kept) for name, reads in live.items()}


def targets_of(scene: Scene) -> tuple[str, ...]:
    """Return the scenes that `scene` links to, the clock's limit apart."""
    if isinstance(scene, TalkScene):
        return tuple(choice.to for choice in scene.choices.values())
    if isinstance(scene, RouteScene):
        return tuple(branch.to for branch in scene.branches)
    return () if isinstance(scene, EndScene) else (scene.to,)


def conditions_in(case: Case, scene: Scene) -> Iterable[Condition]:
    """Return every condition that standing in `scene` may evaluate."""
    found: list[Condition | None] = []
    if isinstance(scene, TalkScene):
        found += [turn.when for turn in scene.turns]
        for choice in scene.choices.values():
            found += [choice.when, *(row.when for row in choice.evidence)]
    elif isinstance(scene, TaskScene):
        found += scene.task.conditions
    elif isinstance(scene, RouteScene):
        found += [branch.when for branch in scene.branches]
    elif isinstance(scene, EndScene):
        found += [omission.evidence.when for omission in case.omissions]
    return (condition for condition in found if condition is not None)


def _reads(case: Case, scene: Scene) -> set[Name]:
    names = {name for when in conditions_in(case, scene) for name in when.reads()}
    if isinstance(scene, TalkScene):
        names |= {Name("variable", turn.via) for turn in scene.turns if turn.via}
        names |= {Name("chose", c.id) for c in scene.choices.values() if c.is_once}
    if isinstance(scene, TaskScene) and scene.task.reads_facts:
        names |= {Name("fact", fact) for fact in case.facts}
    return names


def _live_names(case: Case) -> Mapping[str, set[Name]]:
    live = {name: _reads(case, scene) for name, scene in case.scenes.items()}
    limit_scene = case.clock.on_limit if case.clock else None
    after = {}
    for name, scene in case.scenes.items():
        targets = set(targets_of(scene))
        if limit_scene and isinstance(scene, TalkScene | DocumentScene | TaskScene):
            targets.add(limit_scene)
        after[name] = targets
    has_changed = True
    while has_changed:
        has_changed = False
        for name in reversed(tuple(case.scenes)):
            before = len(live[name])
            live[name].update(*(live[target] for target in after[name]))
            has_changed |= len(live[name]) != before
    return live


def _lens(case: Case, reads: set[Name]) -> Lens:
    layout = case.layout

    def mask(kind: str, bits: Mapping[str, int]) -> int:
        return sum(bits[name.id] for name in reads if name.kind == kind)

    places = sorted(layout.variables[n.id] for n in reads if n.kind == "variable")
    runs_out = case.clock is not None and case.clock.on_limit is not None
    return Lens(
        has_minutes=runs_out or any(name.kind == "minutes" for name in reads),
        values=itemgetter(*places) if places else _nothing,
        facts=mask("fact", layout.facts),
        shared=mask("shared", layout.facts),
        chosen=mask("chose", layout.choices),
        visited=mask("visited", layout.scenes),
    )


def _nothing(_values: tuple[Any, ...]) -> None:
    return None
