"""Curves over the ability that are seen through a normal error."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, erfc, pi
from typing import Literal

import numpy as np

from lms.psychometrics.partial_credit import Floats

# Below this many gaps of the grid a normal curve has too few points to sum up to its
# own variance; three points then have it exactly.
_NARROW = 0.7
# Standard deviations beyond which a weight, exp(-50), tells nothing.
_REACH = 10.0
# Keeps a logarithm defined where a curve has vanished.
_TINY = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """What some rows say together of an ability, one curve for each posterior.

    Attributes
    ----------
    log, slope : ndarray, shape (p, q)
        Log-likelihood on the grid, and its derivative by the ability.
    """

    log: Floats
    slope: Floats

    def __add__(self, other: "Message") -> "Message":
        return Message(self.log + other.log, self.slope + other.slope)

    def blurred(self, variance: float, gap: float) -> "Message":
        """Return what is left when an unknown normal error lies between.

        With ``L`` what is said of ``x = theta + error``, and `error` normal with mean
        0 and this variance, it is the average of ``L`` over the error. The curve keeps
        its centre and loses information. Beyond the grid it goes on as it leaves it:
        falling at its last rate, or level.

        Parameters
        ----------
        variance : float
            In squared logits, from 0.
        gap : float
            Distance of the points of the grid.
        """
        if variance == 0:
            return self
        highest = self.log.max(axis=1, keepdims=True)
        curve = np.exp(self.log - highest)
        seen = _see_through(variance**0.5 / gap, curve.shape[1])
        low, high = seen.beyond(curve, self.slope * gap)
        # Sums of what is nowhere negative: the small values of a tail stay exact,
        # where a transform would leave noise that contradicting evidence would lift.
        mixed = np.maximum(seen.average(curve) + low + high, _TINY)
        log = highest + np.log(mixed)
        # The curve is smooth now, so that differences do for its derivative.
        slope = np.empty_like(log)
        slope[:, 1:-1] = (log[:, 2:] - log[:, :-2]) / (2 * gap)
        slope[:, [0, -1]] = (log[:, [1, -1]] - log[:, [0, -2]]) / gap
        return Message(log, slope)


@dataclass(frozen=True, slots=True, eq=False)
class _Error:
    """A normal error on a grid of `n` points; its unit is the grid's gap.

    Attributes
    ----------
    weights : ndarray
        By distance, from ``1 - n`` to ``n - 1`` or as far as they tell.
    mass, away : ndarray, shape (n,)
        Probability of falling before the grid from each of its points, and how many
        standard deviations its end is away.
    sd : float
    """

    weights: Floats
    mass: Floats
    away: Floats
    sd: float

    def average(self, curves: Floats) -> Floats:
        """Return the averages of curves, shape (p, n), over what lies on the grid."""
        is_narrow = self.weights.size <= curves.shape[1]
        mode: Literal["same", "valid"] = "same" if is_narrow else "valid"
        return np.array([np.convolve(row, self.weights, mode) for row in curves])

    def beyond(self, curve: Floats, slope: Floats) -> tuple[Floats, Floats]:
        """Return what lies before and after the grid, as seen from each point.

        There a curve is taken as ``end * exp(-fall * distance)``. Its average is
        ``end * mass * M(away + fall * sd) / M(away)`` with the Mills ratio ``M``, whose
        approximation ``2 / (z + sqrt(z^2 + 8 / pi))`` is within 6 % everywhere and
        drops out where the curve is level.

        Parameters
        ----------
        curve, slope : ndarray, shape (p, n)
            The latter of the former's logarithm, per gap.
        """
        p = len(curve)
        ends = np.concatenate([curve[:, 0], curve[:, -1]])[:, None]
        fall = np.concatenate([slope[:, 0], -slope[:, -1]])[:, None]
        z = self.away + np.maximum(fall, 0.0) * self.sd
        seen = ends * (self.mass * _inverse_mills(self.away)) / _inverse_mills(z)
        return seen[:p], seen[p:, ::-1]


def _inverse_mills(z: Floats) -> Floats:
    inverse: Floats = z + np.sqrt(z * z + 8 / pi)
    return inverse


@lru_cache(maxsize=64)  # eight kilobytes each at the usual number of nodes
def _see_through(sd: float, n: int) -> _Error:
    """Return the normal error of `sd` gaps on a grid of `n` points."""
    weights = np.zeros(n)
    if sd < _NARROW:
        weights[:2] = 1 - sd**2, sd**2 / 2
        last = 0.0
    else:
        weights = np.exp(-((np.arange(n) / sd) ** 2) / 2) / (sd * (2 * pi) ** 0.5)
        last = erfc((n - 0.5) / (sd * 2**0.5)) / 2
    mass = np.full(n, last)
    mass[:-1] += np.cumsum(weights[:0:-1])[::-1]
    reach = max(2, ceil(_REACH * sd)) + 1
    near = weights[:reach] if 2 * reach <= n else weights
    both_ways = np.concatenate([near[:0:-1], near])
    away = (np.arange(n, dtype=np.float64) + 0.5) / sd
    return _Error(both_ways, mass, away, sd)
