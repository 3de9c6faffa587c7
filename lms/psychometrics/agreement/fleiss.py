"""Kappa of many raters."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.agreement.result import (
    AgreementResult,
    as_ratings,
    count_values,
    undefined,
)
from lms.psychometrics.arrays import Floats, as_table
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import as_confidence, normal_interval

_METHOD = "Fleiss' kappa"


def fleiss_kappa(
    table_or_ratings: ArrayLike,
    *,
    kind: Literal["ratings", "counts"] = "ratings",
    confidence_level: float = 0.95,
) -> AgreementResult:
    """Compare the agreement of many raters, any of whom rate a unit, with chance [1]_.

    With unequal numbers of ratings, each unit's shares count alike. The standard error
    is over units, not under the hypothesis of no agreement [2]_.

    Parameters
    ----------
    table_or_ratings : array_like
        "ratings": (n_units, n_raters), categories as numbers, NaN is missing;
        "counts": (n_units, K), how many raters put the unit into each category.
    kind : {"ratings", "counts"}

    Returns
    -------
    AgreementResult
        NaN with a reason where all ratings are of one category. In `details`: the
        `categories`, their `shares`, and `by_category`, each one's kappa against all
        others together (NaN where it was not used).

    Raises
    ------
    DataError
        No unit has two ratings, or a count is not a whole number from 0.

    References
    ----------
    .. [1] Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters.
       Psychological Bulletin, 76(5), 378-382. doi:10.1037/h0031619
    .. [2] Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the
       presence of high agreement. British Journal of Mathematical and Statistical
       Psychology, 61(1), 29-48. doi:10.1348/000711006X126600

    Examples
    --------
    >>> result = fleiss_kappa([[1, 1, 1], [1, 1, 0], [0, 0, 0], [0, 0, 1]])
    >>> round(result.value, 3)
    0.333
    """
    as_confidence(confidence_level)
    categories, counts = _read_counts(table_or_ratings, kind)
    n_ratings = counts.sum(axis=1)
    counts, n_ratings = counts[n_ratings >= 2], n_ratings[n_ratings >= 2]
    n_units = n_ratings.size
    if n_units == 0:
        raise DataError("ratings: no unit has two ratings")
    shares = counts / n_ratings[:, None]
    pairs = (n_ratings * (n_ratings - 1))[:, None]
    agreed = counts * (counts - 1) / pairs
    mean_shares = shares.mean(axis=0)
    observed = float(agreed.sum(axis=1).mean())
    expected = float((mean_shares**2).sum())
    if 1 - expected < 1e-12:
        reason = "all ratings are of one category"
        return undefined(_METHOD, reason, n_units, observed)
    value = (observed - expected) / (1 - expected)
    se = _standard_error(agreed.sum(axis=1), shares @ mean_shares, value, expected)
    split = (counts * (n_ratings[:, None] - counts) / pairs).mean(axis=0)
    by_chance = mean_shares * (1 - mean_shares)
    is_used = by_chance > 1e-12
    by_category = np.where(is_used, 1 - split / np.where(is_used, by_chance, 1), np.nan)
    return AgreementResult(
        value=value,
        se=se,
        ci=normal_interval(value, se, confidence_level, low=-1.0, high=1.0),
        observed=observed,
        expected=expected,
        n=n_units,
        method=_METHOD,
        details={
            "categories": categories,
            "shares": mean_shares,
            "by_category": by_category,
        },
    )


def _standard_error(
    agreed: Floats, chance: Floats, value: float, expected: float
) -> float:
    """Linearise kappa in each unit's agreement and chance (Gwet 2008)."""
    if agreed.size < 2:
        return float("nan")
    own = (agreed - expected) / (1 - expected)
    own -= 2 * (1 - value) * (chance - expected) / (1 - expected)
    squares = float(((own - value) ** 2).sum())
    return float(np.sqrt(squares / (agreed.size * (agreed.size - 1))))


def _read_counts(given: ArrayLike, kind: str) -> tuple[Floats, Floats]:
    if kind == "ratings":
        return count_values(as_ratings(given))
    if kind != "counts":
        raise DataError(f"kind: {kind!r} is neither 'ratings' nor 'counts'")
    counts = as_table(given, "counts", rows="unit", columns="category")
    is_wrong = ~((counts >= 0) & (counts == np.floor(counts)))
    if is_wrong.any():
        row, column = np.argwhere(is_wrong)[0]
        raise DataError(
            f"counts: unit {row}, category {column} is {counts[row, column]:g}, "
            "not a count"
        )
    return np.arange(float(counts.shape[1])), counts
