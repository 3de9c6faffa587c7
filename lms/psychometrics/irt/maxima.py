"""Scores that maximise something, for all patterns at once: ML, MAP, WLE."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lms.psychometrics.arrays import Flags, Floats
from lms.psychometrics.irt.coding import CodedResponses
from lms.psychometrics.irt.curves import Coefficients, log_probabilities
from lms.psychometrics.irt.precision import theta_slopes

Kind = Literal["MAP", "ML", "WLE"]

_MAX_STEPS = 60
_TOLERANCE = 1e-8
# Cells (patterns x items x categories) evaluated at once: bounds the memory.
_CELLS = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class Maxima:
    """Where each pattern's curve is highest.

    Attributes
    ----------
    theta, information : ndarray, shape (m,)
        The point, and Fisher's information of the items seen, there.
    is_bound : ndarray of bool, shape (m,)
        Nothing is highest within the bounds: the bound is given.
    """

    theta: Floats
    information: Floats
    is_bound: Flags


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """Patterns of one block, and the prior of each (precision 0: none)."""

    items: Coefficients
    answers: Floats
    seen: Floats
    kind: Kind
    mean: Floats
    precision: Floats

    def take(self, rows: Flags) -> "_Task":
        return _Task(
            self.items,
            self.answers[rows],
            self.seen[rows],
            self.kind,
            self.mean[rows],
            self.precision[rows],
        )

    def evaluate(self, theta: Floats) -> tuple[Floats, Floats]:
        """Return what must be zero at the maximum, and the information."""
        if self.items.intercepts.shape[1] == 1:
            gradient, information, third = self._binary(theta)
        else:
            gradient, information, third = self._general(theta)
        if self.kind == "WLE":
            gradient = gradient + third / (2 * np.maximum(information, 1e-300))
        return gradient - self.precision * (theta - self.mean), information

    def _binary(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        slope = self.items.slope
        linear = theta[:, None] * slope + self.items.intercepts[:, 0]
        chance = 1 / (1 + np.exp(np.minimum(-linear, 700.0)))
        gradient = ((self.answers - chance) * self.seen) @ slope
        variance = chance * (1 - chance) * self.seen
        third = (variance * (1 - 2 * chance)) @ slope**3
        return gradient, variance @ slope**2, third

    def _general(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        chances = np.exp(log_probabilities(self.items, theta))
        first, second = theta_slopes(self.items, chances)
        chosen = np.take_along_axis(
            first, self.answers.T.astype(np.intp)[:, None, :], axis=1
        )[:, 0]
        squares = first**2
        information = (chances * squares).sum(axis=1)
        third = (chances * first * (second + squares)).sum(axis=1)
        seen = self.seen.T
        return (
            (chosen * seen).sum(axis=0),
            (information * seen).sum(axis=0),
            (third * seen).sum(axis=0),
        )


def find_maxima(
    coded: CodedResponses,
    items: Coefficients,
    kind: Kind,
    *,
    mean: Floats,
    sd: Floats,
    bounds: tuple[float, float],
) -> Maxima:
    """Find the maximum of each pattern's likelihood, posterior, or weighted likelihood.

    Parameters
    ----------
    mean, sd : ndarray, shape (m,)
        Normal prior of each pattern; of use to "MAP" alone.
    bounds : tuple of float
        Where to look.
    """
    seen = coded.is_seen()
    answers = np.maximum(coded.categories, 0).astype(np.float64)
    precision = 1 / sd**2 if kind == "MAP" else np.zeros(sd.size)
    task = _Task(items, answers, seen, kind, mean, precision)
    size = max(1, _CELLS // (seen.shape[1] * (items.intercepts.shape[1] + 1)))
    rows = np.arange(seen.shape[0]) // size
    parts = [_solve(task.take(rows == block), bounds) for block in range(rows[-1] + 1)]
    theta, information, is_bound = (np.concatenate(p) for p in zip(*parts, strict=True))
    return Maxima(theta, information, is_bound)


def _solve(task: _Task, bounds: tuple[float, float]) -> tuple[Floats, Floats, Flags]:
    """Take Fisher's steps inside a bracket that the signs of the slope narrow.

    A step that leaves the bracket, or is not half as long as the last, halves the
    bracket instead, so that no pattern goes round in circles.
    """
    size = task.answers.shape[0]
    low, high = np.full(size, bounds[0]), np.full(size, bounds[1])
    is_low = task.evaluate(low)[0] <= 0
    is_high = (task.evaluate(high)[0] >= 0) & ~is_low
    theta = np.where(is_low, low, np.where(is_high, high, 0.0))
    active = np.flatnonzero(~(is_low | is_high))
    rest = task.take(np.isin(np.arange(size), active))
    low, high = low[active], high[active]
    point = np.clip(rest.mean * (rest.precision > 0), low, high)
    last = np.full(active.size, np.inf)
    for _ in range(_MAX_STEPS):
        if not active.size:
            break
        slope, information = rest.evaluate(point)
        low = np.where(slope >= 0, point, low)
        high = np.where(slope <= 0, point, high)
        curvature = np.maximum(information + rest.precision, 1e-10)
        moved = point + slope / curvature
        is_useless = (moved < low) | (moved > high)
        is_useless |= np.abs(moved - point) > last / 2
        moved = np.where(is_useless, (low + high) / 2, moved)
        last = np.abs(moved - point)
        is_done = last < _TOLERANCE
        theta[active] = point = moved
        if is_done.any():
            go_on = ~is_done
            rest, active = rest.take(go_on), active[go_on]
            point, last = point[go_on], last[go_on]
            low, high = low[go_on], high[go_on]
    return theta, task.evaluate(theta)[1], is_low | is_high
