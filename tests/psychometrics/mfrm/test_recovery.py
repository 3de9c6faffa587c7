"""Severities that were put in come out, whoever rated whom."""

import numpy as np
import pytest

from lms.psychometrics import SeverityPolicy, fit_mfrm
from tests.psychometrics.mfrm.samples import make_sample, rmse

pytestmark = pytest.mark.long  # it fits simulated panels

# The sample of the acceptance figures: 2,000 learners, two of 40 raters, six criteria.
BY_LOT = make_sample(2000, 40, 6, seed=1)
SORTED = make_sample(2000, 40, 6, seed=2, sorted_by=0.15)


@pytest.mark.parametrize(
    "given", [{}, {"assignment": "random"}, {"method": "JML"}], ids=str
)
def test_raters_drawn_by_lot(given):
    found = fit_mfrm(*BY_LOT.columns, **given)
    severity, true = found.raters.estimate, BY_LOT.severity
    assert found.converged
    assert severity.sum() == pytest.approx(0, abs=1e-9)
    assert np.corrcoef(severity, true)[0, 1] >= 0.985
    assert rmse(severity, true) <= 0.085
    # Two standard errors of 24,000 ratings; thresholds were -1.2, 0, 1.2.
    assert rmse(found.criteria.estimate, BY_LOT.difficulty) <= 0.04
    is_inside = np.abs(severity - true) < 1.96 * found.raters.se
    assert is_inside.sum() >= 36
    assert 0.06 < found.raters.se.mean() < 0.09
    # The model holds, so that both errors say the same.
    assert found.raters.robust_se.mean() == pytest.approx(
        found.raters.se.mean(), rel=0.1
    )
    assert found.sd[0] == pytest.approx(1.0, abs=0.06)
    assert found.raters.p < 1e-6
    assert abs(found.exact_agreement - found.expected_agreement) < 0.02
    assert abs(found.halo) < 0.02


@pytest.mark.parametrize("given", [{}, {"method": "JML"}], ids=str)
def test_abler_learners_who_go_to_particular_raters_disturb_nothing(given):
    found = fit_mfrm(*SORTED.columns, **given)
    severity, true = found.raters.estimate, SORTED.severity
    assert np.corrcoef(severity, true)[0, 1] >= 0.98
    assert rmse(severity, true) <= 0.11
    assert 0.93 <= np.polyfit(true, severity, 1)[0] <= 1.10
    assert (np.abs(severity - true) < 1.96 * found.raters.se).sum() >= 36
    # Fair averages order learners better than the scores that they were given.
    own = found.learners
    fair = np.corrcoef(own.fair_average, SORTED.theta)[0, 1]
    raw = np.corrcoef(own.raw_average, SORTED.theta)[0, 1]
    assert fair > raw + 0.01


def test_one_population_takes_ability_for_leniency():
    # Why "auto" does not assume it: the same ratings, judged as if drawn by lot.
    found = fit_mfrm(*SORTED.columns, assignment="random")
    assert found.assignment_method == "one population"
    assert rmse(found.raters.estimate, SORTED.severity) > 0.3


def test_intervals_of_abilities_and_fair_averages_hold_what_they_say():
    found = fit_mfrm(*BY_LOT.columns)
    own, theta = found.learners, BY_LOT.theta
    spread = np.hypot(own.se, own.calibration_se)
    assert 0.93 <= (np.abs(own.theta - theta) < 1.96 * spread).mean() <= 0.98
    assert 0.93 <= (np.abs(own.eap - theta) < 1.96 * own.eap_sd).mean() <= 0.97
    adjusted = found.adjust()
    steps, difficulty = np.arange(4), BY_LOT.difficulty
    logits = (theta[:, None, None] - difficulty[:, None]) * steps - [0, -1.2, -1.2, 0]
    chances = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    true = (chances @ steps).mean(axis=1)
    is_inside = (adjusted.low < true) & (true < adjusted.high)
    assert 0.93 <= is_inside.mean() <= 0.98


