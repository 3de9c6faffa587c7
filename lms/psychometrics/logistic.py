"""Logistic regression of counts, by Newton's steps: DIF and contrasting groups."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from lms.psychometrics.arrays import Floats

_MOST_STEPS = 100
_MOST_HALVINGS = 30


@dataclass(frozen=True, slots=True, eq=False)
class LogisticFit:
    """Coefficients that make the counts most likely.

    Attributes
    ----------
    coefficients : ndarray, shape (p,)
    covariance : ndarray, shape (p, p)
        Inverse of the information.
    log_likelihood : float
        Where the counts separate, its limit.
    is_converged : bool
    is_separated : bool
        Some coefficients run off without end, so that they mean nothing; the
        likelihood still does.
    """

    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    is_converged: bool
    is_separated: bool


def fit_logistic(design: Floats, successes: Floats, trials: Floats) -> LogisticFit:
    """Fit ``logit P = design @ coefficients`` by iterated reweighted least squares.

    Parameters
    ----------
    design : ndarray, shape (n, p)
    successes, trials : ndarray, shape (n,)
        Counts; a person is a row with one trial.

    Examples
    --------
    >>> fit = fit_logistic(np.ones((1, 1)), np.array([3.0]), np.array([4.0]))
    >>> round(float(expit(fit.coefficients[0])), 6)
    0.75
    """
    # Columns of one size, so that no scale of a score is too large or too small.
    scale = np.sqrt((design**2).mean(axis=0))
    scale[scale == 0] = 1.0
    x = design / scale
    beta = np.zeros(x.shape[1])
    value = _log_likelihood(x @ beta, successes, trials)
    is_converged = False
    for _ in range(_MOST_STEPS):
        beta, higher = _climb(x, beta, successes, trials, value)
        is_converged = higher - value <= 1e-10 * (abs(value) + 1)
        value = higher
        if is_converged:
            break
    eta = x @ beta
    covariance = np.linalg.pinv(_information(x, eta, trials)) / np.outer(scale, scale)
    return LogisticFit(
        coefficients=beta / scale,
        covariance=covariance,
        log_likelihood=value,
        is_converged=is_converged,
        is_separated=bool((np.abs(eta[trials > 0]) > 15).any()),
    )


def _newton_step(x: Floats, beta: Floats, successes: Floats, trials: Floats) -> Floats:
    eta = x @ beta
    gradient = x.T @ (successes - trials * expit(eta))
    # Least squares: where counts separate, the information loses its rank.
    step: Floats = np.linalg.lstsq(_information(x, eta, trials), gradient, rcond=1e-12)[
        0
    ]
    return step


def _information(x: Floats, eta: Floats, trials: Floats) -> Floats:
    weights = trials * expit(eta) * expit(-eta)
    found: Floats = (x.T * weights) @ x
    return found


def _climb(
    x: Floats, beta: Floats, successes: Floats, trials: Floats, value: float
) -> tuple[Floats, float]:
    """Take Newton's step, halved until the likelihood does not fall."""
    step = _newton_step(x, beta, successes, trials)
    for _ in range(_MOST_HALVINGS):
        trial = beta + step
        found = _log_likelihood(x @ trial, successes, trials)
        if found >= value:
            return trial, found
        step = step / 2
    return beta, value


def _log_likelihood(eta: Floats, successes: Floats, trials: Floats) -> float:
    right, wrong = log_expit(eta), log_expit(-eta)
    return float(successes @ right + (trials - successes) @ wrong)
