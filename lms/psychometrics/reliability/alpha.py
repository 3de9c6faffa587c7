"""Cronbach's alpha with Feldt's interval, and what all coefficients report."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

from lms.psychometrics.arrays import Floats
from lms.psychometrics.intervals import NO_INTERVAL, Interval, as_confidence
from lms.psychometrics.reliability.covariance import as_item_scores, item_covariance
from lms.psychometrics.results import Result


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReliabilityResult(Result):
    """Share of a total's variance that is not error.

    Attributes
    ----------
    value : float
        At most 1; NaN where undefined. Alpha may be negative.
    ci : tuple of float
    method : str
        Coefficient, interval, and how missing answers were met.
    n_persons, n_items : int
        Persons with any answer.
    reason : str or None
        Why the value is NaN.
    details : mapping or None
        What a coefficient adds.
    """

    value: float
    ci: Interval
    method: str
    n_persons: int
    n_items: int
    reason: str | None = None
    details: Mapping[str, object] | None = None


def cronbach_alpha(
    x: ArrayLike, *, confidence_level: float = 0.95
) -> ReliabilityResult:
    """Return ``J / (J - 1) (1 - sum of item variances / variance of the total)`` [1]_.

    The interval is exact for normal scores with equal covariances [2]_. Where answers
    are missing, each covariance is over the persons who answered both items, and the
    interval counts the fewest persons of any pair.

    Parameters
    ----------
    x : array_like, shape (n_persons, n_items)
        Scores; NaN is missing.

    Returns
    -------
    ReliabilityResult
        NaN with a reason where the total does not vary.

    Raises
    ------
    DataError
        Fewer than 2 items or persons, or two items that nobody answered together.

    References
    ----------
    .. [1] Cronbach, L. J. (1951). Coefficient alpha and the internal structure of
       tests. Psychometrika, 16(3), 297-334. doi:10.1007/BF02310555
    .. [2] Feldt, L. S. (1965). The approximate sampling distribution of
       Kuder-Richardson reliability coefficient twenty. Psychometrika, 30(3), 357-370.
       doi:10.1007/BF02289499

    Examples
    --------
    >>> result = cronbach_alpha([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]])
    >>> round(result.value, 3)
    0.75
    """
    as_confidence(confidence_level)
    table = as_item_scores(x)
    found = item_covariance(table)
    found.require_pairs()
    method = "Cronbach's alpha, Feldt interval"
    if not found.is_complete:
        method += ", pairwise covariances"
    n_items = found.n_items
    value = float(alpha_of(found.values))
    reason = "the total does not vary" if np.isnan(value) else None
    df = float(found.pairs.min()) - 1
    return ReliabilityResult(
        value=value,
        ci=_feldt_interval(value, df, n_items, confidence_level),
        method=method,
        n_persons=table.shape[0],
        n_items=n_items,
        reason=reason,
    )


def alpha_of(covariance: Floats) -> float:
    """Return alpha of items with these covariances; NaN if their total cannot vary."""
    n_items = int(covariance.shape[0])
    own, total = float(np.trace(covariance)), float(covariance.sum())
    if n_items < 2 or total <= 1e-12 * own or own <= 0:
        return float("nan")
    return n_items / (n_items - 1) * (1 - own / total)


def _feldt_interval(
    value: float, df: float, n_items: int, confidence_level: float
) -> Interval:
    """Use that ``(1 - alpha) / (1 - estimate)`` follows F(n - 1, (n - 1)(J - 1))."""
    if np.isnan(value):
        return NO_INTERVAL
    tail = (1 - confidence_level) / 2
    below = df * (n_items - 1)
    return (
        1 - (1 - value) * float(fdtri(df, below, 1 - tail)),
        1 - (1 - value) * float(fdtri(df, below, tail)),
    )
