"""Category curves of all items at once, and their derivatives.

Arrays are padded to the largest number of categories: a category that an item has not
got has the log-probability minus infinity and the probability 0.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from lms.psychometrics.arrays import Flags, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Slopes and intercepts, in which the log-odds are linear.

    Attributes
    ----------
    is_graded : ndarray of bool, shape (J,)
    slope : ndarray, shape (J,)
    intercepts : ndarray, shape (J, M)
        Graded items: of ``logit P(X >= k) = slope theta + intercept_k``. Others: of
        ``log P(X = k) / P(X = 0) = k slope theta + intercept_k``. Minus infinity past
        the last category.
    """

    is_graded: Flags
    slope: Floats
    intercepts: Floats

    @classmethod
    def of(cls, is_graded: Flags, a: Floats, b: Floats, inside: Flags) -> Self:
        """Return the coefficients of slopes `a` and steps or thresholds `b`."""
        filled = np.where(inside, b, 0.0)
        steps = np.where(is_graded[:, None], filled, np.cumsum(filled, axis=1))
        return cls(is_graded, a, np.where(inside, -a[:, None] * steps, -np.inf))

    @property
    def inside(self) -> Flags:
        """Return which categories from 1 each item has, shape (J, M)."""
        found: Flags = np.isfinite(self.intercepts)
        return found

    def steps(self) -> Floats:
        """Return difficulties, steps or thresholds, NaN past an item's last."""
        graded = self.is_graded[:, None]
        first = np.zeros((self.slope.size, 1))
        filled = np.where(self.inside, self.intercepts, 0.0)
        rises = np.where(graded, filled, np.diff(filled, axis=1, prepend=first))
        return np.where(self.inside, -rises / self.slope[:, None], np.nan)

    def take(self, items: Flags | slice) -> "Coefficients":
        """Return the coefficients of some items."""
        return Coefficients(
            self.is_graded[items], self.slope[items], self.intercepts[items]
        )


def log_sigmoid(x: Floats) -> Floats:
    """Return ``log(1 / (1 + exp(-x)))`` without overflow."""
    found: Floats = np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x)))
    return found


def log_probabilities(items: Coefficients, theta: Floats) -> Floats:
    """Return the log-probability of each category, shape (J, M + 1, q)."""
    graded = items.is_graded
    if graded.all():
        return _graded_logs(items, theta)
    if not graded.any():
        return _adjacent_logs(items, theta)
    logs = np.empty((graded.size, items.intercepts.shape[1] + 1, theta.size))
    logs[graded] = _graded_logs(items.take(graded), theta)
    logs[~graded] = _adjacent_logs(items.take(~graded), theta)
    return logs


def _adjacent_logs(items: Coefficients, theta: Floats) -> Floats:
    linear = np.multiply.outer(items.slope, theta)
    count = items.intercepts.shape[1]
    if count == 1:
        linear += items.intercepts
        right = log_sigmoid(linear)
        return np.stack([right - linear, right], axis=1)
    logs = np.zeros((items.slope.size, count + 1, theta.size))
    logs[:, 1:] = linear[:, None] * np.arange(1.0, count + 1)[:, None]
    logs[:, 1:] += items.intercepts[:, :, None]
    largest = logs.max(axis=1, keepdims=True)
    logs -= largest
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    return logs


def _graded_logs(items: Coefficients, theta: Floats) -> Floats:
    """Take ``s(x) - s(y) = s(x) s(-y) (1 - exp(y - x))``: no difference of near equals.

    A disordered item gets NaN, which an optimiser refuses.
    """
    linear = items.slope[:, None, None] * theta + items.intercepts[:, :, None]
    logs = np.zeros((items.slope.size, linear.shape[1] + 1, theta.size))
    logs[:, 1:] = log_sigmoid(linear)
    logs[:, :-1] += log_sigmoid(-linear)
    logs[:, 1:-1] += _log_gaps(items)[:, :, None]
    return logs


def _log_gaps(items: Coefficients) -> Floats:
    """Return ``log(1 - exp(c_{k+1} - c_k))``, 0 past the last category."""
    above, below = items.intercepts[:, :-1], items.intercepts[:, 1:]
    has_next = np.isfinite(below)
    fall = np.where(has_next, below, 0.0) - np.where(has_next, above, np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        gaps: Floats = np.log1p(-np.exp(np.minimum(fall, 1.0)))
    return gaps


def parameter_slopes(items: Coefficients, theta: Floats, logs: Floats) -> Floats:
    """Return derivatives of the log-probabilities by slope and intercepts.

    Returns
    -------
    ndarray, shape (J, M + 1 categories, 1 + M parameters, q)
        The slope's derivative first. 0 for categories and parameters that an item has
        not got.
    """
    graded = items.is_graded
    n_items, n_categories, n_nodes = logs.shape
    slopes = np.zeros((n_items, n_categories, n_categories, n_nodes))
    if not graded.all():
        slopes[~graded] = _adjacent_slopes(theta, np.exp(logs[~graded]))
    if graded.any():
        slopes[graded] = _graded_slopes(items.take(graded), theta)
    slopes *= np.isfinite(logs)[:, :, None, :]
    slopes[:, :, 1:] *= items.inside[:, None, :, None]
    return slopes


def _adjacent_slopes(theta: Floats, chances: Floats) -> Floats:
    count = chances.shape[1]
    scores = np.arange(count)[:, None]
    mean = (scores * chances).sum(axis=1)
    slopes = np.empty((chances.shape[0], count, count, theta.size))
    slopes[:, :, 0] = theta * (scores - mean[:, None])
    slopes[:, :, 1:] = -chances[:, None, 1:]
    for category in range(1, count):
        slopes[:, category, category] += 1.0
    return slopes


def _graded_slopes(items: Coefficients, theta: Floats) -> Floats:
    """Divide the derivatives of P_k by P_k in logarithms, so that tails stay finite."""
    linear = items.slope[:, None, None] * theta + items.intercepts[:, :, None]
    upper, lower = log_sigmoid(linear), log_sigmoid(-linear)
    n_items, count, n_nodes = linear.shape
    gaps = np.zeros((n_items, count + 1, 1))
    gaps[:, 1:-1, 0] = _log_gaps(items)
    none = np.zeros((n_items, 1, n_nodes))
    # Of category k by its own threshold k, and by the next one, k + 1.
    next_lower = np.concatenate([lower[:, 1:], none], axis=1)
    own = np.exp(_finite_difference(lower, next_lower) - gaps[:, 1:])
    before = np.concatenate([none, upper[:, :-1]], axis=1)
    after = -np.exp(_finite_difference(upper, before) - gaps[:, :-1])
    slopes = np.zeros((n_items, count + 1, count + 1, n_nodes))
    for k in range(count):
        slopes[:, k + 1, k + 1] = own[:, k]
        slopes[:, k, k + 1] = after[:, k]
    slopes[:, :, 0] = theta * slopes[:, :, 1:].sum(axis=2)
    return slopes


def _finite_difference(first: Floats, second: Floats) -> Floats:
    """Subtract; what has no category (minus infinity) gives minus infinity."""
    is_there = np.isfinite(first) & np.isfinite(second)
    return np.where(is_there, first, -np.inf) - np.where(is_there, second, 0.0)
