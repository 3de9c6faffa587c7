"""Beta distributions with limits of their own, fitted to moments."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv

from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError


@dataclass(frozen=True, slots=True)
class BetaDistribution:
    """Beta distribution between two limits."""

    alpha: float
    beta: float
    lower: float = 0.0
    upper: float = 1.0

    def cdf(self, x: Floats) -> Floats:
        """Return the chance of no more than `x`."""
        z = np.clip((x - self.lower) / (self.upper - self.lower), 0.0, 1.0)
        found: Floats = betainc(self.alpha, self.beta, z)
        return found

    def quantile(self, chance: Floats) -> Floats:
        """Return the value below which the chance lies."""
        z = betaincinv(self.alpha, self.beta, np.clip(chance, 0.0, 1.0))
        found: Floats = self.lower + (self.upper - self.lower) * z
        return found


def fit_beta(raw: Floats, n_parameters: int) -> tuple[BetaDistribution, str | None]:
    """Fit to moments about 0, four parameters if they stay within 0 to 1.

    Parameters
    ----------
    raw : ndarray, shape (4,)
        Means of x, x^2, x^3 and x^4.

    Returns
    -------
    distribution : BetaDistribution
    fallback : str or None
        Why only 2 parameters were fitted where 4 were asked for.

    Raises
    ------
    DataError
        No beta distribution has this mean and variance.

    Examples
    --------
    >>> fit_beta(np.array([1 / 2, 1 / 3, 1 / 4, 1 / 5]), 2)[0].alpha.__round__(6)
    1.0
    """
    mean, variance = float(raw[0]), float(raw[1] - raw[0] ** 2)
    if not 0 < variance < mean * (1 - mean):
        raise DataError(
            f"scores: no beta distribution has mean {mean:.3g} and variance "
            f"{variance:.3g}; are reliability and limits right?"
        )
    fallback = None
    if n_parameters == 4:
        found, fallback = _fit_four(raw)
        if found is not None:
            return found, None
    total = mean * (1 - mean) / variance - 1
    return BetaDistribution(mean * total, (1 - mean) * total), fallback


def _fit_four(raw: Floats) -> tuple[BetaDistribution | None, str]:
    """Match mean, variance, skewness and kurtosis (Hanson 1991)."""
    if not np.isfinite(raw).all():
        return None, "the effective test is too short for four moments"
    mean = raw[0]
    variance = raw[1] - mean**2
    third = raw[2] - 3 * mean * raw[1] + 2 * mean**3
    fourth = raw[3] - 4 * mean * raw[2] + 6 * mean**2 * raw[1] - 3 * mean**4
    skew, kurtosis = third / variance**1.5, fourth / variance**2
    below = 6 + 3 * skew**2 - 2 * kurtosis
    size = 6 * (kurtosis - skew**2 - 1) / below if below > 1e-9 else -1.0
    if size <= 0:
        return None, "no four-parameter beta distribution has these moments"
    inner = (size + 2) * (size + 3) * kurtosis - 3 * (size - 6) * (size + 1)
    root = 1 - 24 * (size + 1) / inner if inner > 0 else -1.0
    # A symmetric distribution has 0 here, but for rounding.
    if root < -1e-6:
        return None, "no four-parameter beta distribution has these moments"
    apart = np.sqrt(max(root, 0.0)) * (1 if skew < 0 else -1)
    alpha, beta = size / 2 * (1 + apart), size / 2 * (1 - apart)
    if min(alpha, beta) <= 0:
        return None, "no four-parameter beta distribution has these moments"
    lower = mean - np.sqrt(variance * alpha * (size + 1) / beta)
    upper = mean + np.sqrt(variance * beta * (size + 1) / alpha)
    if lower < -1e-9 or upper > 1 + 1e-9:
        return None, f"the limits {lower:.3f} and {upper:.3f} leave 0 to 1"
    held = float(alpha), float(beta), max(float(lower), 0.0), min(float(upper), 1.0)
    return BetaDistribution(*held), ""
