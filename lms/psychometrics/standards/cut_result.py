"""What every way of setting a standard reports."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from lms.psychometrics.arrays import Flags, Floats
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import NO_INTERVAL, Interval, as_confidence
from lms.psychometrics.results import Result


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CutResult(Result):
    """A cut score with its error.

    Attributes
    ----------
    cut : float
        The least score that passes.
    se : float
        Standard error, over judges or persons as the method says; NaN if not known.
    ci : tuple of float
    method : str
    pass_rate : float
        Share of the scores given that reach the cut; NaN if none were given.
    details : mapping
        What a method adds.
    warnings : tuple of str
        Why to take the cut with care.
    """

    cut: float
    se: float
    ci: Interval
    method: str
    pass_rate: float
    details: Mapping[str, object]
    warnings: tuple[str, ...] = ()


def as_scores(score: ArrayLike, name: str = "score") -> Floats:
    """Read a vector of scores, NaN for persons without one.

    Raises
    ------
    DataError
        Not a vector of numbers, or an infinite score.
    """
    try:
        found = np.array(score, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: not numbers ({error})") from error
    if found.ndim != 1 or found.size == 0:
        raise DataError(f"{name}: need a vector, got shape {found.shape}")
    if np.isinf(found).any():
        raise DataError(f"{name}: person {int(np.argmax(np.isinf(found)))} is infinite")
    return found


def as_score_pairs(
    score: ArrayLike, other: ArrayLike, name: str
) -> tuple[Floats, Floats]:
    """Read scores and a second figure of the same persons; keep who has both.

    Raises
    ------
    DataError
        The lengths differ, or nobody has both.
    """
    scores, others = as_scores(score), as_scores(other, name)
    if scores.size != others.size:
        raise DataError(f"score, {name}: {scores.size} and {others.size} persons")
    is_known: Flags = ~(np.isnan(scores) | np.isnan(others))
    if not is_known.any():
        raise DataError(f"score, {name}: nobody has both")
    return scores[is_known], others[is_known]


def pass_rate_of(scores: Floats | None, cut: float) -> float:
    """Return the share of known scores that reach the cut."""
    if scores is None or np.isnan(scores).all():
        return float("nan")
    known = scores[~np.isnan(scores)]
    # A cut computed from scores may miss one of them by a rounding.
    return float((known >= cut - 1e-9 * max(1.0, abs(cut))).mean())


def t_interval(cut: float, se: float, df: float, confidence_level: float) -> Interval:
    """Return ``cut -+ t se``; NaN without degrees of freedom."""
    level = as_confidence(confidence_level)
    if not np.isfinite(se) or df < 1:
        return NO_INTERVAL
    reach = float(stdtrit(df, (1 + level) / 2)) * se
    return cut - reach, cut + reach
