"""Simulated marks: learners, raters whose severity is known, and criteria."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.learners import Floats, Ints

Assignment = Literal["random", "by ability"]

# Three steps about a criterion's difficulty; four bands.
_STEPS = (-1.2, 0.0, 1.2)


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """One row a mark.

    Attributes
    ----------
    learner, rater, criterion, score : ndarray of int, shape (n,)
    theta : ndarray, shape (m,)
        True abilities, normal (0, 1).
    severity : ndarray, shape (r,)
        True severities; they sum to zero.
    """

    learner: Ints
    rater: Ints
    criterion: Ints
    score: Ints
    theta: Floats
    severity: Floats


def simulate_ratings(
    n_learners: int,
    n_raters: int,
    n_criteria: int,
    rng: Generator,
    *,
    assignment: Assignment = "random",
    severity_sd: float = 0.5,
) -> Ratings:
    """Let two raters mark each learner on every criterion.

    By ability, the first rater is the one whose place among the raters is about the
    learner's place among the learners: some see the able only, and some the weak.
    """
    theta = rng.normal(0, 1, n_learners)
    severity = rng.normal(0, severity_sd, n_raters)
    severity -= severity.mean()
    pairs = _assign(theta, n_raters, rng, by_ability=assignment == "by ability")
    learner = np.repeat(np.arange(n_learners), 2 * n_criteria)
    rater = np.repeat(pairs.ravel(), n_criteria)
    criterion = np.tile(np.arange(n_criteria), 2 * n_learners)
    place = (
        theta[learner] - severity[rater] - np.linspace(-0.8, 0.8, n_criteria)[criterion]
    )
    score = _draw(place, rng)
    return Ratings(learner, rater, criterion, score, theta, severity)


def _assign(
    theta: Floats, n_raters: int, rng: Generator, *, by_ability: bool
) -> NDArray[np.int64]:
    """Return two different raters for each learner, shape (n, 2)."""
    n = theta.size
    first = rng.integers(0, n_raters, n)
    if by_ability:
        order = np.argsort(np.argsort(theta + rng.normal(0, 0.3, n)))
        first = order * n_raters // n
    second = (first + rng.integers(1, n_raters, n)) % n_raters
    return np.column_stack([first, second])


def _draw(place: Floats, rng: Generator) -> Ints:
    sums = np.concatenate([[0.0], np.cumsum(_STEPS)])
    exponent = np.multiply.outer(place, np.arange(sums.size)) - sums
    odds = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    below = np.cumsum(odds, axis=1) / odds.sum(axis=1, keepdims=True)
    score: Ints = (rng.random((place.size, 1)) > below[:, :-1]).sum(axis=1)
    return score
