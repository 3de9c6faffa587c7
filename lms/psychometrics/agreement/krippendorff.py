"""Krippendorff's alpha: any number of raters, any scale, missing ratings."""

from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from lms.psychometrics.agreement.result import (
    AgreementResult,
    as_ratings,
    count_values,
    undefined,
)
from lms.psychometrics.arrays import Floats, as_rng
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import NO_INTERVAL, as_confidence

Level = Literal["nominal", "ordinal", "interval", "ratio"]


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
    values, counts = count_values(table)
    if level == "ratio" and values[0] < 0:
        raise DataError(f"ratings: {values[0]:g} is below the zero of a ratio scale")
    as_confidence(confidence_level)
    method = f"Krippendorff's alpha, {level}"
    weights = np.ones((1, counts.shape[0]))
    observed, expected = _disagreements(values, counts, weights, level)
    n_units = counts.shape[0]
    if values.size < 2:
        return undefined(method, "all ratings are equal", n_units, 0.0)
    se, ci = float("nan"), NO_INTERVAL
    if n_boot > 0:
        draws = _bootstrap(values, counts, level, n_boot, rng)
        tail = (1 - confidence_level) / 2
        low, high = np.quantile(draws, [tail, 1 - tail])
        se, ci = (
            float(draws.std(ddof=1)) if n_boot > 1 else se,
            (float(low), float(high)),
        )
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
    values: Floats,
    counts: Floats,
    level: Level,
    n_boot: int,
    rng: int | Generator | None,
) -> Floats:
    if rng is None:
        raise DataError("rng: give a seed or a generator for the bootstrap")
    n_units = counts.shape[0]
    weights = as_rng(rng).multinomial(
        n_units, np.full(n_units, 1 / n_units), size=n_boot
    )
    observed, expected = _disagreements(
        values, counts, weights.astype(np.float64), level
    )
    is_varied = expected > 0
    found: Floats = 1 - np.where(
        is_varied, observed / np.where(is_varied, expected, 1.0), 0.0
    )
    return found


def _disagreements(
    values: Floats, counts: Floats, weights: Floats, level: Level
) -> tuple[Floats, Floats]:
    """Return mean disagreements within units and between all, one a row of weights."""
    totals = weights @ counts
    n = totals.sum(axis=1)
    per_unit = counts.sum(axis=1) - 1
    if level == "ordinal":
        pairs = [
            _ordinal_pair(row, counts, own / per_unit)
            for row, own in zip(totals, weights, strict=True)
        ]
        within, between = np.array(pairs).T
    else:
        metric = _metric(values, level)
        own = ((counts @ metric) * counts).sum(axis=1) / per_unit
        within = weights @ own
        between = ((totals @ metric) * totals).sum(axis=1)
    return within / n, between / (n * (n - 1))


def _ordinal_pair(totals: Floats, counts: Floats, share: Floats) -> tuple[float, float]:
    """Take the metric of these totals: ratings between two values, ends half."""
    middle = totals.cumsum() - totals / 2
    metric = (middle[:, None] - middle) ** 2
    within = share @ ((counts @ metric) * counts).sum(axis=1)
    return float(within), float(totals @ metric @ totals)


def _metric(values: Floats, level: Level) -> Floats:
    gap = values[:, None] - values
    if level == "nominal":
        is_other: Floats = (gap != 0).astype(np.float64)
        return is_other
    if level == "interval":
        squares: Floats = gap**2
        return squares
    if level == "ratio":
        total = values[:, None] + values
        found: Floats = (gap / np.where(total > 0, total, 1.0)) ** 2
        return found
    raise DataError(
        f"level: {level!r} is none of 'nominal', 'ordinal', 'interval', 'ratio'"
    )
