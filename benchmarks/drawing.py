"""Plain charts as SVG: a frame, lines, points with bars, and a legend."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 640, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 44, 56
_ROW = 18
# Okabe and Ito's colours, told apart by the colour-blind too.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#000000")
_DASHES = ("", "6 4", "2 3", "8 3 2 3", "1 4", "")


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or points with their bars.

    Attributes
    ----------
    bars : sequence of (float, float)
        Lower and upper end for each point.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    has_line: bool = True
    has_points: bool = False
    bars: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Series in one frame.

    Attributes
    ----------
    diagonal : bool
        Draw the line on which both axes are equal.
    legend_at : (float, float)
        Where the legend begins, in data.
    """

    title: str
    x_name: str
    y_name: str
    x_ticks: Sequence[float]
    y_ticks: Sequence[float]
    series: Sequence[Series]
    legend_at: tuple[float, float]
    diagonal: bool = False
    digits: int = 2
    x_digits: int = field(default=2)

    def to_svg(self) -> str:
        """Return the chart as the text of an SVG file."""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" role="img" '
            f'font-family="system-ui, sans-serif" font-size="13">',
            f"<title>{escape(self.title)}</title>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(WIDTH / 2, 24, self.title, anchor="middle", weight="600"),
            *self._frame(),
            *(
                part
                for place, own in enumerate(self.series)
                for part in self._draw(own, place)
            ),
            *self._legend(),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _x(self, value: float) -> float:
        low, high = self.x_ticks[0], self.x_ticks[-1]
        return _LEFT + (value - low) / (high - low) * (WIDTH - _LEFT - _RIGHT)

    def _y(self, value: float) -> float:
        low, high = self.y_ticks[0], self.y_ticks[-1]
        return (
            HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)
        )

    def _frame(self) -> list[str]:
        parts = []
        for tick in self.y_ticks:
            y = self._y(tick)
            parts.append(_line(_LEFT, y, WIDTH - _RIGHT, y, "#dddddd"))
            label = format(tick, f".{self.digits}f")
            parts.append(_text(_LEFT - 8, y + 4, label, anchor="end"))
        for tick in self.x_ticks:
            x = self._x(tick)
            parts.append(_line(x, _TOP, x, HEIGHT - _BOTTOM, "#eeeeee"))
            label = format(tick, f".{self.x_digits}f")
            parts.append(_text(x, HEIGHT - _BOTTOM + 18, label, anchor="middle"))
        if self.diagonal:
            low = max(self.x_ticks[0], self.y_ticks[0])
            high = min(self.x_ticks[-1], self.y_ticks[-1])
            ends = (self._x(low), self._y(low), self._x(high), self._y(high))
            parts.append(_line(*ends, "#888888"))
        middle = (_TOP + HEIGHT - _BOTTOM) / 2
        return [
            *parts,
            _text(WIDTH / 2, HEIGHT - 14, self.x_name, anchor="middle"),
            f'<text transform="translate(18 {middle:.1f}) rotate(-90)" '
            f'text-anchor="middle" fill="#222222">{escape(self.y_name)}</text>',
        ]

    def _draw(self, own: Series, place: int) -> list[str]:
        colour, dash = COLOURS[place], _DASHES[place]
        points = [(self._x(x), self._y(y)) for x, y in zip(own.x, own.y, strict=True)]
        parts = []
        for (x, _), (low, high) in zip(points, own.bars, strict=False):
            parts.append(_line(x, self._y(low), x, self._y(high), colour, width=1))
        if own.has_line:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(
                f'<polyline points="{path}" fill="none" stroke="{colour}" '
                f'stroke-width="2" stroke-dasharray="{dash}"/>'
            )
        if own.has_points:
            parts += [
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
                for x, y in points
            ]
        return parts

    def _legend(self) -> list[str]:
        x, y = self._x(self.legend_at[0]), self._y(self.legend_at[1])
        parts = []
        for place, own in enumerate(self.series):
            colour = COLOURS[place]
            if own.has_line:
                line = _line(x, y, x + 28, y, colour, width=2, dash=_DASHES[place])
                parts.append(line)
            if own.has_points:
                parts.append(
                    f'<circle cx="{x + 14:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
                )
            parts.append(_text(x + 36, y + 4, own.name))
            y += _ROW
        return parts


def _line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    colour: str,
    *,
    width: float = 1,
    dash: str = "",
) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"/>'
    )


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", weight: str = "400"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
        f'font-weight="{weight}" fill="#222222">{escape(words)}</text>'
    )
