"""Answers drawn from a bank, to try designs and to test estimators."""

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_rng, as_vector
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.curves import log_probabilities


def simulate(items: ItemBank, theta: ArrayLike, rng: int | Generator) -> Floats:
    """Draw an answer of each person to each item.

    Parameters
    ----------
    theta : array_like, shape (n,)
        Abilities.
    rng : int or Generator
        Equal seeds give equal answers.

    Returns
    -------
    ndarray, shape (n, J)
        Categories from 0.

    Examples
    --------
    >>> simulate(ItemBank("Rasch", b=[-20.0, 20.0]), [0.0], rng=1)
    array([[1., 0.]])
    """
    points = as_vector(np.atleast_1d(np.asarray(theta)), "theta")
    chances = np.exp(log_probabilities(items.coefficients(), points))
    draws = as_rng(rng).random((items.n_items, 1, points.size))
    passed: Floats = (chances.cumsum(axis=1)[:, :-1] < draws).sum(axis=1)
    # Rounding may leave the sum of all chances a hair below 1.
    most = items.n_categories[:, None] - 1
    return np.minimum(passed, most).T.astype(np.float64)
