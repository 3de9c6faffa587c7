"""Estimates against the same likelihood written out plainly, and climbed by SciPy.

Nothing is folded here: chances are written out for each rating, the conditional
likelihood adds up all ways to reach a sum, the marginal one is integrated densely.
"""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize

from lms.psychometrics import fit_mfrm
from tests.psychometrics.mfrm.samples import make_sample

pytestmark = pytest.mark.long  # it searches the plain likelihood

SMALL = make_sample(40, 3, 2, n_categories=3, seed=4)
N_RATERS, N_CRITERIA, N_CATEGORIES = 3, 2, 3
# Central differences of the second kind, with this step: right to about 1e-4.
STEP = 1e-3


def unfold(free, scale):
    """Return severities, difficulties and thresholds (criteria x steps)."""
    severity = np.array([free[0], free[1], -free[0] - free[1]])
    difficulty = np.array([free[2], -free[2]])
    steps = free[3:4] if scale == "common" else free[3:5]
    own = np.column_stack([steps, -steps])
    return severity, difficulty, np.broadcast_to(own, (N_CRITERIA, 2))


def log_chances(free, scale, theta):
    """Return log-chances of all categories, (ratings, categories, q)."""
    severity, difficulty, tau = unfold(free, scale)
    _, rater, criterion, _ = SMALL.columns
    cumulated = np.hstack([np.zeros((N_CRITERIA, 1)), tau.cumsum(axis=1)])
    eta = theta[None] - (severity[rater] + difficulty[criterion])[:, None]
    logits = eta[:, None] * np.arange(3)[:, None] - cumulated[criterion][:, :, None]
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def marginal(free, scale):
    """Return minus the log-likelihood; the last two: mean, log of the deviation."""
    mean, sd = free[-2], np.exp(free[-1])
    theta = np.linspace(mean - 8 * sd, mean + 8 * sd, 801)
    density = np.exp(-0.5 * ((theta - mean) / sd) ** 2) / sd / np.sqrt(2 * np.pi)
    logs = log_chances(free, scale, theta)[np.arange(SMALL.score.size), SMALL.score]
    by_learner = np.zeros((40, theta.size))
    np.add.at(by_learner, SMALL.learner, logs)
    masses = np.exp(by_learner) @ density * (theta[1] - theta[0])
    return -np.log(masses).sum()


def conditional(free, scale):
    """Return minus the log-chance of each learner's ratings among those of its sum."""
    logs = log_chances(free, scale, np.zeros(1))[:, :, 0]
    whole = 0.0
    for learner in range(40):
        own = np.flatnonzero(SMALL.learner == learner)
        total = SMALL.score[own].sum()
        ways = [
            np.exp(logs[own, list(way)].sum())
            for way in product(range(3), repeat=own.size)
            if sum(way) == total
        ]
        whole -= np.log(np.exp(logs[own, SMALL.score[own]].sum()) / np.sum(ways))
    return whole


def curvature(function, point):
    """Return the matrix of second differences."""
    size = point.size
    eye = np.eye(size) * STEP
    found = np.empty((size, size))
    for i, j in product(range(size), repeat=2):
        found[i, j] = (
            function(point + eye[i] + eye[j])
            - function(point + eye[i] - eye[j])
            - function(point - eye[i] + eye[j])
            + function(point - eye[i] - eye[j])
        ) / (4 * STEP**2)
    return found


