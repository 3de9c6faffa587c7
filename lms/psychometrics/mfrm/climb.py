"""Newton's method that never goes down."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, eigh

from lms.psychometrics.arrays import Floats

# A logit is as far as one step may lead: beyond, the quadratic says nothing.
_LONGEST = 1.0
_MOST_HALVINGS = 12
# A fall of the log-likelihood, relative, that is more than rounding.
_LOSS = 1e-10
# Directions with less information than this share of the largest are not known.
_FLAT = 1e-9
# Large moves that gain next to nothing: the maximum lies at infinity.
LARGE, NO_GAIN = 0.05, 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A log-likelihood with its slope and information (f,), (f, f)."""

    loglik: float
    slope: Floats
    information: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Peak:
    """Where a climb ended."""

    free: Floats
    point: Point
    n_iter: int
    converged: bool


def clipped(move: Floats) -> Floats:
    """Return the move, shortened as a whole if a part of it is too long."""
    longest = float(np.abs(move).max(initial=0.0))
    return move * (_LONGEST / longest) if longest > _LONGEST else move


def solve(information: Floats, slope: Floats) -> Floats:
    """Return the Newton step; along directions without information, none."""
    if not slope.size:
        return slope
    try:
        found: Floats = cho_solve(cho_factor(information), slope)
    except LinAlgError:
        values, vectors = eigh(information)
        # Where the surface bends upwards, its size still tells how far to go.
        size = np.abs(values)
        inverse = np.where(size > _FLAT * size.max(), 1 / np.maximum(size, 1e-300), 0)
        found = vectors @ (inverse * (vectors.T @ slope))
    return found


def invert(information: Floats) -> Floats | None:
    """Return the inverse, or None where the information is not positive definite."""
    if not information.size:
        return information
    try:
        factor = cho_factor(information)
    except LinAlgError:
        return None
    diagonal = np.abs(np.diag(factor[0]))
    if diagonal.min() ** 2 < _FLAT * diagonal.max() ** 2:
        return None
    found: Floats = cho_solve(factor, np.eye(information.shape[0]))
    return found


def climb(
    evaluate: Callable[[Floats], Point], start: Floats, *, tol: float, max_iter: int
) -> Peak:
    """Climb until a step moves nothing by `tol`."""
    free, point = start, evaluate(start)
    for n_iter in range(1, max_iter + 1):
        move = clipped(solve(point.information, point.slope))
        if np.abs(move).max(initial=0.0) < tol:
            return Peak(free, point, n_iter, converged=True)
        ahead = evaluate(free + move)
        for _ in range(_MOST_HALVINGS):
            if ahead.loglik >= point.loglik - _LOSS * (1 + abs(point.loglik)):
                break
            move = move / 2
            ahead = evaluate(free + move)
        else:
            return Peak(free, point, n_iter, converged=False)
        gain, free = ahead.loglik - point.loglik, free + move
        point = ahead
        if gain < NO_GAIN and np.abs(move).max() > LARGE:
            return Peak(free, point, n_iter, converged=False)
    return Peak(free, point, max_iter, converged=False)
