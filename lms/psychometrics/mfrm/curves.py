"""Chances of the categories, for rows of ability minus severity."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lms.psychometrics.arrays import Floats, Ints

# Real for abilities, complex on the way around the origin (see `integrals`).
Numbers = NDArray[Any]
_LEAST_NORM = 1e-12


def sums(codes: Ints, values: Floats, size: int) -> Floats:
    """Return the sum of the values of each code from 0 to ``size - 1``."""
    return np.bincount(codes, values, minlength=size).astype(np.float64)


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
    # Off the real line it may come to zero by chance; nothing then depends on it.
    norm = np.where(np.abs(norm) < _LEAST_NORM, _LEAST_NORM, norm)
    return np.log(norm) + top, terms / norm[..., None]


def cumulants(chances: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mean, variance, third and fourth cumulant of the scores."""
    steps = np.arange(chances.shape[-1], dtype=np.float64)
    mean = chances @ steps
    off = steps - mean[..., None]
    square = off * off
    weighted = chances * square
    variance = weighted.sum(axis=-1)
    third = np.einsum("...k,...k->...", weighted, off)
    fourth = np.einsum("...k,...k->...", weighted, square)
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


def spread_by_code(codes: Ints, chances: Floats, weights: Floats, size: int) -> Floats:
    """Return the covariances of the categories, summed by code, shape (size, K, K).

    Parameters
    ----------
    codes : ndarray of int, shape (m,)
    chances : ndarray, shape (m, K)
    weights : ndarray, shape (m,)
    """
    count = chances.shape[1]
    found = np.zeros((size, count, count))
    for k in range(count):
        own = weights * chances[:, k]
        for m in range(k, count):
            summed = sums(codes, own * ((k == m) - chances[:, m]), size)
            found[:, k, m] = found[:, m, k] = summed
    return found
