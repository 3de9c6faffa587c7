"""Confidence intervals that several statistics share."""

import numpy as np
from scipy.special import ndtri

from lms.psychometrics.errors import DataError

Interval = tuple[float, float]
NO_INTERVAL: Interval = (float("nan"), float("nan"))


def as_confidence(confidence_level: float) -> float:
    """Return the level, refused unless it lies strictly between 0 and 1."""
    if not 0 < confidence_level < 1:
        raise DataError(f"confidence_level: {confidence_level} is not between 0 and 1")
    return float(confidence_level)


def normal_interval(
    value: float,
    se: float,
    confidence_level: float,
    *,
    low: float = -np.inf,
    high: float = np.inf,
) -> Interval:
    """Return ``value -+ z se``, cut off at the limits of the scale.

    Examples
    --------
    >>> lower, upper = normal_interval(0.9, 0.1, 0.95, high=1.0)
    >>> round(lower, 3), upper
    (0.704, 1.0)
    """
    reach = float(ndtri((1 + as_confidence(confidence_level)) / 2)) * se
    if np.isnan(value) or np.isnan(reach):
        return NO_INTERVAL
    return max(value - reach, low), min(value + reach, high)
