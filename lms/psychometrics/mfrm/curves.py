"""Chances of the categories, for rows of ability minus severity."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from lms.psychometrics.arrays import Floats

# Real for abilities, complex on the way around the origin (see `integrals`).
Numbers = NDArray[Any]


def category_chances(logits: Floats, eta: Numbers) -> tuple[Numbers, Numbers]:
    """Return the logarithm of the normaliser, and the chances.

    Parameters
    ----------
    logits : ndarray, shape (m, K)
    eta : ndarray, shape (m,) or (m, q)
        Ability minus severity.

    Returns
    -------
    log_norm : ndarray, shape of `eta`
    chances : ndarray, shape of `eta` with a last axis (K,)
    """
    steps = np.arange(logits.shape[1])
    own = logits if eta.ndim == 1 else logits[:, None, :]
    exponent = eta[..., None] * steps + own
    top = exponent.real.max(axis=-1)
    terms = np.exp(exponent - top[..., None])
    norm = terms.sum(axis=-1)
    return np.log(norm) + top, terms / norm[..., None]


def cumulants(chances: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mean, variance, third and fourth cumulant of the scores."""
    steps = np.arange(chances.shape[-1])
    mean = chances @ steps
    off = steps - mean[..., None]
    variance, third, fourth = ((chances * off**n).sum(axis=-1) for n in (2, 3, 4))
    return mean, variance, third, fourth - 3 * variance**2


def spread_of_categories(chances: Numbers, weights: Numbers) -> Floats:
    """Return the summed covariances of the categories, shape (m, K, K).

    Parameters
    ----------
    chances : ndarray, shape (m, q, K)
    weights : ndarray, shape (m, q)
    """
    weighted = chances * weights[..., None]
    found = -(weighted.transpose(0, 2, 1) @ chances).real
    steps = np.arange(chances.shape[-1])
    found[:, steps, steps] += weighted.sum(axis=1).real
    return np.asarray(found, dtype=np.float64)


def information_of_cells(features: list[csr_array], spread: Floats) -> Floats:
    """Return the information of all parameters from the covariances of cells."""
    size = features[0].shape[1]
    found = np.zeros((size, size))
    for k, left in enumerate(features):
        inner = sum(
            right.multiply(spread[:, k, m][:, None]) for m, right in enumerate(features)
        )
        found += (left.T @ csr_array(inner)).toarray()
    return found
