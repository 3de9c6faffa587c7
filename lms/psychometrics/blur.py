"""Curves over the ability that are seen through a normal error."""

from dataclasses import dataclass
from functools import lru_cache
from math import erfc, pi

import numpy as np
from numpy.lib.stride_tricks import as_strided

from lms.psychometrics.partial_credit import Floats

# Below this many gaps of the grid a normal curve has too few points to sum up to its
# own variance; three points then have it exactly.
_NARROW = 0.7
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
        its centre and loses information. Beyond the grid it counts as level.

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
        kernel = _kernel(self.log.shape[1], gap, variance**0.5)
        # Sums of what is nowhere negative: the small values of a tail stay exact,
        # where a transform would leave noise that contradicting evidence would lift.
        mixed = np.maximum(curve @ kernel, _TINY)
        return Message(np.log(mixed), (curve * self.slope) @ kernel / mixed)


@lru_cache(maxsize=16)  # half a megabyte each at the usual number of nodes
def _kernel(n: int, gap: float, sd: float) -> Floats:
    """Return the weights with which each point (row) enters each average (column)."""
    weights, beyond = (
        _three_points(n, sd / gap) if sd < _NARROW * gap else _normal(n, sd / gap)
    )
    both_ways = np.concatenate([weights[:0:-1], weights])
    step = both_ways.itemsize
    kernel: Floats = as_strided(both_ways[n - 1 :], (n, n), (-step, step)).copy()
    # What falls off the grid is taken at its end.
    kernel[0] += beyond
    kernel[-1] += beyond[::-1]
    return kernel


def _three_points(n: int, sd: float) -> tuple[Floats, Floats]:
    weights, beyond = np.zeros(n), np.zeros(n)
    weights[:2] = 1 - sd**2, sd**2 / 2
    beyond[0] = sd**2 / 2
    return weights, beyond


def _normal(n: int, sd: float) -> tuple[Floats, Floats]:
    """Return normal weights by distance, and the mass beyond each distance."""
    weights = np.exp(-((np.arange(n) / sd) ** 2) / 2) / (sd * (2 * pi) ** 0.5)
    beyond = np.full(n, erfc((n - 0.5) / (sd * 2**0.5)) / 2)
    beyond[:-1] += np.cumsum(weights[:0:-1])[::-1]
    return weights, beyond
