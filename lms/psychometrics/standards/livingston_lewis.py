"""How accurate and consistent the levels of any score are, from its reliability."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.special import betainc

from lms.psychometrics.arrays import Floats, Ints, as_cuts
from lms.psychometrics.classification import (
    ClassificationResult,
    summarise_classification,
)
from lms.psychometrics.errors import DataError
from lms.psychometrics.standards.beta_distribution import BetaDistribution, fit_beta
from lms.psychometrics.standards.cut_result import as_scores

# Nodes within each level, at even steps of probability.
_NODES = 200


@dataclass(frozen=True, slots=True)
class _Moments:
    """Shares of the score range: mean, variance, and the test length they imply."""

    mean: float
    variance: float
    length: float


def livingston_lewis(
    scores: ArrayLike,
    reliability: float,
    cuts: ArrayLike,
    *,
    min_score: float,
    max_score: float,
    n_betas: Literal[2, 4] = 4,
) -> ClassificationResult:
    """Estimate from one administration how well a score sorts into levels [1]_.

    The score is treated as the number right of as many equal, independent
    right-or-wrong items as its reliability implies (the effective test length); the
    true share right follows a beta distribution fitted to the moments [2]_, with limits
    of its own if `n_betas` is 4. Where these limits leave 0 to 1, or no such
    distribution has the moments, the standard one with 2 parameters is fitted; `method`
    and `details` say so. Levels are given by the number right nearest to each cut;
    consistency is that of two such tests [2]_, which the authors of [1]_ adjust to the
    shares observed.

    Parameters
    ----------
    scores : array_like, shape (n,)
        NaN: without a score, left out.
    reliability : float
        Between 0 and 1, ends not included.
    cuts : array_like, shape (K - 1,)
        Scores from which a level begins.
    min_score, max_score : float
        Least and largest possible score.

    Returns
    -------
    ClassificationResult
        In `details`: `effective_length` (rounded) and `length` (not), `alpha`, `beta`,
        `lower`, `upper` of the true share, `fallback` (why 2 parameters, or None),
        `observed_shares` and `expected_shares` of the levels.

    Raises
    ------
    DataError
        Scores that do not vary or lie outside the limits, cuts not between them, or a
        reliability that cannot be.

    References
    ----------
    .. [1] Livingston, S. A., & Lewis, C. (1995). Estimating the consistency and
       accuracy of classifications based on test scores. Journal of Educational
       Measurement, 32(2), 179-197. doi:10.1111/j.1745-3984.1995.tb00462.x
    .. [2] Hanson, B. A. (1991). Method of moments estimates for the four-parameter beta
       compound binomial model and the calculation of classification consistency indexes
       (ACT Research Report 91-5). American College Testing.

    Examples
    --------
    >>> scores = [4, 5, 6, 6, 7, 7, 8, 8, 9, 10]
    >>> result = livingston_lewis(scores, 0.6, [7], min_score=0, max_score=10)
    >>> round(result.accuracy, 2), result.details["effective_length"]
    (0.76, 16)
    """
    if n_betas not in {2, 4}:
        raise DataError(f"n_betas: {n_betas} is neither 2 nor 4")
    if not 0 < reliability < 1:
        raise DataError(f"reliability: {reliability} is not between 0 and 1")
    if not min_score < max_score:
        raise DataError(f"min_score {min_score:g} is not below max_score {max_score:g}")
    shares = _read_shares(scores, min_score, max_score)
    found = (as_cuts(cuts) - min_score) / (max_score - min_score)
    if found[0] <= 0 or found[-1] >= 1:
        raise DataError(f"cuts: not between {min_score:g} and {max_score:g}")
    moments = _moments(shares, reliability)
    length = round(moments.length)
    true, fallback = fit_beta(_true_moments(shares, moments), n_betas)
    by_level, twice = _tables(true, found, length)
    n_used = 2 if fallback else n_betas
    return summarise_classification(
        by_level,
        twice,
        f"Livingston-Lewis, {n_used}-parameter beta",
        {
            "effective_length": length,
            "length": moments.length,
            "alpha": true.alpha,
            "beta": true.beta,
            "lower": true.lower,
            "upper": true.upper,
            "fallback": fallback,
            "observed_shares": _observed_shares(shares, found),
            "expected_shares": by_level.sum(axis=0),
        },
    )


def _read_shares(scores: ArrayLike, low: float, high: float) -> Floats:
    given = as_scores(scores, "scores")
    is_outside = (given < low) | (given > high)
    if is_outside.any():
        person = int(np.argmax(is_outside))
        raise DataError(
            f"scores: person {person} has {given[person]:g}, not {low:g} to {high:g}"
        )
    known = given[~np.isnan(given)]
    shares: Floats = (known - low) / (high - low)
    if shares.size < 2 or shares.std() <= 1e-12:
        raise DataError("scores: they do not vary")
    return shares


def _moments(shares: Floats, reliability: float) -> _Moments:
    """Return the effective test length of Livingston and Lewis."""
    mean, variance = float(shares.mean()), float(shares.var())
    length = (mean * (1 - mean) - reliability * variance) / (
        variance * (1 - reliability)
    )
    return _Moments(mean, variance, length)


def _true_moments(shares: Floats, moments: _Moments) -> Floats:
    """Return the first four moments about 0 of the true share; NaN where too short.

    ``E[p^k]`` is the k-th factorial moment of the number right over that of the length.
    With the length not rounded, the variance is the reliability times the observed.
    """
    length, right = moments.length, moments.length * shares
    numerator, below = np.ones_like(right), 1.0
    found = []
    for k in range(4):
        numerator = numerator * (right - k)
        below *= length - k
        found.append(float(numerator.mean()) / below if length > k + 1e-9 else np.nan)
    return np.array(found)


def _observed_shares(shares: Floats, cuts: Floats) -> Floats:
    levels = np.searchsorted(cuts - 1e-12, shares, side="right")
    return np.bincount(levels, minlength=cuts.size + 1) / shares.size


def _tables(true: BetaDistribution, cuts: Floats, length: int) -> tuple[Floats, Floats]:
    """Return the joint tables of true and given level, and of two given levels."""
    points, weights = leggauss(_NODES)
    edges = np.concatenate([[0.0], true.cdf(cuts), [1.0]])
    half = np.diff(edges)[:, None] / 2
    shares = true.quantile((edges[:-1, None] + half * (points + 1)).ravel())
    mass = (half * weights).ravel()
    level: Ints = np.repeat(np.arange(cuts.size + 1), _NODES)
    given = _given_levels(shares, cuts, length)
    by_level = np.zeros((cuts.size + 1,) * 2)
    np.add.at(by_level, level, given * mass[:, None])
    return by_level, (given * mass[:, None]).T @ given


def _given_levels(shares: Floats, cuts: Floats, length: int) -> Floats:
    """Return the chance of each level at each true share, (q, K): binomial errors."""
    # The nearest number right: above it on average by as much as below. The next whole
    # one would let fewer pass than the scores do.
    needed = np.clip(np.round(length * cuts), 1, length)
    reached = betainc(needed, length - needed + 1, shares[:, None])
    edge = np.ones((shares.size, 1))
    above = np.hstack([edge, reached, 0 * edge])
    found: Floats = above[:, :-1] - above[:, 1:]
    return found
