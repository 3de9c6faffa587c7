"""Places of a graph that is read from left to right, such as the scenes of a case.

The way of Sugiyama, Tagawa and Toda (1981): turn back the links that close a circle,
put every node one layer right of the furthest node that leads to it, order the layers
by barycentres, and lead long links through places of their own. No randomness: the
same nodes and links in the same order give the same drawing.

References
----------
.. [1] Sugiyama, K., Tagawa, S., & Toda, M. (1981). Methods for visual understanding
   of hierarchical system structures. IEEE Transactions on Systems, Man, and
   Cybernetics, 11(2), 109-125. doi:10.1109/TSMC.1981.4308636
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lms.web.drawing.ordering import Place, order_layers

Link = tuple[str, str]
Point = tuple[float, float]

NODE_WIDTH, NODE_HEIGHT = 48.0, 36.0
GAP_ACROSS, GAP_DOWN = 40.0, 20.0
MARGIN = 12.0
_PASSING = 12.0  # height of a place that a long link goes through
_LOOP = 14.0  # how far a link to its own node stands out


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node with its upper left corner."""

    id: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Road:
    """A link with the points it goes through, from its source to its target.

    Attributes
    ----------
    is_back : bool
        It leads to an earlier layer, or to its own node.
    """

    source: str
    target: str
    points: tuple[Point, ...]
    is_back: bool

    @property
    def path(self) -> str:
        """Return the ``d`` of a smooth line through the points."""
        first, *rest = self.points
        parts, (x, y) = [f"M{first[0]:g} {first[1]:g}"], first
        for to_x, to_y in rest:
            middle = (x + to_x) / 2
            parts.append(f"C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}")
            x, y = to_x, to_y
        return "".join(parts)

    @property
    def arrow(self) -> str:
        """Return the ``points`` of a small triangle where the road arrives."""
        (from_x, _), (x, y) = self.points[-2:]
        tail = x - 7 if from_x <= x else x + 7
        return f"{x:g},{y:g} {tail:g},{y - 4:g} {tail:g},{y + 4:g}"


@dataclass(frozen=True, slots=True)
class GraphDrawing:
    """A drawn graph; widths and heights in units of the drawing."""

    width: float
    height: float
    nodes: tuple[PlacedNode, ...]
    roads: tuple[Road, ...]


def lay_out(nodes: Sequence[str], links: Iterable[Link]) -> GraphDrawing:
    """Return where every node stands and how every link goes.

    Parameters
    ----------
    nodes : sequence of str
        Different ids; the first is where reading begins.
    links : iterable of (str, str)
        Source and target; a repeated link is drawn once.

    Raises
    ------
    ValueError
        There is no node, one is given twice, or a link names none of them.
    """
    wanted = list(dict.fromkeys(links))
    known = set(nodes)
    if not nodes or len(known) != len(nodes):
        raise ValueError("need at least one node, and each of them once")
    if not {name for link in wanted for name in link} <= known:
        raise ValueError("a link leads to a node that is not there")
    back = _back_links(nodes, wanted)
    forward = [(b, a) if (a, b) in back else (a, b) for a, b in wanted if a != b]
    layer_of = _layers(nodes, forward)
    chains = {link: _chain(link, layer_of) for link in dict.fromkeys(forward)}
    layers = order_layers(
        _filled(nodes, layer_of, chains.values()),
        [pair for chain in chains.values() for pair in pairwise(chain)],
    )
    return _drawing(nodes, wanted, back, chains, layers)


def _back_links(nodes: Sequence[str], links: Iterable[Link]) -> set[Link]:
    """Return the links that close a circle, walking in the given order."""
    onward: dict[str, list[str]] = {name: [] for name in nodes}
    for source, target in links:
        onward[source].append(target)
    back: set[Link] = set()
    done: set[str] = set()
    for root in nodes:
        if root in done:
            continue
        way = [(root, iter(onward[root]))]
        open_names = {root}
        while way:
            name, rest = way[-1]
            target = next(rest, "")
            if not target:
                way.pop()
                open_names.discard(name)
                done.add(name)
            elif target in open_names:
                back.add((name, target))
            elif target not in done:
                way.append((target, iter(onward[target])))
                open_names.add(target)
    return back


