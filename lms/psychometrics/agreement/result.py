"""What measures of agreement report, and how ratings are read."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_table
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import NO_INTERVAL, Interval
from lms.psychometrics.results import Result


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AgreementResult(Result):
    """Agreement beyond chance.

    Attributes
    ----------
    value : float
        1 is perfect agreement, 0 what chance would give; NaN where undefined.
    se : float
        Standard error over units; NaN where it is not known.
    ci : tuple of float
    observed, expected : float
        Agreement found and by chance, 0 to 1; for Krippendorff's alpha the
        disagreement, in squared units of its metric.
    n : int
        Units that count: those with two ratings or more.
    method : str
    reason : str or None
        Why the value is NaN.
    details : mapping or None
        What a method adds.
    """

    value: float
    se: float
    ci: Interval
    observed: float
    expected: float
    n: int
    method: str
    reason: str | None = None
    details: Mapping[str, object] | None = None


def undefined(method: str, reason: str, n: int, observed: float) -> AgreementResult:
    """Return the result of a statistic that these data leave undefined."""
    nan = float("nan")
    return AgreementResult(nan, nan, NO_INTERVAL, observed, nan, n, method, reason)


def as_ratings(ratings: ArrayLike, *, min_raters: int = 2) -> Floats:
    """Read ratings, a row for each unit and a column for each rater; NaN is missing.

    Raises
    ------
    DataError
        Not a table of numbers, or too few raters.
    """
    table = as_table(ratings, "ratings", rows="unit", columns="rater")
    if table.shape[1] < min_raters:
        raise DataError(
            f"ratings: {table.shape[1]} rater; need {min_raters} columns or more "
            "(a row for each unit, a column for each rater)"
        )
    return table


def count_values(table: Floats) -> tuple[Floats, Floats]:
    """Return the values seen and how often each unit got them, (K,) and (n, K)."""
    values = np.unique(table[~np.isnan(table)])
    places = np.searchsorted(values, table)
    rows, columns = np.nonzero(~np.isnan(table))
    counts = np.zeros((table.shape[0], values.size))
    np.add.at(counts, (rows, places[rows, columns]), 1.0)
    return values, counts
