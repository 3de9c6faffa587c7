"""What ratings are beside what was expected: fit, agreement, halo."""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.mfrm.curves import category_chances, sums
from lms.psychometrics.mfrm.ratings import Ratings

# A residual's variance below this is a rating that could hardly come out otherwise.
_LEAST_VARIANCE = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Expectations:
    """Ratings whose learner is neither unknown nor extreme, with what was expected.

    Attributes
    ----------
    chances : ndarray, shape (m, K)
    residual, variance, weight : ndarray, shape (m,)
    """

    ratings: Ratings
    chances: Floats
    residual: Floats
    variance: Floats
    weight: Floats

    def mean_squares(self, facet: Ints, size: int) -> tuple[Floats, Floats]:
        """Return infit and outfit of each element of a facet.

        Mean squares of residuals, weighted by their information, and of standardised
        residuals; both about 1 where ratings are as noisy as the model says (Wright &
        Masters, 1982, p. 100). Below 1 for short records, since abilities follow the
        very ratings.
        """
        square = self.residual**2
        standard = square / np.maximum(self.variance, _LEAST_VARIANCE)

        def of(values: Floats) -> Floats:
            return sums(facet, self.weight * values, size)

        count, spread = of(np.ones(facet.size)), of(self.variance)
        return divide(of(square), spread), divide(of(standard), count)


def divide(above: Floats, below: Floats) -> Floats:
    """Return the quotient, NaN where there is nothing to divide by."""
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)


def expect_ratings(
    ratings: Ratings, logits: Floats, severity: Floats, theta: Floats
) -> Expectations:
    """Compare ratings with expectations; `theta` is NaN for who is to be left out."""
    kept = ~np.isnan(theta[ratings.learner] - severity[ratings.rater])
    kept &= ~np.isnan(logits[ratings.criterion]).any(axis=1)
    own = ratings.take(kept)
    eta = theta[own.learner] - severity[own.rater]
    chances = category_chances(logits[own.criterion], eta)[1]
    steps = np.arange(chances.shape[1])
    mean = chances @ steps
    off = steps - mean[:, None]
    return Expectations(
        ratings=own,
        chances=chances,
        residual=own.score.astype(np.float64) - mean,
        variance=(chances * off**2).sum(axis=1),
        weight=own.weight[own.learner],
    )


def exact_agreement(found: Expectations) -> tuple[float, float]:
    """Return how often two raters of one learner agree on a criterion, and should.

    Returns
    -------
    observed, expected : float
        Shares of all pairs of ratings by different raters; NaN without pairs.
    """
    ratings = found.ratings
    work = ratings.learner * len(ratings.criteria) + ratings.criterion
    by_rater = work * len(ratings.raters) + ratings.rater
    chosen = np.eye(found.chances.shape[1])[ratings.score]
    weight = ratings.weight
    pairs, same, likely = (
        _pairs(work, table, weight, ratings.learner)
        - _pairs(by_rater, table, weight, ratings.learner)
        for table in (np.ones((work.size, 1)), chosen, found.chances)
    )
    if pairs <= 0:
        return float("nan"), float("nan")
    return same / pairs, likely / pairs


def _pairs(codes: Ints, table: Floats, weight: Floats, learner: Ints) -> float:
    """Return the sum over pairs of rows of one code of their products."""
    _, first, group = np.unique(codes, return_index=True, return_inverse=True)
    own = weight[learner[first]]
    whole = 0.0
    for column in table.T:
        total = np.bincount(group, column, minlength=first.size)
        square = np.bincount(group, column**2, minlength=first.size)
        whole += float(own @ (total**2 - square)) / 2
    return whole


def halo(found: Expectations) -> float:
    """Return by how much criteria on one sheet hang together beyond the ability.

    Mean correlation of standardised residuals (Yen's Q3) of two ratings on one sheet
    (one learner, one rater), less that of ratings on different sheets of the learner;
    the latter takes off what comes from estimating the ability. NaN where learners
    have one sheet each.

    References
    ----------
    .. [1] Yen, W. M. (1984). Effects of local item dependence on the fit and equating
       performance of the three-parameter logistic model. Applied Psychological
       Measurement, 8(2), 125-145. doi:10.1177/014662168400800201
    """
    ratings = found.ratings
    root = np.sqrt(np.maximum(found.variance, _LEAST_VARIANCE))
    standard = (found.residual / root)[:, None]
    ones = np.ones_like(standard)
    sheet = ratings.learner * len(ratings.raters) + ratings.rater
    within, among = (
        [
            _pairs(codes, table, ratings.weight, ratings.learner)
            for table in (standard, ones)
        ]
        for codes in (sheet, ratings.learner)
    )
    if within[1] <= 0 or among[1] - within[1] <= 0:
        return float("nan")
    between = (among[0] - within[0]) / (among[1] - within[1])
    scale = float(np.average(standard[:, 0] ** 2, weights=found.weight))
    return float((within[0] / within[1] - between) / scale) if scale > 0 else 0.0
