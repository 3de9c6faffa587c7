"""Posterior of each person on a grid, from answers to a bank with known parameters."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_codes
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.coding import CodedResponses, code_responses, read_for_bank
from lms.psychometrics.irt.curves import Coefficients, log_probabilities
from lms.psychometrics.irt.precision import theta_slopes

# Of a normal density this far from its mean 2e-9 is left out.
SPAN = 6.0
# On an even grid, sums are exact to 1e-8 where the gap is at most the posterior's
# standard deviation (Trefethen & Weideman, 2014, SIAM Review 56(3), 385-458).
_GAP = 1.0
_MOST_NODES = 2001

Prior = float | ArrayLike | Mapping[object, float]


def read_prior(
    mean: Prior, sd: Prior, group: ArrayLike | None, n_persons: int
) -> tuple[Floats, Floats, tuple[object, ...]]:
    """Return the prior of each person, and the labels of the groups.

    Parameters
    ----------
    mean, sd : float, array_like, or mapping
        For all; for each group, in the order of their sorted labels; or by label.
    """
    if group is None:
        labels: tuple[object, ...] = ()
        codes = np.zeros(n_persons, dtype=np.int64)
    else:
        labels, codes = as_codes(group, "group", size=n_persons)
    means = _by_group(mean, "mean", labels)[codes]
    sds = _by_group(sd, "sd", labels)[codes]
    if not (sds > 0).all():
        raise DataError(f"sd: a prior's standard deviation is {sds.min():g}")
    return means, sds, labels


def _by_group(values: Prior, name: str, labels: tuple[object, ...]) -> Floats:
    n_groups = max(len(labels), 1)
    if isinstance(values, Mapping):
        missing = [label for label in labels if label not in values]
        if missing or not labels:
            raise DataError(f"{name}: none for group {missing or None}")
        values = [values[label] for label in labels]
    found = np.asarray(values, dtype=np.float64)
    if found.ndim == 0 or found.shape == (1,):
        found = np.full(n_groups, float(found.reshape(-1)[0]))
    if found.shape != (n_groups,) or not np.isfinite(found).all():
        raise DataError(f"{name}: need {n_groups} finite values, got {values!r}")
    return found


def grid_for(
    items: Coefficients, mean: Floats, sd: Floats, nodes: int, *, gap: float = _GAP
) -> Floats:
    """Return a grid of at least `nodes` that no posterior slips through.

    The posterior is narrowest where everybody saw every item, at the most informative
    point: there the gap is at most `gap` of its standard deviation.
    """
    low, high = (mean - SPAN * sd).min(), (mean + SPAN * sd).max()
    coarse = np.linspace(low, high, 61)
    chances = np.exp(log_probabilities(items, coarse))
    first, _ = theta_slopes(items, chances)
    most = (chances * first**2).sum(axis=(0, 1)).max()
    narrowest = 1 / np.sqrt(most + 1 / sd.min() ** 2)
    wanted = int(np.ceil((high - low) / (gap * narrowest))) + 1
    return np.linspace(low, high, max(nodes, min(wanted, _MOST_NODES)))


def log_posteriors(
    coded: CodedResponses, logs: Floats, theta: Floats, *, mean: Floats, sd: Floats
) -> Floats:
    """Return the logarithm of each pattern's density, 0 where it is highest, (m, q).

    Parameters
    ----------
    logs : ndarray, shape (J, K, q)
        Log-probabilities of the categories on the grid `theta`.
    """
    total = coded.log_likelihood(logs)
    total -= ((theta - mean[:, None]) / sd[:, None]) ** 2 / 2
    total -= total.max(axis=1, keepdims=True)
    return total


def posterior(
    responses: ArrayLike,
    items: ItemBank,
    *,
    mean: float = 0.0,
    sd: float = 1.0,
    nodes: int = 121,
) -> tuple[Floats, Floats]:
    """Return the posterior density of each person on a grid.

    Parameters
    ----------
    responses : array_like, shape (n, J)
        Categories from 0; NaN is not seen.
    mean, sd : float
        Normal prior.
    nodes : int
        Points of the even grid, six standard deviations to either side of the mean.

    Returns
    -------
    theta : ndarray, shape (nodes,)
    density : ndarray, shape (n, nodes)
        Each row sums to one over the gap: ``density.sum() * gap == 1``.

    Examples
    --------
    >>> bank = ItemBank("Rasch", b=[0.0, 0.5])
    >>> theta, density = posterior([[1, 0]], bank, nodes=121)
    >>> round(float(density.sum() * (theta[1] - theta[0])), 12)
    1.0
    """
    table = read_for_bank(responses, items)
    if nodes < 3:
        raise DataError(f"nodes: need at least 3, got {nodes}")
    means, sds, _ = read_prior(mean, sd, None, 1)
    theta = np.linspace(means[0] - SPAN * sds[0], means[0] + SPAN * sds[0], nodes)
    coded = code_responses(table, items.n_categories)
    curves = log_probabilities(items.coefficients(), theta)
    density = np.exp(log_posteriors(coded, curves, theta, mean=means, sd=sds))
    density /= density.sum(axis=1, keepdims=True) * (theta[1] - theta[0])
    return theta, density[coded.pattern_of]
