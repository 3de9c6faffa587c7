"""The order of places in each layer of a drawing, with few crossings."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A node, or a place that a long link goes through on its way to `passing_to`."""

    name: str
    layer: int
    passing_to: str | None = None


Pair = tuple[Place, Place]


def order_layers(
    layers: Sequence[Sequence[Place]], pairs: Sequence[Pair]
) -> list[list[Place]]:
    """Return the layers ordered by barycentres: the best of a few sweeps.

    Parameters
    ----------
    pairs : sequence of (Place, Place)
        Neighbours in neighbouring layers, left one first.
    """
    left: dict[Place, list[Place]] = {}
    right: dict[Place, list[Place]] = {}
    for first, then in pairs:
        right.setdefault(first, []).append(then)
        left.setdefault(then, []).append(first)
    best = present = [list(layer) for layer in layers]
    fewest = count_crossings(best, pairs)
    for sweep in range(_SWEEPS):
        is_rightward = sweep % 2 == 0
        present = _swept(present, left if is_rightward else right, is_rightward)
        found = count_crossings(present, pairs)
        if found < fewest:
            best, fewest = present, found
    return best


def _swept(
    layers: Sequence[Sequence[Place]],
    neighbours: Mapping[Place, Sequence[Place]],
    is_rightward: bool,
) -> list[list[Place]]:
    ordered = [list(layer) for layer in layers]
    numbers = range(len(ordered))
    spot: dict[Place, int] = {}
    for number in numbers if is_rightward else reversed(numbers):
        here = {place: index for index, place in enumerate(ordered[number])}

        def barycentre(place: Place, own: Mapping[Place, int] = here) -> float:
            known = [spot[row] for row in neighbours.get(place, ()) if row in spot]
            return sum(known) / len(known) if known else own[place]

        ordered[number].sort(key=barycentre)  # stable: ties keep their order
        spot.update((place, index) for index, place in enumerate(ordered[number]))
    return ordered


def count_crossings(layers: Sequence[Sequence[Place]], pairs: Iterable[Pair]) -> int:
    """Return how often links cross between neighbouring layers."""
    spot = {row: index for layer in layers for index, row in enumerate(layer)}
    by_layer: dict[int, list[tuple[int, int]]] = {}
    for first, then in pairs:
        by_layer.setdefault(first.layer, []).append((spot[first], spot[then]))
    crossings = 0
    for spots in by_layer.values():
        passed: list[int] = []
        for _, end in sorted(spots):
            crossings += len(passed) - bisect_left(passed, end + 1)
            insort(passed, end)
    return crossings
