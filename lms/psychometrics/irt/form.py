"""What a calibration may move: free and fixed parameters of items and groups."""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Flags, Floats, Ints
from lms.psychometrics.irt.curves import Coefficients

# Narrower than this a population is a point, and its quadrature means nothing.
_LEAST_SD = 0.01
# Steeper than this an item is a step; larger slopes tell nothing apart.
STEEPEST = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where a calibration stands: items, and the normal distribution of each group."""

    items: Coefficients
    mean: Floats
    sd: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """Which parameters are free.

    Attributes
    ----------
    models : tuple of str
    n_categories : ndarray of int, shape (J,)
    is_free : ndarray of bool, shape (J,)
        The item is calibrated; the others are anchors.
    has_slope : ndarray of bool, shape (J,)
        Its slope is free (shared ones too).
    is_shared : ndarray of bool, shape (J,)
        Its slope is the one that all items of the 1PL model share.
    has_prior : ndarray of bool, shape (J,)
    prior : tuple of float
        Mean and standard deviation of the logarithm of those slopes.
    free_mean, free_sd : ndarray of bool, shape (G,)
    """

    models: tuple[str, ...]
    n_categories: Ints
    is_free: Flags
    has_slope: Flags
    is_shared: Flags
    has_prior: Flags
    prior: tuple[float, float]
    free_mean: Flags
    free_sd: Flags

    def free_intercepts(self, items: Coefficients) -> Flags:
        """Return which intercepts are free, shape (J, M)."""
        return items.inside & self.is_free[:, None]

    def pack(self, state: State) -> Floats:
        """Return what is free as one vector (shared slopes once an item)."""
        items = state.items
        return np.concatenate(
            [
                items.slope[self.has_slope],
                items.intercepts[self.free_intercepts(items)],
                state.mean[self.free_mean],
                state.sd[self.free_sd],
            ]
        )

    def unpack(self, values: Floats, like: State) -> State:
        """Return the state in which what is free has these values."""
        items = like.items
        where = self.free_intercepts(items)
        sizes = [self.has_slope.sum(), where.sum(), self.free_mean.sum()]
        slopes, rest, means, sds = np.split(values, np.cumsum(sizes))
        slope, intercepts = items.slope.copy(), items.intercepts.copy()
        mean, sd = like.mean.copy(), like.sd.copy()
        slope[self.has_slope] = slopes
        intercepts[where] = rest
        mean[self.free_mean] = means
        sd[self.free_sd] = sds
        return State(Coefficients(items.is_graded, slope, intercepts), mean, sd)

    def is_allowed(self, state: State) -> bool:
        """Tell whether the model is defined there."""
        items = state.items
        below, above = items.intercepts[:, 1:], items.intercepts[:, :-1]
        is_disordered = np.isfinite(below) & (below >= above)
        return bool(
            (state.sd > _LEAST_SD).all()
            and (np.abs(items.slope) <= STEEPEST).all()
            and (items.slope[self.has_prior] > 0).all()
            and not is_disordered[items.is_graded].any()
        )

    def log_prior(self, slope: Floats) -> Floats:
        """Return the logarithm of the slopes' prior (without constants), shape (J,).

        Normal in the logarithm of the slope [1]_.

        References
        ----------
        .. [1] Mislevy, R. J. (1986). Bayes modal estimation in item response models.
           Psychometrika, 51(2), 177-195. doi:10.1007/BF02293979
        """
        total = np.zeros(slope.size)
        if self.has_prior.any():
            chosen = slope[self.has_prior]
            z = np.log(np.maximum(chosen, 1e-300)) - self.prior[0]
            inside = -(z**2) / (2 * self.prior[1] ** 2)
            total[self.has_prior] = np.where(chosen > 0, inside, -np.inf)
        return total

    def prior_slopes(self, slope: Floats) -> tuple[Floats, Floats]:
        """Return first and second derivative of `log_prior`, each of shape (J,)."""
        first, second = np.zeros(slope.size), np.zeros(slope.size)
        chosen, variance = slope[self.has_prior], self.prior[1] ** 2
        z = np.log(chosen) - self.prior[0]
        first[self.has_prior] = -z / (variance * chosen)
        second[self.has_prior] = (z - 1) / (variance * chosen**2)
        return first, second
