"""Logistic regression test of DIF, uniform and non-uniform."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from lms.psychometrics.arrays import Flags, Floats
from lms.psychometrics.dif.groups import GroupedAnswers, read_groups
from lms.psychometrics.errors import DataError
from lms.psychometrics.logistic import LogisticFit, fit_logistic
from lms.psychometrics.results import Result

_DF = {"uniform": 1, "nonuniform": 1, "both": 2}
# Of the change in Nagelkerke's R squared (Jodoin & Gierl 2001).
_MODERATE, _LARGE = 0.035, 0.070


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LogisticDIFResult(Result):
    """Likelihood-ratio tests of `J` items; arrays of the shape (J,).

    Attributes
    ----------
    lr_uniform, p_uniform : ndarray
        Group added to the match, 1 degree of freedom.
    lr_nonuniform, p_nonuniform : ndarray
        Their product added to both, 1 degree of freedom.
    lr_total, p_total : ndarray
        Both added to the match, 2 degrees of freedom.
    dr2 : ndarray
        Change in Nagelkerke's R squared by what `kind` tests.
    p_adjusted : ndarray
        p of what `kind` tests, so that of the items it calls unfair no more than that
        share are fair, on average.
    effect : tuple of str
        "A" negligible or not significant (0.05, adjusted), "B" moderate, "C" large; ""
        where it cannot be told.
    coefficients, se : ndarray, shape (J, 4)
        Constant, match, focal group, product. A negative group coefficient: harder for
        the focal group. The match counts from its mean.
    separated : ndarray of bool
        Coefficients run off without end and mean nothing; the tests hold.
    n_reference, n_focal : int
    kind, method : str
    """

    lr_uniform: Floats
    p_uniform: Floats
    lr_nonuniform: Floats
    p_nonuniform: Floats
    lr_total: Floats
    p_total: Floats
    dr2: Floats
    p_adjusted: Floats
    effect: tuple[str, ...]
    coefficients: Floats
    se: Floats
    separated: Flags
    n_reference: int
    n_focal: int
    kind: str
    method: str


def logistic_dif(
    responses: ArrayLike,
    group: ArrayLike,
    *,
    focal: Any,
    match: ArrayLike | None = None,
    kind: Literal["both", "uniform", "nonuniform"] = "both",
) -> LogisticDIFResult:
    """Test whether the group says more of an answer than the total does [1]_.

    p-values of all items are adjusted together by Benjamini and Hochberg [2]_; the size
    is judged by the change in Nagelkerke's R squared [3]_.

    Parameters
    ----------
    responses : array_like, shape (n_persons, n_items)
        0 and 1; NaN is missing, and needs `match`.
    group, focal
        As for `mantel_haenszel_dif`.
    match : array_like, shape (n_persons,), optional
        What to match on instead of the sum (which holds the item itself).
    kind : {"both", "uniform", "nonuniform"}
        What `dr2`, `p_adjusted` and `effect` are of.

    Returns
    -------
    LogisticDIFResult
        NaN for an item that all answered alike.

    Raises
    ------
    DataError
        As `mantel_haenszel_dif`; an unknown kind; a match that does not vary.

    References
    ----------
    .. [1] Swaminathan, H., & Rogers, H. J. (1990). Detecting differential item
       functioning using logistic regression procedures. Journal of Educational
       Measurement, 27(4), 361-370. doi:10.1111/j.1745-3984.1990.tb00754.x
    .. [2] Benjamini, Y., & Hochberg, Y. (1995). Controlling the false discovery rate.
       Journal of the Royal Statistical Society B, 57(1), 289-300.
       doi:10.1111/j.2517-6161.1995.tb02031.x
    .. [3] Jodoin, M. G., & Gierl, M. J. (2001). Evaluating type I error and power rates
       using an effect size measure with the logistic regression procedure for DIF
       detection. Applied Measurement in Education, 14(4), 329-349.
       doi:10.1207/S15324818AME1404_2

    Examples
    --------
    >>> x = [[1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 1, 0], [0, 1, 0], [0, 0, 1]] * 20
    >>> found = logistic_dif(x, ["r", "r", "r", "f", "f", "f"] * 20, focal="f")
    >>> found.effect[0], bool(found.coefficients[0, 2] < 0)
    ('C', True)
    """
    if kind not in _DF:
        raise DataError(f"kind: {kind!r} is none of {', '.join(_DF)}")
    data = read_groups(responses, group, focal, match)
    if np.ptp(data.total) == 0:
        raise DataError("match: all persons have the same")
    fits = _fit_items(data)
    chosen = {"uniform": (0, 1), "nonuniform": (1, 2), "both": (0, 2)}[kind]
    likelihood = np.array([[fit.log_likelihood for fit in row] for row in fits])
    n_seen, shares = _shares(data.answers)
    is_known = (shares > 0) & (shares < 1)
    likelihood[~is_known] = np.nan
    shift, crossing, both = (
        _test(likelihood, first, last) for first, last in ((0, 1), (1, 2), (0, 2))
    )
    p = _test(likelihood, *chosen)[1]
    dr2 = _r_squared(likelihood[:, chosen[1]], n_seen, shares) - _r_squared(
        likelihood[:, chosen[0]], n_seen, shares
    )
    adjusted = _adjust(p)
    full = [row[2] for row in fits]
    errors = [np.sqrt(np.maximum(np.diagonal(fit.covariance), 0.0)) for fit in full]
    n_focal = int(data.is_focal.sum())
    return LogisticDIFResult(
        lr_uniform=shift[0],
        p_uniform=shift[1],
        lr_nonuniform=crossing[0],
        p_nonuniform=crossing[1],
        lr_total=both[0],
        p_total=both[1],
        dr2=dr2,
        p_adjusted=adjusted,
        effect=_name_effects(dr2, adjusted),
        coefficients=np.array([fit.coefficients for fit in full]),
        se=np.array(errors),
        separated=np.array([fit.is_separated for fit in full]),
        n_reference=data.is_focal.size - n_focal,
        n_focal=n_focal,
        kind=kind,
        method=f"logistic regression, {kind}, reference: {data.reference}",
    )


def _fit_items(data: GroupedAnswers) -> list[tuple[LogisticFit, ...]]:
    """Fit match; match and group; and their product, to counts of equal persons."""
    total = data.total
    cells, place = np.unique(
        np.column_stack([total, data.is_focal]), axis=0, return_inverse=True
    )
    place = place.reshape(-1)
    successes = np.zeros((cells.shape[0], data.answers.shape[1]))
    trials = np.zeros_like(successes)
    np.add.at(successes, place, np.nan_to_num(data.answers))
    np.add.at(trials, place, (~np.isnan(data.answers)).astype(np.float64))
    level, focal = cells[:, 0] - total.mean(), cells[:, 1]
    design = np.column_stack([np.ones_like(level), level, focal, level * focal])
    return [
        tuple(
            fit_logistic(design[:, :width], successes[:, item], trials[:, item])
            for width in (2, 3, 4)
        )
        for item in range(successes.shape[1])
    ]


def _shares(answers: Floats) -> tuple[Floats, Floats]:
    n_seen = (~np.isnan(answers)).sum(axis=0).astype(np.float64)
    return n_seen, np.nan_to_num(answers).sum(axis=0) / np.maximum(n_seen, 1)


def _test(likelihood: Floats, first: int, last: int) -> tuple[Floats, Floats]:
    ratio = np.maximum(2 * (likelihood[:, last] - likelihood[:, first]), 0.0)
    p = np.where(np.isnan(ratio), np.nan, chdtrc(last - first, np.nan_to_num(ratio)))
    return ratio, p


def _r_squared(likelihood: Floats, n: Floats, shares: Floats) -> Floats:
    """Return Nagelkerke's R squared; NaN for an item that all answered alike."""
    is_known = ~np.isnan(likelihood)
    p = np.where(is_known, shares, 0.5)
    size = np.maximum(n, 1.0)
    # Mean log-likelihood of the constant alone.
    null = p * np.log(p) + (1 - p) * np.log(1 - p)
    gain = 1 - np.exp(2 * (null - np.nan_to_num(likelihood) / size))
    return np.where(is_known, gain / (1 - np.exp(2 * null)), np.nan)


def _adjust(p: Floats) -> Floats:
    """Adjust by Benjamini and Hochberg; what is NaN does not count."""
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(-p[known])]
    ranks = np.arange(known.size, 0, -1.0)
    adjusted = np.full(p.size, np.nan)
    adjusted[order] = np.minimum.accumulate(p[order] * known.size / ranks)
    return adjusted


def _name_effects(dr2: Floats, adjusted: Floats) -> tuple[str, ...]:
    names = np.where(dr2 >= _LARGE, "C", np.where(dr2 >= _MODERATE, "B", "A"))
    names = np.where(adjusted < 0.05, names, "A")
    return tuple(np.where(np.isnan(adjusted), "", names).tolist())
