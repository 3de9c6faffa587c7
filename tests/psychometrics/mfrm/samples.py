"""Ratings drawn from known severities."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sample:
    learner: np.ndarray
    rater: np.ndarray
    criterion: np.ndarray
    score: np.ndarray
    theta: np.ndarray
    severity: np.ndarray
    difficulty: np.ndarray

    @property
    def columns(self):
        return self.learner, self.rater, self.criterion, self.score


def draw_scores(eta, tau, rng):
    """Draw categories of a rating scale by the inverse of its curve."""
    tau = np.broadcast_to(tau, (eta.size, np.shape(tau)[-1]))
    cumulated = np.hstack([np.zeros((eta.size, 1)), np.cumsum(tau, axis=1)])
    logits = eta[:, None] * np.arange(cumulated.shape[1]) - cumulated
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    return (chances.cumsum(axis=1)[:, :-1] < rng.random((eta.size, 1))).sum(axis=1)


def make_sample(
    n_learners=200,
    n_raters=6,
    n_criteria=3,
    *,
    n_categories=4,
    per_learner=2,
    tau=None,
    sorted_by=None,
    mean=0.0,
    sd=1.0,
    seed=0,
):
    """Let each learner be rated by some raters on all criteria.

    `sorted_by` is the width of a window of raters (as a share of them) that moves with
    the learner's rank: abler learners go to later raters. None: by lot.
    """
    rng = np.random.default_rng(seed)
    theta = rng.normal(mean, sd, n_learners)
    severity = rng.normal(0, 0.5, n_raters)
    severity -= severity.mean()
    difficulty = np.linspace(-0.8, 0.8, n_criteria) if n_criteria > 1 else np.zeros(1)
    if tau is None:
        tau = np.linspace(-1.2, 1.2, n_categories - 1) if n_categories > 2 else [0.0]
    # The raters with the largest keys are taken: a draw without replacement.
    key = rng.gumbel(size=(n_learners, n_raters))
    if sorted_by is not None:
        middle = theta.argsort().argsort()[:, None] / n_learners * n_raters
        off = (np.arange(n_raters) - middle) / (n_raters * sorted_by)
        key -= off**2 / 2
    pick = np.argsort(-key, axis=1)[:, :per_learner]
    learner = np.repeat(np.arange(n_learners), per_learner * n_criteria)
    rater = np.repeat(pick.ravel(), n_criteria)
    criterion = np.tile(np.arange(n_criteria), n_learners * per_learner)
    eta = theta[learner] - severity[rater] - difficulty[criterion]
    own = np.asarray(tau)
    score = draw_scores(eta, own[criterion] if own.ndim == 2 else own, rng)
    return Sample(learner, rater, criterion, score, theta, severity, difficulty)


def rmse(found, true):
    return float(np.sqrt(np.mean((np.asarray(found) - np.asarray(true)) ** 2)))