def test_steps_of_each_criterion_come_out():
    tau = np.array([[-1.5, 0.0, 1.5], [-0.5, -0.5, 1.0], [0.6, -0.6, 0.0]])
    sample = make_sample(1500, 8, 3, tau=tau, seed=3)
    found = fit_mfrm(*sample.columns, thresholds="criterion")
    assert found.thresholds == pytest.approx(tau, abs=0.2)
    z = (found.thresholds - tau) / found.thresholds_se
    assert np.abs(z).max() < 3.5
    assert rmse(found.criteria.estimate, sample.difficulty) < 0.08


@pytest.mark.parametrize("assignment", ["auto", "random"])
def test_groups_have_populations_of_their_own(assignment):
    low = make_sample(600, 6, 3, seed=4, mean=-1.0, sd=0.7)
    high = make_sample(600, 6, 3, seed=4, mean=0.5, sd=1.3)
    columns = [
        np.concatenate(both) for both in zip(low.columns, high.columns, strict=True)
    ]
    columns[0] = np.concatenate([low.learner, high.learner + 600])
    group = np.repeat(["low", "high"], low.learner.size)
    found = fit_mfrm(*columns, group=group, assignment=assignment)
    assert found.groups == ("high", "low")
    assert found.mean == pytest.approx([0.5, -1.0], abs=0.2)
    assert found.sd == pytest.approx([1.3, 0.7], abs=0.12)


def test_anchors_keep_the_scale():
    sample = make_sample(800, 8, 3, seed=5)
    # The scale is moved: harsher by 0.5 and harder by 0.3 all over.
    raters = {0: sample.severity[0] + 0.5, 3: sample.severity[3] + 0.5}
    criteria = {1: sample.difficulty[1] + 0.3}
    found = fit_mfrm(*sample.columns, anchors={"raters": raters, "criteria": criteria})
    assert found.raters.estimate[0] == raters[0]
    assert found.criteria.estimate[1] == criteria[1]
    assert found.raters.anchored.tolist() == [True, False, False, True] + [False] * 4
    assert np.isnan(found.raters.se[[0, 3]]).all()
    z = (found.raters.estimate - sample.severity - 0.5) / found.raters.se
    assert np.nanmax(np.abs(z)) < 3
    assert found.criteria.estimate == pytest.approx(sample.difficulty + 0.3, abs=0.2)
    assert found.mean[0] == pytest.approx(0.8, abs=0.2)


def test_halo_is_seen_and_widens_intervals():
    rng = np.random.default_rng(6)
    sample = make_sample(800, 8, 4, seed=6)
    # A rater's impression of a learner colours all criteria of the sheet alike.
    impression = rng.normal(0, 1.0, (800, 8))
    eta = (
        sample.theta[sample.learner]
        - sample.severity[sample.rater]
        - sample.difficulty[sample.criterion]
        + impression[sample.learner, sample.rater]
    )
    logits = eta[:, None] * np.arange(4) - np.array([0, -1.2, -1.2, 0])
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    score = (chances.cumsum(axis=1)[:, :-1] < rng.random((eta.size, 1))).sum(axis=1)
    found = fit_mfrm(sample.learner, sample.rater, sample.criterion, score)
    assert found.halo > 0.15
    # The errors of the model are too small then; the robust ones are not.
    assert found.raters.robust_se.mean() > 1.2 * found.raters.se.mean()
    shown = found.adjust()
    plain = found.learners.se * 1.96 * 2
    width = np.median((shown.high - shown.low) / plain)
    calm = fit_mfrm(*sample.columns)
    shown = calm.adjust()
    assert width > 1.15 * np.median(
        (shown.high - shown.low) / (calm.learners.se * 1.96 * 2)
    )
    errors = {row.rater: row.se for row in found.severities()}
    assert errors["0"] == found.raters.robust_se[0]


def test_severities_feed_the_policy_that_shows_them_from_eight_learners_on():
    sample = make_sample(60, 5, 3, seed=7)
    few = (sample.rater == 4) & (sample.learner > 10)
    columns = [column[~few] for column in sample.columns]
    found = fit_mfrm(*columns)
    assert found.raters.n_learners[4] < 8
    policy = SeverityPolicy(found.severities())
    assert policy.of("4") is None
    assert policy.of("0").severity == found.raters.estimate[0]
