"""From a calibration of raters to levels, and back to the true abilities."""

from dataclasses import dataclass

import numpy as np
import pytest

from benchmarks.learners import CUTS, TODAY
from benchmarks.ratings import simulate_ratings
from lms.psychometrics import (
    Bank,
    Evidence,
    LevelCuts,
    SeverityPolicy,
    estimate_level,
    fit_mfrm,
)

pytestmark = pytest.mark.long  # it simulates whole panels

N_CRITERIA = 3
SCALE = LevelCuts(cuts=CUTS.cuts, needs=CUTS.needs, prior_mean=0.0, prior_sd=1.0)


@dataclass
class World:
    given: object
    result: object
    bank: Bank

    def evidence(self, learner):
        rows = np.flatnonzero(self.given.learner == learner)
        return [
            Evidence(
                id=str(row),
                indicator=str(self.given.criterion[row]),
                kind="simulation",
                score=int(self.given.score[row]),
                maximum=3,
                rater=str(self.given.rater[row]),
                done_on=TODAY.date(),
                recorded_at=TODAY,
            )
            for row in rows
        ]


@pytest.fixture(scope="module")
def world():
    """Calibrate 20 raters whose severities differ by a logit and more."""
    rng = np.random.default_rng(21)
    given = simulate_ratings(600, 20, N_CRITERIA, rng, severity_sd=1.0)
    result = fit_mfrm(given.learner, given.rater, given.criterion, given.score)
    steps = result.criteria.estimate[:, None] + result.thresholds
    labels = map(str, result.criteria.labels)
    return World(given, result, Bank(dict(zip(labels, steps.tolist(), strict=True))))


def errors(world, policy):
    """Return the error of each learner's estimate, and whether the interval held."""
    learners = range(300)
    found = [
        estimate_level(
            world.evidence(i), world.bank, SCALE, as_of=TODAY, severity=policy
        ).theta
        for i in learners
    ]
    true = world.given.theta[:300]
    means = np.array([t.mean for t in found])
    held = [t.low <= x <= t.high for t, x in zip(found, true, strict=True)]
    return float(np.sqrt(np.mean((means - true) ** 2))), float(np.mean(held))


def test_calibrated_severities_bring_estimates_closer_and_intervals_to_what_they_say(
    world,
):
    policy = SeverityPolicy.of_calibration(world.result.raters)
    adjusted, held = errors(world, policy)
    plain, held_plainly = errors(world, None)
    assert adjusted < 0.9 * plain
    # Three standard errors of 300 learners: 3 * sqrt(0.8 * 0.2 / 300) = 0.07.
    assert held == pytest.approx(0.8, abs=0.07)
    assert held_plainly < held - 0.05


def test_policy_names_the_raters_as_evidence_does(world):
    policy = SeverityPolicy.of_calibration(world.result.raters, unlinked=[3])
    assert policy.of("0").severity == pytest.approx(world.result.raters.estimate[0])
    # The larger of the model's error and of the one that halo does not disturb.
    errors = (world.result.raters.se[0], world.result.raters.robust_se[0])
    assert policy.of("0").sd == pytest.approx(max(errors))
    assert policy.of("3") is None
    assert policy.of("nobody") is None


def test_anchored_severity_has_no_error_and_extreme_raters_are_unknown():
    learner = np.repeat(np.arange(60), 6)
    rater = np.tile(["anchor", "free", "lenient"], 120)
    criterion = np.tile(np.repeat(["a", "b"], 3), 60)
    ability = np.repeat(np.random.default_rng(3).normal(0, 1, 60), 6)
    noise = np.random.default_rng(4).logistic(size=360)
    score = np.where(rater == "lenient", 1, ability + noise > 0).astype(int)
    result = fit_mfrm(
        learner, rater, criterion, score, anchors={"raters": {"anchor": 0.2}}
    )
    policy = SeverityPolicy.of_calibration(result.raters, spread=0.5)
    assert (policy.of("anchor").severity, policy.of("anchor").sd) == (0.2, 0.0)
    assert (policy.of("lenient").severity, policy.of("lenient").sd) == (0.0, 0.5)
