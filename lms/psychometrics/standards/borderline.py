"""Cuts from persons who were judged as a whole to be borderline."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc

from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError, NoSolutionError
from lms.psychometrics.standards.cut_result import (
    CutResult,
    as_score_pairs,
    pass_rate_of,
    t_interval,
)

# Fewer persons of the borderline grade than this do not carry a cut alone.
_FEW = 10


def borderline_regression(
    score: ArrayLike,
    global_rating: ArrayLike,
    *,
    borderline: float,
    degree: int = 1,
    confidence_level: float = 0.95,
) -> CutResult:
    """Predict the score of a borderline performance from all performances [1]_.

    The error is that of the regression's mean at the borderline grade.

    Parameters
    ----------
    score, global_rating : array_like, shape (n,)
        Points, and the judge's overall grade as a number; a person with a missing one
        is left out.
    borderline : float
        The grade that is borderline.
    degree : int
        Of the polynomial.

    Returns
    -------
    CutResult
        In `details`: `coefficients` (constant first, powers of the grade less
        `borderline`), `r2`, `rmse`, `n`, `n_borderline`.

    Raises
    ------
    DataError
        Too few persons or different grades for the degree.

    References
    ----------
    .. [1] Wood, T. J., Humphrey-Murto, S. M., & Norman, G. R. (2006). Standard setting
       in a small scale OSCE: A comparison of the modified borderline-group method and
       the borderline regression method. Advances in Health Sciences Education, 11(2),
       115-122. doi:10.1007/s10459-005-7853-1

    Examples
    --------
    >>> result = borderline_regression(
    ...     [40, 50, 55, 60, 72, 80], [1, 2, 2, 3, 4, 5], borderline=2
    ... )
    >>> round(result.cut, 1), len(result.warnings)
    (51.3, 1)
    """
    scores, grades = as_score_pairs(score, global_rating, "global_rating")
    if degree < 1:
        raise DataError(f"degree: {degree}; need 1 or more")
    n_grades, n = np.unique(grades).size, scores.size
    if n_grades <= degree or n < degree + 2:
        raise DataError(
            f"global_rating: {n_grades} different grade(s) of {n} persons do not "
            f"bear a polynomial of degree {degree}"
        )
    # About the borderline grade, so that the constant is the cut.
    design = np.vander(grades - borderline, degree + 1, increasing=True)
    q, r = np.linalg.qr(design)
    coefficients = np.linalg.solve(r, q.T @ scores)
    residuals = scores - design @ coefficients
    df = n - degree - 1
    variance = float(residuals @ residuals) / df
    cut = float(coefficients[0])
    se = float(np.sqrt(variance) * np.linalg.norm(np.linalg.inv(r)[0]))
    total = float(((scores - scores.mean()) ** 2).sum())
    r2 = 1 - variance * df / total if total > 0 else float("nan")
    return CutResult(
        cut=cut,
        se=se,
        ci=t_interval(cut, se, df, confidence_level),
        method=f"borderline regression, degree {degree}",
        pass_rate=pass_rate_of(scores, cut),
        details={
            "coefficients": coefficients,
            "r2": r2,
            "rmse": float(np.sqrt(variance)),
            "n": n,
            "n_borderline": int((grades == borderline).sum()),
        },
        warnings=_warn(grades, borderline, float(coefficients[1])),
    )


def _warn(grades: Floats, borderline: float, slope: float) -> tuple[str, ...]:
    found = []
    count = int((grades == borderline).sum())
    if not grades.min() <= borderline <= grades.max():
        found.append("the borderline grade lies outside all grades: extrapolated")
    elif count < _FEW:
        found.append(f"{count} persons have the borderline grade, fewer than {_FEW}")
    if slope <= 0:
        found.append("scores do not rise with the grade")
    return tuple(found)


def borderline_group(
    score: ArrayLike,
    global_rating: ArrayLike,
    *,
    borderline: float,
    statistic: Literal["median", "mean"] = "median",
    confidence_level: float = 0.95,
) -> CutResult:
    """Take the middle score of those who were judged borderline [1]_.

    The error is over persons; that of the median by Maritz and Jarrett [2]_.

    Parameters
    ----------
    score, global_rating, borderline
        As for `borderline_regression`.

    Returns
    -------
    CutResult
        In `details`: `n`, `n_borderline`, `sd` of the borderline scores.

    Raises
    ------
    NoSolutionError
        Nobody is borderline.

    References
    ----------
    .. [1] Livingston, S. A., & Zieky, M. J. (1982). Passing scores: A manual for
       setting standards of performance on educational and occupational tests.
       Educational Testing Service.
    .. [2] Maritz, J. S., & Jarrett, R. G. (1978). A note on estimating the variance of
       the sample median. Journal of the American Statistical Association, 73(361),
       194-196. doi:10.1080/01621459.1978.10480027

    Examples
    --------
    >>> borderline_group([40, 50, 56, 60], [1, 2, 2, 3], borderline=2).cut
    53.0
    """
    scores, grades = as_score_pairs(score, global_rating, "global_rating")
    own = np.sort(scores[grades == borderline])
    n = own.size
    if n == 0:
        raise NoSolutionError(
            f"nobody has the grade {borderline:g}; borderline_regression uses them all"
        )
    if statistic not in {"median", "mean"}:
        raise DataError(f"statistic: {statistic!r} is neither 'median' nor 'mean'")
    is_median = statistic == "median"
    cut = float(np.median(own)) if is_median else float(own.mean())
    sd = float(own.std(ddof=1)) if n > 1 else float("nan")
    se = (_error_of_median(own) if is_median else sd / np.sqrt(n)) if n > 1 else sd
    few = f"{n} persons have the borderline grade, fewer than {_FEW}"
    return CutResult(
        cut=cut,
        se=float(se),
        ci=t_interval(cut, float(se), n - 1, confidence_level),
        method=f"borderline group, {statistic}",
        pass_rate=pass_rate_of(scores, cut),
        details={"n": scores.size, "n_borderline": n, "sd": sd},
        warnings=(few,) if n < _FEW else (),
    )


def _error_of_median(ordered: Floats) -> float:
    """Weigh the ordered scores by how likely each is the median of a new sample."""
    n = ordered.size
    middle = (n + 1) / 2
    weights = np.diff(betainc(middle, middle, np.linspace(0, 1, n + 1)))
    mean = float(weights @ ordered)
    return float(np.sqrt(max(float(weights @ (ordered - mean) ** 2), 0.0)))
