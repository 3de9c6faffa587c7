"""Intraclass correlation: six forms, complete tables or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.agreement.mean_squares import MeanSquares, anova_interval
from lms.psychometrics.agreement.reml import RemlTable
from lms.psychometrics.agreement.result import as_ratings
from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import NO_INTERVAL, Interval, as_confidence
from lms.psychometrics.results import Result

Form = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
FORMS = ("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ICCResult(Result):
    """Share of the ratings' variance that the units make.

    Attributes
    ----------
    value : float
        NaN where undefined. Below 0 only by ANOVA.
    ci : tuple of float
    form : str
        "1": raters differ from unit to unit; "2": raters are a sample, absolute
        agreement; "3": these raters alone, consistency; "1" or "k" ratings averaged.
    method : str
        "ANOVA", or "REML" where cells are missing.
    statistic, df, p : float, tuple of float, float
        F test that units do not differ; NaN with REML.
    components : mapping of str to float
        Variances of "unit", "rater" and "residual"; NaN where a form does not split
        them.
    n_units, n_raters, n_ratings : int
    reason : str or None
        Why the value is NaN.
    """

    value: float
    ci: Interval
    form: str
    method: str
    statistic: float
    df: tuple[float, float]
    p: float
    components: Mapping[str, float]
    n_units: int
    n_raters: int
    n_ratings: int
    reason: str | None = None


def icc(
    ratings: ArrayLike, *, form: Form = "2,1", confidence_level: float = 0.95
) -> ICCResult:
    """Measure how well ratings tell the units apart.

    Complete tables: mean squares [1]_, intervals by F [2]_. Missing cells: variances
    that maximise the restricted likelihood (form 3 with fixed raters), which use every
    rating, also of units with one; the interval holds the values that the profile of
    that likelihood does not reject [3]_. Ratings must be missing for reasons that the
    ratings seen explain.

    Parameters
    ----------
    ratings : array_like, shape (n_units, n_raters)
        NaN is missing; units without ratings are left out.
    form : {"1,1", "2,1", "3,1", "1,k", "2,k", "3,k"}
        Names of [1]_; k is the number of columns.

    Raises
    ------
    DataError
        Unknown form, fewer than 2 units, a rater without ratings, or no unit with two.

    References
    ----------
    .. [1] Shrout, P. E., & Fleiss, J. L. (1979). Intraclass correlations: Uses in
       assessing rater reliability. Psychological Bulletin, 86(2), 420-428.
       doi:10.1037/0033-2909.86.2.420
    .. [2] McGraw, K. O., & Wong, S. P. (1996). Forming inferences about some intraclass
       correlation coefficients. Psychological Methods, 1(1), 30-46.
       doi:10.1037/1082-989X.1.1.30
    .. [3] Patterson, H. D., & Thompson, R. (1971). Recovery of inter-block information
       when block sizes are unequal. Biometrika, 58(3), 545-554.
       doi:10.1093/biomet/58.3.545

    Examples
    --------
    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6],
    ...          [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> [round(icc(table, form=form).value, 2) for form in ("1,1", "2,1", "3,1")]
    [0.17, 0.29, 0.71]
    """
    if form not in FORMS:
        raise DataError(f"form: {form!r} is none of {', '.join(FORMS)}")
    as_confidence(confidence_level)
    table = _read(ratings)
    centred = table - np.nanmean(table)
    scale = float(np.nanmax(np.abs(centred)))
    if scale <= 1e-12 * float(np.nanmax(np.abs(table))):
        return _undefined(table, form, "all ratings are equal")
    # Free of the ratings' unit, so that no tolerance depends on it.
    if np.isnan(table).any():
        return _by_reml(centred / scale, form, confidence_level, scale)
    return _by_anova(centred / scale, form, confidence_level, scale)


def _read(ratings: ArrayLike) -> Floats:
    table = as_ratings(ratings)
    is_seen = ~np.isnan(table)
    if not is_seen.any(axis=0).all():
        rater = int(np.flatnonzero(~is_seen.any(axis=0))[0])
        raise DataError(f"ratings: rater {rater} rated nothing; leave the column out")
    table = table[is_seen.any(axis=1)]
    if table.shape[0] < 2:
        raise DataError(f"ratings: {table.shape[0]} unit with ratings; need 2 or more")
    if (~np.isnan(table)).sum(axis=1).max() < 2:
        raise DataError("ratings: no unit has two ratings")
    return table


def _by_anova(
    table: Floats, form: str, confidence_level: float, scale: float
) -> ICCResult:
    squares = MeanSquares.of(table)
    single = squares.single(form[0])
    if np.isnan(single):
        return _undefined(table, form, "units and raters do not vary")
    ci = anova_interval(squares, form[0], confidence_level)
    statistic, df, p = squares.test(form[0])
    return _result(
        table,
        form,
        single,
        ci,
        method="ANOVA",
        statistic=statistic,
        df=df,
        p=p,
        components=_rescale(squares.components(form[0]), scale),
    )


def _by_reml(
    table: Floats, form: str, confidence_level: float, scale: float
) -> ICCResult:
    fit = RemlTable.of(table, form[0]).fit(confidence_level)
    return _result(
        table,
        form,
        fit.value,
        fit.ci,
        method="REML",
        components=_rescale(fit.components, scale),
    )


def _rescale(components: Mapping[str, float], scale: float) -> dict[str, float]:
    return {name: value * scale**2 for name, value in components.items()}


def _result(
    table: Floats,
    form: str,
    single: float,
    ci: Interval,
    *,
    method: str,
    components: Mapping[str, float],
    statistic: float = float("nan"),
    df: tuple[float, float] = (float("nan"), float("nan")),
    p: float = float("nan"),
    reason: str | None = None,
) -> ICCResult:
    n_units, n_raters = table.shape
    value = single
    if form[-1] == "k":
        value = _step_up(single, n_raters)
        ci = _step_up(ci[0], n_raters), _step_up(ci[1], n_raters)
        if np.isinf(value):
            value, ci = float("nan"), NO_INTERVAL
            reason = "the raters cancel out: the units' averages do not vary"
    return ICCResult(
        value=value,
        ci=ci,
        form=form,
        method=method,
        statistic=statistic,
        df=df,
        p=p,
        components=components,
        n_units=n_units,
        n_raters=n_raters,
        n_ratings=int((~np.isnan(table)).sum()),
        reason=reason,
    )


def _step_up(single: float, k: int) -> float:
    """Return what k ratings together reach (Spearman and Brown).

    For the bounds of McGraw and Wong this gives their own bounds of averages.
    """
    below = 1 + (k - 1) * single
    return -np.inf if below <= 1e-12 else k * single / below


def _undefined(table: Floats, form: str, reason: str) -> ICCResult:
    nan = float("nan")
    return _result(
        table,
        form,
        nan,
        NO_INTERVAL,
        method="REML" if np.isnan(table).any() else "ANOVA",
        components={"unit": nan, "rater": nan, "residual": nan},
        reason=reason,
    )
