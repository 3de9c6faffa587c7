"""A level over time: its middle with the interval, on one linear scale of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

WIDTH, HEIGHT = 480.0, 196.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 36.0, 24.0, 12.0, 32.0
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LevelOnDay:
    """What was known at the end of a day.

    Attributes
    ----------
    low, middle, high : int
        Interval and middle of the distribution, as levels.
    chance : int
        Chance of the required level in per cent, 1 to 99.
    rows : int
        Rows of evidence in force.
    """

    day: date
    low: int
    middle: int
    high: int
    chance: int
    rows: int


@dataclass(frozen=True, slots=True)
class DrawnDay:
    """A day with its place: `x`, and the heights of interval and middle."""

    on: LevelOnDay
    x: float
    y_low: float
    y: float
    y_high: float


@dataclass(frozen=True, slots=True)
class TrajectoryFigure:
    """A trajectory: `levels` are the heights of the lines, from level 0 on.

    Attributes
    ----------
    steps : str
        The ``points`` of the line through the middles: it keeps its height until
        the day on which something new was known.
    """

    days: tuple[DrawnDay, ...]
    levels: tuple[float, ...]
    required: int
    steps: str
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    width: float = WIDTH
    height: float = HEIGHT


def draw_trajectory(
    days: Sequence[LevelOnDay], *, required: int, top: int
) -> TrajectoryFigure:
    """Return the trajectory of at least one day, earliest first.

    Raises
    ------
    ValueError
        There is no day, or they are not in order.
    """
    if not days or any(a.day >= b.day for a, b in pairwise(days)):
        raise ValueError("need at least one day, each later than the one before")
    begin = days[0].day
    span = max((days[-1].day - begin).days, 1)
    across = WIDTH - _LEFT - _RIGHT - 16
    unit = (HEIGHT - _TOP - _BOTTOM) / top

    def height(level: float) -> float:
        return round(HEIGHT - _BOTTOM - unit * level, 1)

    drawn = tuple(
        DrawnDay(
            on=row,
            x=round(_LEFT + 8 + across * (row.day - begin).days / span, 1),
            y_low=height(row.low),
            y=height(row.middle),
            y_high=height(row.high),
        )
        for row in days
    )
    return TrajectoryFigure(
        days=drawn,
        levels=tuple(height(level) for level in range(top + 1)),
        required=required,
        steps=_steps(drawn),
    )


def _steps(days: Sequence[DrawnDay]) -> str:
    points: list[Point] = []
    for row in days:
        if points:
            points.append((row.x, points[-1][1]))
        points.append((row.x, row.y))
    return " ".join(f"{x:g},{y:g}" for x, y in points)
