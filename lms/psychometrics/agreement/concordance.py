"""Whether raters put units into one order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc
from scipy.stats import rankdata

from lms.psychometrics.agreement.result import as_ratings
from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError
from lms.psychometrics.results import Result


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConcordanceResult(Result):
    """Kendall's coefficient of concordance.

    Attributes
    ----------
    value : float
        W: 1 is one and the same order, 0 no common order; NaN where undefined.
    chi2, df, p : float
        Test that there is no common order, for seven units or more.
    mean_rank : ndarray, shape (n_units,)
        Mean rank of each unit used, 1 the lowest rating.
    units : ndarray of int, shape (n_units,)
        Rows of the ratings that were used: those that all raters rated.
    n_units, n_raters : int
    reason : str or None
        Why the value is NaN.
    """

    value: float
    chi2: float
    df: int
    p: float
    mean_rank: Floats
    units: np.ndarray[tuple[int], np.dtype[np.int64]]
    n_units: int
    n_raters: int
    reason: str | None = None


def kendall_w(ratings: ArrayLike, *, ties: bool = True) -> ConcordanceResult:
    """Measure whether raters rank the units alike.

    ``W = 12 S / (m^2 (n^3 - n) - m T)``: S is the sum of squares of the rank sums
    about their mean, T sums ``t^3 - t`` over each rater's groups of t equal ratings
    [1]_. Only units that all raters rated are ranked.

    Parameters
    ----------
    ratings : array_like, shape (n_units, n_raters)
        Ranks or scores; NaN is missing.
    ties : bool
        Correct for ties (T); without it ties lower W.

    Returns
    -------
    ConcordanceResult
        NaN with a reason where no rater tells the units apart.

    Raises
    ------
    DataError
        Fewer than 2 raters, or fewer than 2 units that all of them rated.

    References
    ----------
    .. [1] Kendall, M. G., & Gibbons, J. D. (1990). Rank correlation methods (5th ed.,
       chapter 6). Edward Arnold.

    Examples
    --------
    >>> kendall_w([[1, 2, 1], [2, 1, 2], [3, 3, 3], [4, 4, 4]]).value.__round__(3)
    0.911
    """
    table = as_ratings(ratings)
    units = np.flatnonzero(~np.isnan(table).any(axis=1))
    n, m = units.size, table.shape[1]
    if n < 2:
        raise DataError(f"ratings: {n} unit(s) rated by all {m} raters; need 2 or more")
    ranks = rankdata(table[units], axis=0)
    sums = ranks.sum(axis=1)
    scatter = float(((sums - m * (n + 1) / 2) ** 2).sum())
    # A rater's ranks without ties scatter by (n^3 - n) / 12; ties take T / 12 off.
    full = n * (n**2 - 1.0)
    lost = m * full - 12 * float(((ranks - (n + 1) / 2) ** 2).sum())
    most = m**2 * full - (m * lost if ties else 0.0)
    reason = None if most > 1e-9 * full else "no rater tells the units apart"
    value = 12 * scatter / most if reason is None else float("nan")
    chi2 = m * (n - 1) * value
    return ConcordanceResult(
        value=value,
        chi2=chi2,
        df=n - 1,
        p=float(chdtrc(n - 1, chi2)) if reason is None else float("nan"),
        mean_rank=sums / m,
        units=units.astype(np.int64),
        n_units=int(n),
        n_raters=m,
        reason=reason,
    )