def _layers(nodes: Sequence[str], forward: Iterable[Link]) -> dict[str, int]:
    """Return the layer of each node: the longest way that leads to it."""
    before: dict[str, set[str]] = {name: set() for name in nodes}
    for source, target in forward:
        before[target].add(source)
    layer: dict[str, int] = {}
    while len(layer) < len(nodes):
        ready = [n for n in nodes if n not in layer and before[n] <= layer.keys()]
        for name in ready:
            layer[name] = max((layer[row] + 1 for row in before[name]), default=0)
    return layer


def _chain(link: Link, layer_of: Mapping[str, int]) -> tuple[Place, ...]:
    """Return the places that a link goes through, its ends included."""
    source, target = link
    between = range(layer_of[source] + 1, layer_of[target])
    return (
        Place(source, layer_of[source]),
        *(Place(source, layer, passing_to=target) for layer in between),
        Place(target, layer_of[target]),
    )


def _filled(
    nodes: Sequence[str],
    layer_of: Mapping[str, int],
    chains: Iterable[tuple[Place, ...]],
) -> list[list[Place]]:
    layers: list[list[Place]] = [[] for _ in range(max(layer_of.values()) + 1)]
    for name in nodes:
        layers[layer_of[name]].append(Place(name, layer_of[name]))
    for chain in chains:
        for place in chain[1:-1]:
            layers[place.layer].append(place)
    return layers


def _drawing(
    nodes: Sequence[str],
    links: Sequence[Link],
    back: set[Link],
    chains: Mapping[Link, tuple[Place, ...]],
    layers: Sequence[Sequence[Place]],
) -> GraphDrawing:
    heights = [sum(map(_height, layer)) for layer in layers]
    tallest = max(heights)
    middle: dict[Place, Point] = {}
    for number, layer in enumerate(layers):
        x = MARGIN + _LOOP + number * (NODE_WIDTH + GAP_ACROSS) + NODE_WIDTH / 2
        y = MARGIN + (tallest - heights[number]) / 2
        for place in layer:
            middle[place] = (x, round(y + _height(place) / 2, 1))
            y += _height(place)
    at = {row.name: spot for row, spot in middle.items() if row.passing_to is None}
    return GraphDrawing(
        width=2 * (MARGIN + _LOOP) + len(layers) * (NODE_WIDTH + GAP_ACROSS) - 40,
        height=2 * MARGIN + tallest,
        nodes=tuple(
            PlacedNode(name, at[name][0] - NODE_WIDTH / 2, at[name][1] - 18)
            for name in nodes
        ),
        roads=tuple(
            Road(source, target, _points(link, chains, middle), link in back)
            for link in links
            for source, target in [link]
        ),
    )


def _height(place: Place) -> float:
    return (NODE_HEIGHT if place.passing_to is None else _PASSING) + GAP_DOWN


def _points(
    link: Link, chains: Mapping[Link, tuple[Place, ...]], middle: Mapping[Place, Point]
) -> tuple[Point, ...]:
    """Return the points of one link; a link backwards leaves its node at the left."""
    source, target = link
    half = NODE_WIDTH / 2
    if source == target:
        x, y = next(p for row, p in middle.items() if row == Place(source, row.layer))
        top = y - NODE_HEIGHT / 2
        return (
            (x + half, y - 8),
            (x + half + _LOOP, top - 4),
            (x - half - _LOOP, top - 4),
            (x - half, y - 8),
        )
    chain = chains.get(link)
    is_forward = chain is not None
    places = chain if chain is not None else tuple(reversed(chains[target, source]))
    side = half if is_forward else -half
    (x, y), (to_x, to_y) = middle[places[0]], middle[places[-1]]
    shift = 0 if is_forward else 8  # beside the way there, where both exist
    return (
        (x + side, y + shift),
        *((px, py + shift) for px, py in (middle[row] for row in places[1:-1])),
        (to_x - side, to_y + shift),
    )
