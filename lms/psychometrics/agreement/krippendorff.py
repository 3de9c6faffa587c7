"""Krippendorff's alpha: any number of raters, any scale, missing ratings."""

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from lms.psychometrics.agreement.disagreement import LEVELS, CodedRatings, Level
from lms.psychometrics.agreement.result import AgreementResult, as_ratings, undefined
from lms.psychometrics.arrays import Floats, as_rng
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import NO_INTERVAL, as_confidence


def krippendorff_alpha(
    ratings: ArrayLike,
    level: Level = "ordinal",
    *,
    n_boot: int = 0,
    rng: int | Generator | None = None,
    confidence_level: float = 0.95,
) -> AgreementResult:
    """Compare the disagreement within units with that between any two ratings [1]_.

    ``alpha = 1 - D_o / D_e``; a unit with one rating says nothing and is left out.

    Parameters
    ----------
    ratings : array_like, shape (n_units, n_raters)
        NaN is missing.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Scale of the ratings; "ratio" needs a true zero.
    n_boot : int
        Samples of whole units, drawn with replacement, for `se` and a percentile
        interval; 0: none. A sample without any variation counts as perfect agreement.
    rng : int or Generator
        Needed with `n_boot`: equal seeds give equal intervals.

    Returns
    -------
    AgreementResult
        NaN with a reason where all ratings are equal. `observed` and `expected` are
        mean disagreements.

    Raises
    ------
    DataError
        No unit has two ratings, a rating on a ratio scale is negative, or `rng` is
        missing.

    References
    ----------
    .. [1] Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability.
       University of Pennsylvania. https://repository.upenn.edu/asc_papers/43

    Examples
    --------
    >>> nan = float("nan")
    >>> result = krippendorff_alpha([[1, 1], [2, 3], [3, 3], [4, nan]], "interval")
    >>> round(result.value, 3)
    0.828
    """
    table = as_ratings(ratings)
    table = table[(~np.isnan(table)).sum(axis=1) >= 2]
    if table.shape[0] == 0:
        raise DataError("ratings: no unit has two ratings")
    if level not in LEVELS:
        raise DataError(f"level: {level!r} is none of {', '.join(LEVELS)}")
    if level == "ratio" and np.nanmin(table) < 0:
        raise DataError(f"ratings: {np.nanmin(table):g} is below zero on a ratio scale")
    as_confidence(confidence_level)
    method, n_units = f"Krippendorff's alpha, {level}", table.shape[0]
    if np.nanmin(table) == np.nanmax(table):
        return undefined(method, "all ratings are equal", n_units, 0.0)
    coded = CodedRatings.of(table)
    observed, expected = coded.disagreements(np.ones((1, n_units)), level)
    se, ci = float("nan"), NO_INTERVAL
    if n_boot > 0:
        draws = _bootstrap(coded, level, n_boot, rng)
        tail = (1 - confidence_level) / 2
        low, high = np.quantile(draws, [tail, 1 - tail])
        se = float(draws.std(ddof=1)) if n_boot > 1 else se
        ci = float(low), float(high)
    return AgreementResult(
        value=float(1 - observed[0] / expected[0]),
        se=se,
        ci=ci,
        observed=float(observed[0]),
        expected=float(expected[0]),
        n=n_units,
        method=method,
        details={"n_boot": n_boot},
    )


def _bootstrap(
    coded: CodedRatings, level: Level, n_boot: int, rng: int | Generator | None
) -> Floats:
    if rng is None:
        raise DataError("rng: give a seed or a generator for the bootstrap")
    n_units = coded.seen.shape[0]
    weights = as_rng(rng).multinomial(
        n_units, np.full(n_units, 1 / n_units), size=n_boot
    )
    observed, expected = coded.disagreements(weights.astype(np.float64), level)
    is_varied = expected > 0
    found: Floats = 1 - np.where(
        is_varied, observed / np.where(is_varied, expected, 1.0), 0.0
    )
    return found
