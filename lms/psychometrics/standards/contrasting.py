"""Cuts from persons known to be competent and persons known not to be."""

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError, NoSolutionError
from lms.psychometrics.intervals import normal_interval
from lms.psychometrics.logistic import fit_logistic
from lms.psychometrics.standards.cut_result import (
    CutResult,
    as_score_pairs,
    pass_rate_of,
)


def contrasting_groups(
    score: ArrayLike, passed: ArrayLike, *, confidence_level: float = 0.95
) -> CutResult:
    """Find the score at which a person is as likely competent as not [1]_.

    By logistic regression of the judgement on the score; the error of the cut by the
    delta method. Where the groups do not overlap, any score between them would do: the
    cut is half-way, without an error.

    Parameters
    ----------
    score : array_like, shape (n,)
    passed : array_like of bool, shape (n,)
        Judged competent, apart from the score.

    Returns
    -------
    CutResult
        In `details`: `slope`, `n_passed`, `n_failed`, `false_positive` and
        `false_negative` (shares of all persons, at the cut), `cut_equal_groups` (the
        cut if both groups were equally large).

    Raises
    ------
    NoSolutionError
        Those judged competent do not score higher, or one group is empty.
    DataError
        `passed` has other values than 0 and 1.

    References
    ----------
    .. [1] Livingston, S. A., & Zieky, M. J. (1982). Passing scores: A manual for
       setting standards of performance on educational and occupational tests.
       Educational Testing Service.

    Examples
    --------
    >>> result = contrasting_groups(
    ...     [40, 45, 50, 55, 50, 55, 60, 65], [0, 0, 0, 0, 1, 1, 1, 1]
    ... )
    >>> round(result.cut, 2)
    52.5
    """
    scores, judged = as_score_pairs(score, passed, "passed")
    if not np.isin(judged, (0, 1)).all():
        raise DataError("passed: need only yes and no (1 and 0)")
    high, low = scores[judged == 1], scores[judged == 0]
    if high.size == 0 or low.size == 0:
        word = "competent" if high.size == 0 else "not competent"
        raise NoSolutionError(f"passed: nobody is judged {word}")
    if high.mean() <= low.mean():
        raise NoSolutionError(
            f"those judged competent score {high.mean():g} on average, the others "
            f"{low.mean():g}: no cut tells them apart"
        )
    is_apart = bool(high.min() >= low.max())
    cut, se, slope = (
        (float(high.min() + low.max()) / 2, float("nan"), float("inf"))
        if is_apart
        else _by_regression(scores, judged)
    )
    shift = np.log(high.size / low.size) / slope
    apart = f"no overlap: any cut from {low.max():g} to {high.min():g} would do"
    return CutResult(
        cut=cut,
        se=se,
        ci=normal_interval(cut, se, confidence_level),
        method="contrasting groups, logistic regression",
        pass_rate=pass_rate_of(scores, cut),
        details={
            "slope": slope,
            "n_passed": high.size,
            "n_failed": low.size,
            "false_positive": pass_rate_of(low, cut) * low.size / scores.size,
            "false_negative": (1 - pass_rate_of(high, cut)) * high.size / scores.size,
            "cut_equal_groups": cut + shift,
        },
        warnings=(apart,) if is_apart else (),
    )


def _by_regression(scores: Floats, judged: Floats) -> tuple[float, float, float]:
    """Return the cut, its error and the slope."""
    centre = scores.mean()
    design = np.column_stack([np.ones(scores.size), scores - centre])
    fit = fit_logistic(design, judged, np.ones(scores.size))
    constant, slope = fit.coefficients
    off = -constant / slope
    gradient = np.array([1.0, off]) / slope
    variance = float(gradient @ fit.covariance @ gradient)
    return float(centre + off), float(np.sqrt(variance)), float(slope)