@pytest.mark.parametrize("scale", ["common", "criterion"])
@pytest.mark.parametrize("assignment", ["auto", "random"])
def test_maximum_and_errors_are_those_of_the_plain_likelihood(assignment, scale):
    plain = marginal if assignment == "random" else conditional
    n_free = (4 if scale == "common" else 5) + (2 if assignment == "random" else 0)
    start = np.zeros(n_free)
    start[3 : 4 if scale == "common" else 5] = -1
    peak = minimize(plain, start, args=(scale,), method="BFGS", options={"gtol": 1e-4})
    severity, difficulty, tau = unfold(peak.x, scale)

    result = fit_mfrm(*SMALL.columns, thresholds=scale, assignment=assignment, tol=1e-8)

    assert result.converged
    assert result.raters.estimate == pytest.approx(severity, abs=2e-4)
    assert result.criteria.estimate == pytest.approx(difficulty, abs=2e-4)
    wanted = tau[0] if scale == "common" else tau
    assert result.thresholds == pytest.approx(wanted, abs=2e-4)
    assert result.loglik == pytest.approx(-peak.fun, abs=1e-5)
    covariance = np.linalg.inv(curvature(lambda x: plain(x, scale), peak.x))
    errors = np.sqrt(np.diag(covariance))
    third = np.sqrt(covariance[:2, :2].sum())
    assert result.raters.se == pytest.approx([*errors[:2], third], rel=2e-3)
    assert result.criteria.se == pytest.approx([errors[2]] * 2, rel=2e-3)
    if assignment == "random":
        assert result.mean[0] == pytest.approx(peak.x[-2], abs=2e-4)
        assert result.sd[0] == pytest.approx(np.exp(peak.x[-1]), abs=2e-4)


def joint(free):
    logs = np.zeros(SMALL.score.size)
    theta = free[4:][SMALL.learner]
    severity, difficulty, tau = unfold(free, "common")
    cumulated = np.hstack([np.zeros((N_CRITERIA, 1)), tau.cumsum(axis=1)])
    eta = theta - severity[SMALL.rater] - difficulty[SMALL.criterion]
    logits = eta[:, None] * np.arange(3) - cumulated[SMALL.criterion]
    logs = logits[np.arange(eta.size), SMALL.score] - np.log(np.exp(logits).sum(axis=1))
    totals = np.bincount(SMALL.learner, SMALL.score)
    is_used = ((totals > 0) & (totals < 8))[SMALL.learner]
    return -logs[is_used].sum()


def test_joint_maximum_is_that_of_the_plain_likelihood_drawn_together():
    peak = minimize(joint, np.zeros(44), method="BFGS", options={"gtol": 1e-4})
    result = fit_mfrm(*SMALL.columns, method="JML", tol=1e-8)
    # Four ratings a learner.
    severity, difficulty, tau = unfold(0.75 * peak.x, "common")
    assert result.assignment_method == "joint"
    assert result.raters.estimate == pytest.approx(severity, abs=2e-4)
    assert result.criteria.estimate == pytest.approx(difficulty, abs=2e-4)
    assert result.thresholds == pytest.approx(tau[0], abs=2e-4)
    assert result.loglik == pytest.approx(-peak.fun, abs=1e-5)


def test_abilities_are_the_roots_of_warms_equation_and_the_posteriors_means():
    result = fit_mfrm(*SMALL.columns, assignment="random", tol=1e-8)
    table = result.learners
    steps = np.arange(3)
    theta = np.linspace(-8, 8, 1601)
    for learner in (0, 7, 20):
        own = SMALL.learner == learner
        free = np.array(
            [
                *result.raters.estimate[:2],
                result.criteria.estimate[0],
                result.thresholds[0],
            ]
        )
        at = np.exp(log_chances(free, "common", np.array([table.theta[learner]])))
        chances = at[own][:, :, 0]
        mean = chances @ steps
        off = steps - mean[:, None]
        second, third = ((chances * off**n).sum() for n in (2, 3))
        residual = SMALL.score[own].sum() - mean.sum()
        assert residual + third / (2 * second) == pytest.approx(0, abs=1e-7)
        assert table.se[learner] == pytest.approx(second**-0.5)
        logs = log_chances(free, "common", theta)[own]
        like = logs[np.arange(own.sum()), SMALL.score[own]].sum(axis=0)
        prior = -0.5 * ((theta - result.mean[0]) / result.sd[0]) ** 2
        mass = np.exp(like + prior)
        eap = (mass @ theta) / mass.sum()
        assert table.eap[learner] == pytest.approx(eap, abs=1e-6)
