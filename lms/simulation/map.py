"""The map of a case: its scenes from left to right, and the roads taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from flask_babel import gettext as _

from lms.simulation.domain.case import Case, RouteScene, Scene, TalkScene
from lms.simulation.domain.result import PlayResult
from lms.simulation.pages import Reader
from lms.web.drawing.layers import Link, lay_out

_MOST_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class MappedScene:
    """A scene on the map; `leads_to` holds numbers of scenes, and whether taken."""

    id: str
    number: int
    kind: str
    name: str
    x: float
    y: float
    is_taken: bool
    leads_to: tuple[tuple[int, bool], ...]


@dataclass(frozen=True, slots=True)
class MappedRoad:
    """A line between two scenes, however many choices lead along it."""

    path: str
    arrow: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class CaseMap:
    """A drawn case; sizes in units of the drawing."""

    width: float
    height: float
    scenes: tuple[MappedScene, ...]
    roads: tuple[MappedRoad, ...]


def list_links(case: Case) -> list[Link]:
    """Return every pair of scenes of which the first can lead to the second."""
    return [
        (scene.id, target)
        for scene in case.scenes.values()
        for target in dict.fromkeys(_targets(scene))
        if target in case.scenes
    ]


def draw_case(reader: Reader, played: PlayResult | None = None) -> CaseMap:
    """Return the map of a case in the reader's language.

    Parameters
    ----------
    played : PlayResult, optional
        Marks the scenes and roads of this play; without it nothing is marked.
    """
    case = reader.case
    ids = [case.start, *(name for name in case.scenes if name != case.start)]
    links = list_links(case)
    drawing = lay_out(ids, links)
    taken = _roads_taken(case, played) if played else frozenset()
    seen = {name for link in taken for name in link}
    if played:
        seen |= {case.start, played.scene}
    order = sorted(drawing.nodes, key=lambda node: (node.x, node.y))
    numbers = {node.id: number for number, node in enumerate(order, 1)}
    return CaseMap(
        width=drawing.width,
        height=drawing.height,
        scenes=tuple(
            MappedScene(
                id=node.id,
                number=numbers[node.id],
                kind=case.scenes[node.id].kind,
                name=_name(reader, case.scenes[node.id]),
                x=node.x,
                y=node.y,
                is_taken=node.id in seen,
                leads_to=tuple(
                    sorted(
                        (numbers[b], (a, b) in taken) for a, b in links if a == node.id
                    )
                ),
            )
            for node in order
        ),
        roads=tuple(
            MappedRoad(road.path, road.arrow, (road.source, road.target) in taken)
            for road in drawing.roads
        ),
    )


def _targets(scene: Scene) -> Iterable[str]:
    if isinstance(scene, TalkScene):
        return [choice.to for choice in scene.choices.values()]
    if isinstance(scene, RouteScene):
        return [branch.to for branch in scene.branches]
    target = getattr(scene, "to", None)
    return [] if target is None else [target]


def _roads_taken(case: Case, played: PlayResult) -> frozenset[Link]:
    """Return the links of a play; a step may pass through scenes without a page.

    Through a fork the shortest way to the scene that was reached is taken, which is
    the only one where forks do not lead to forks.
    """
    taken: set[Link] = set()
    for step in played.steps:
        taken.update(_through_forks(case, step.scene, _aim(played, step.position)))
    return frozenset(taken)


def _aim(played: PlayResult, position: int) -> str:
    """Return the scene that was shown after the step at `position`."""
    following = position + 1
    steps = played.steps
    return steps[following].scene if following < len(steps) else played.scene


def _through_forks(case: Case, source: str, aim: str) -> list[Link]:
    ways: list[list[str]] = [[source]]
    known = {source}
    while ways:
        way = ways.pop(0)
        for target in dict.fromkeys(_targets(case.scenes[way[-1]])):
            if target == aim:
                return list(pairwise([*way, aim]))
            scene = case.scenes.get(target)
            if isinstance(scene, RouteScene) and target not in known:
                known.add(target)
                ways.append([*way, target])
    return []


def _name(reader: Reader, scene: Scene) -> str:
    """Return words that the scene is known by: its task, text, or first words."""
    if isinstance(scene, RouteScene):
        return str(_("Fork"))
    if isinstance(scene, TalkScene):
        words = reader.text(scene.turns[0].text) if scene.turns else ""
    else:
        text = getattr(scene, "prompt", None) or getattr(scene, "text", None)
        words = reader.text(text)
    words = " ".join(words.split()) or scene.id
    return words if len(words) <= _MOST_CHARACTERS else f"{words[:_MOST_CHARACTERS]}…"
