"""Fit, agreement and halo against the same figures taken rating by rating."""

from itertools import combinations

import numpy as np
import pytest

from lms.psychometrics import fit_mfrm
from tests.psychometrics.mfrm.samples import make_sample

pytestmark = pytest.mark.long  # it fits simulated panels

SAMPLE = make_sample(60, 5, 3, per_learner=3, seed=12)
FOUND = fit_mfrm(*SAMPLE.columns)
STEPS = np.arange(4)


def rows():
    """Return learner, rater, criterion, score and chances, extremes left out."""
    own = FOUND.learners
    for n, r, c, x in zip(*SAMPLE.columns, strict=True):
        if own.extreme[n]:
            continue
        eta = own.theta[n] - FOUND.raters.estimate[r] - FOUND.criteria.estimate[c]
        logits = eta * STEPS - np.concatenate([[0], np.cumsum(FOUND.thresholds)])
        yield n, r, c, x, np.exp(logits) / np.exp(logits).sum()


def test_mean_squares():
    square, variance, standard = ([[] for _ in range(5)] for _ in range(3))
    for _, r, _, x, chances in rows():
        mean = chances @ STEPS
        square[r].append((x - mean) ** 2)
        variance[r].append(chances @ (STEPS - mean) ** 2)
        standard[r].append(square[r][-1] / variance[r][-1])
    infit = [sum(a) / sum(b) for a, b in zip(square, variance, strict=True)]
    assert FOUND.raters.infit == pytest.approx(infit)
    assert FOUND.raters.outfit == pytest.approx([np.mean(z) for z in standard])


def test_agreement_and_halo():
    same, likely, within, between, squares = [], [], [], [], []
    listed = list(rows())
    standard = [
        (x - p @ STEPS) / np.sqrt(p @ (STEPS - p @ STEPS) ** 2)
        for _, _, _, x, p in listed
    ]
    for i, j in combinations(range(len(listed)), 2):
        (n, r, c, x, p), (m, s, d, y, q) = listed[i], listed[j]
        if n != m:
            continue
        (within if r == s else between).append(standard[i] * standard[j])
        if r != s and c == d:
            same.append(x == y)
            likely.append(p @ q)
    squares = np.mean(np.square(standard))
    assert FOUND.exact_agreement == pytest.approx(np.mean(same))
    assert FOUND.expected_agreement == pytest.approx(np.mean(likely))
    halo = (np.mean(within) - np.mean(between)) / squares
    assert FOUND.halo == pytest.approx(halo)


def test_reliability_is_the_share_of_true_spread():
    own = FOUND.raters
    spread, error = own.estimate.var(ddof=1), np.mean(own.se**2)
    assert FOUND.reliability["raters"] == pytest.approx(1 - error / spread)
    separation = np.sqrt(spread / error - 1)
    assert FOUND.separation["raters"] == pytest.approx(separation)
    assert FOUND.strata["raters"] == pytest.approx((4 * separation + 1) / 3)


def test_equal_raters_are_rarely_called_different():
    p = []
    for seed in range(20):
        sample = make_sample(150, 6, 3, seed=seed)
        rng = np.random.default_rng(seed)
        # Who rated is drawn anew, which makes all raters the same.
        shuffled = rng.permuted(np.tile(np.arange(6), (150, 1)), axis=1)[:, :2]
        rater = np.repeat(shuffled.ravel(), 3)
        eta = sample.theta[sample.learner] - sample.difficulty[sample.criterion]
        logits = eta[:, None] * STEPS - np.array([0, -1.2, -1.2, 0])
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        drawn = rng.random((eta.size, 1))
        score = (chances.cumsum(axis=1)[:, :-1] < drawn).sum(axis=1)
        table = fit_mfrm(sample.learner, rater, sample.criterion, score).raters
        assert table.df == 5
        p.append(table.p)
    # Uniform: a mean of 0.5 with a standard error of 0.065.
    assert np.mean(p) == pytest.approx(0.5, abs=0.2)
    assert min(p) > 0.001
