"""A radar of at most eight axes, for values from 0 to a common top."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

MOST_AXES, FEWEST_AXES = 8, 3
SIZE = 280.0
_RADIUS, _NUMBERS = 110.0, 128.0
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class RadarAxis:
    """One axis.

    Attributes
    ----------
    low, middle, high : float or None
        Interval and middle of what is known; all None without evidence.
    required : float
        What is asked for.
    """

    name: str
    required: float
    low: float | None = None
    middle: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class DrawnAxis:
    """An axis with its points: its end, its number, and what is known on it.

    Attributes
    ----------
    band : tuple of Point or None
        Both ends of the interval.
    """

    number: int
    axis: RadarAxis
    end: Point
    label: Point
    band: tuple[Point, Point] | None
    dot: Point | None


@dataclass(frozen=True, slots=True)
class RadarFigure:
    """A radar: `rings` and `required` are the ``points`` of closed lines.

    Attributes
    ----------
    outlook : tuple of tuple of Point
        Lines between the middles of neighbours that both have evidence.
    """

    axes: tuple[DrawnAxis, ...]
    rings: tuple[str, ...]
    required: str
    outlook: tuple[tuple[Point, Point], ...]
    size: float = SIZE


def draw_radar(axes: Sequence[RadarAxis], *, top: int) -> RadarFigure:
    """Return the radar of three to eight axes that run from 0 to `top`.

    The value 0 lies one step outside the middle, so that zero and no evidence differ.

    Raises
    ------
    ValueError
        There are fewer than three axes or more than eight.
    """
    if not FEWEST_AXES <= len(axes) <= MOST_AXES:
        raise ValueError(f"a radar has 3 to 8 axes, not {len(axes)}")
    count, step = len(axes), _RADIUS / (top + 1)

    def at(number: int, value: float) -> Point:
        return _spot(number, count, step * (value + 1))

    drawn = tuple(
        DrawnAxis(
            number=number + 1,
            axis=axis,
            end=at(number, top),
            label=_spot(number, count, _NUMBERS),
            band=None
            if axis.low is None or axis.high is None
            else (at(number, axis.low), at(number, axis.high)),
            dot=None if axis.middle is None else at(number, axis.middle),
        )
        for number, axis in enumerate(axes)
    )
    dots = [row.dot for row in drawn]
    pairs = zip(dots, [*dots[1:], dots[0]], strict=True)
    return RadarFigure(
        axes=drawn,
        rings=tuple(
            _line(at(number, value) for number in range(count))
            for value in range(top + 1)
        ),
        required=_line(at(n, axis.required) for n, axis in enumerate(axes)),
        outlook=tuple((a, b) for a, b in pairs if a is not None and b is not None),
    )


def _spot(number: int, count: int, radius: float) -> Point:
    """Return a point of one axis; the first axis points up, the others follow right."""
    angle = 2 * pi * number / count
    centre = SIZE / 2
    return (
        round(centre + radius * sin(angle), 1),
        round(centre - radius * cos(angle), 1),
    )


def _line(points: Iterable[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
