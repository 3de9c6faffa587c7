"""Answers drawn from known parameters."""

import numpy as np

from lms.psychometrics import ItemBank
from lms.psychometrics.irt.curves import log_probabilities


def make_bank(model, n_items, n_categories=2, *, seed=0):
    """Draw slopes about 1.2 and rising steps about zero."""
    rng = np.random.default_rng(seed)
    has_slope = model in {"2PL", "GPCM", "GRM"}
    a = np.exp(rng.normal(np.log(1.2), 0.3, n_items)) if has_slope else 1.0
    b = rng.normal(0, 1, (n_items, 1))
    if n_categories > 2:
        b = b / 2 + np.linspace(-1.2, 1.2, n_categories - 1)
    return ItemBank(model, a, b)


def draw(bank, theta, *, seed=1):
    """Draw an answer of each person to each item, by the inverse of the curves."""
    rng = np.random.default_rng(seed)
    chances = np.exp(log_probabilities(bank.coefficients(), np.asarray(theta)))
    passed = chances.cumsum(axis=1)[:, :-1] < rng.random((bank.n_items, 1, len(theta)))
    return passed.sum(axis=1).T.astype(float)


def abilities(n, *, mean=0.0, sd=1.0, seed=2):
    return np.random.default_rng(seed).normal(mean, sd, n)


def exact_abilities(n, *, mean=0.0, sd=1.0, seed=2):
    """Draw abilities, and give the sample the mean and deviation of its population.

    What is then off in a calibration is the error of the items alone.
    """
    drawn = abilities(n, seed=seed)
    return mean + sd * (drawn - drawn.mean()) / drawn.std()


def rmse(found, true):
    return float(np.sqrt(np.nanmean((np.asarray(found) - np.asarray(true)) ** 2)))
