"""The E-step: where each pattern may lie on the scale, and what is expected there."""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats
from lms.psychometrics.irt.coding import CodedResponses
from lms.psychometrics.irt.curves import log_probabilities
from lms.psychometrics.irt.form import State

# A grid that follows several groups far apart grows no larger than this many times.
_LARGEST_GRID = 4


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """Posterior of the patterns on a grid, and the counts that follow from it.

    Attributes
    ----------
    theta : ndarray, shape (q,)
    logs : ndarray, shape (J, K, q)
        Log-probabilities of the categories, by which it was made.
    posterior : ndarray, shape (m, q)
        Each row sums to the pattern's weight.
    log_likelihood : float
    """

    theta: Floats
    logs: Floats
    posterior: Floats
    log_likelihood: float


def make_grid(mean: Floats, sd: Floats, nodes: int, span: float) -> Floats:
    """Return evenly spaced nodes, `span` standard deviations about every group.

    On an even grid the sum over normal densities is exact to many digits as long as
    the gap is no more than about the narrowest posterior's standard deviation [1]_.

    References
    ----------
    .. [1] Trefethen, L. N., & Weideman, J. A. C. (2014). The exponentially convergent
       trapezoidal rule. SIAM Review, 56(3), 385-458. doi:10.1137/130932132
    """
    low, high = (mean - span * sd).min(), (mean + span * sd).max()
    gap = 2 * span * sd.min() / (nodes - 1)
    wanted = int(np.ceil((high - low) / gap - 1e-9)) + 1
    return np.linspace(low, high, min(wanted, _LARGEST_GRID * nodes))


def log_normal_weights(theta: Floats, mean: Floats, sd: Floats) -> Floats:
    """Return the logarithm of each group's weights on the grid, shape (G, q)."""
    z = (theta - mean[:, None]) / sd[:, None]
    logs = -(z**2) / 2
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    return logs


def expect(coded: CodedResponses, state: State, theta: Floats) -> Expectation:
    """Compute the posterior of every pattern (Bock & Aitkin, 1981)."""
    logs = log_probabilities(state.items, theta)
    weights = log_normal_weights(theta, state.mean, state.sd)
    total = coded.log_likelihood(logs)
    total += weights if weights.shape[0] == 1 else weights[coded.group]
    largest = total.max(axis=1, keepdims=True)
    total -= largest
    np.exp(total, out=total)
    sums = total.sum(axis=1, keepdims=True)
    log_likelihood = float(coded.weights @ (np.log(sums) + largest)[:, 0])
    total *= coded.weights[:, None] / sums
    return Expectation(theta, logs, total, log_likelihood)


def expected_counts(coded: CodedResponses, found: Expectation) -> Floats:
    """Return how often each category is expected at each node, shape (J, K, q)."""
    counts = np.zeros_like(found.logs)
    counts[coded.item_of, coded.category_of] = coded.indicator.T @ found.posterior
    if coded.seen is None:
        seen = found.posterior.sum(axis=0)[None]
    else:
        seen = coded.seen.T @ found.posterior
    counts[:, 0] = seen - counts[:, 1:].sum(axis=1)
    return counts
