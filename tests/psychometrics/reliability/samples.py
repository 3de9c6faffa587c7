"""Scores whose covariances are what a test wants them to be."""

import numpy as np

from tests.psychometrics.irt.public_data import lsat6


def scores_with(covariance, n=60, seed=0):
    """Return normal scores whose sample covariances are exactly these."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(n, len(covariance)))
    raw -= raw.mean(axis=0)
    root = np.linalg.cholesky(raw.T @ raw / (n - 1))
    return raw @ np.linalg.inv(root).T @ np.linalg.cholesky(covariance).T


def lsat6_persons():
    """Return the answers of the 1,000 persons, a row each."""
    patterns, counts = lsat6()
    return np.repeat(patterns, counts.astype(int), axis=0)
