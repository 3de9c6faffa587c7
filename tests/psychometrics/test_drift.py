"""Age of the work and severity of raters, against brute-force integration."""

from dataclasses import replace
from datetime import timedelta
from itertools import accumulate

import numpy as np
import pytest
from scipy.stats import norm

from lms.psychometrics import Bank, RaterSeverity, SeverityPolicy
from lms.psychometrics.errors import DataError, PsychometricsError
from tests.psychometrics.evidence_factory import (
    AS_OF,
    BAND_STEPS,
    estimate,
    make_row,
    make_sheet,
)

GRID = np.linspace(-12, 12, 2001)
PRIOR = norm.pdf(GRID, 0.0, 1.5)


def days_ago(days):
    return AS_OF.date() - timedelta(days=days)


def likelihood(theta, score, steps=BAND_STEPS):
    sums = list(accumulate(steps, initial=0.0))
    odds = np.exp([k * theta - d for k, d in enumerate(sums)])
    return odds[score] / odds.sum(axis=0)


def blurred(curve, sd):
    """Average a curve on the grid over a normal error, level beyond the grid."""
    points, weights = np.polynomial.hermite_e.hermegauss(61)
    shifted = [np.interp(GRID + sd * x, GRID, curve) for x in points]
    return weights @ np.array(shifted) / weights.sum()


def chance_of(density, cut=0.5):
    share = density / density.sum()
    return share[cut < GRID].sum() + share[np.isclose(cut, GRID)].sum() / 2


def known(rater, severity=0.0, se=0.0, **given):
    given.setdefault("n_learners", 30)
    return RaterSeverity(rater=rater, severity=severity, se=se, **given)


# Age


def test_old_work_equals_integration_over_the_drift_since():
    # A year at a half-life of a year: the drift has the variance of the prior.
    rows = make_sheet(3, done_on=days_ago(365))
    result = estimate(rows, half_life_days={"simulation": 365.0})
    density = PRIOR * blurred(likelihood(GRID, 3), 1.5)
    expected = 1000 * chance_of(density)
    assert result.claims[2].chance == pytest.approx(expected, abs=1.5)
    assert result.used[0].freshness == 500


def test_two_days_of_one_kind_share_the_drift_that_came_after_both():
    # Variances of the drift to today: 1.5^2 for the year, 1.5^2 (2^2 - 1) for two.
    rows = [
        *make_sheet(3, done_on=days_ago(730)),
        *make_sheet(1, done_on=days_ago(365)),
    ]
    result = estimate(rows, half_life_days={"simulation": 365.0})
    first = blurred(likelihood(GRID, 3), 1.5 * 2**0.5)
    both = blurred(first * likelihood(GRID, 1), 1.5)
    expected = 1000 * chance_of(PRIOR * both)
    assert result.claims[2].chance == pytest.approx(expected, abs=1.5)


def test_kinds_drift_apart():
    rows = [
        *make_sheet(3, done_on=days_ago(365)),
        *make_sheet(2, kind="practice", done_on=days_ago(100)),
    ]
    result = estimate(rows, half_life_days={"simulation": 365.0})
    density = PRIOR * blurred(likelihood(GRID, 3), 1.5) * likelihood(GRID, 2)
    expected = 1000 * chance_of(density)
    assert result.claims[2].chance == pytest.approx(expected, abs=1.5)


def test_many_old_rows_are_no_surer_than_their_age_allows():
    # The drift alone leaves 1 / (1 / 1.5^2 + 1 / 1.5^2) = 1.125 of variance.
    rows = [row for _ in range(40) for row in make_sheet(2, 1, done_on=days_ago(365))]
    result = estimate(rows, half_life_days={"simulation": 365.0})
    assert estimate(rows).theta.sd < 0.3
    assert result.theta.sd > 1.0
    assert result.theta.sd == pytest.approx(1.125**0.5, abs=0.04)


def test_age_in_small_steps_adds_up_to_age_in_one():
    # A row that says nothing on every day between must change nothing.
    rows = make_sheet(3, 1, done_on=days_ago(200))
    idle = [
        make_row(
            kind="simulation",
            indicator="of-1",
            score=0,
            maximum=1,
            help_given=60,
            done_on=days_ago(day),
        )
        for day in range(1, 200, 7)
    ]
    half_lives = {"simulation": 400.0}
    once = estimate(rows, half_life_days=half_lives)
    often = estimate([*rows, *idle], half_life_days=half_lives)
    assert often.theta.sd == pytest.approx(once.theta.sd, abs=0.002)
    assert often.theta.mean == pytest.approx(once.theta.mean, abs=0.002)


def test_age_widens_a_likelihood_about_an_unmoved_centre():
    # Steps that mirror each other about 0, the prior's mean, and the middle score.
    bank = {"of-2": [-0.8, 0.8]}
    spreads = []
    for days in (0, 100, 400, 3000):
        row = make_row(maximum=2, score=1, done_on=days_ago(days))
        found = estimate([row], bank=Bank(bank), half_life_days={"knowledge": 200.0})
        assert found.theta.mean == found.theta.median == 0.0
        spreads.append(found.theta.sd)
    assert spreads == sorted(spreads)
    assert spreads[0] < spreads[-1] <= 1.5


def test_contradiction_of_old_and_new_leaves_a_finite_middle():
    old = [make_row(id=f"o{i}", score=0, done_on=days_ago(400)) for i in range(150)]
    new = [row for _ in range(30) for row in make_sheet(3, 3, 3)]
    with np.errstate(all="raise", under="ignore"):
        result = estimate(
            [*old, *new], half_life_days={"knowledge": 90.0}, weaker_kinds_cap=999.0
        )
    assert result.attested_level == 3
    assert result.theta.sd < 1.0


# Severity


def test_severity_of_a_known_rater_moves_the_steps():
    policy = SeverityPolicy([known("harsh", 0.8)])
    given = estimate(make_sheet(2, 1, rater="harsh"), severity=policy)
    moved = Bank({"of-3": [step + 0.8 for step in BAND_STEPS]})
    assert given.theta == estimate(make_sheet(2, 1), bank=moved).theta
    assert (given.used[0].severity, given.used[0].severity_sd) == (0.8, 0.0)


def test_uncertain_severity_equals_integration_over_it():
    # Two sheets of one rater, whose one severity is the error of both.
    policy = SeverityPolicy([known("r", -0.5, 0.4)])
    rows = [*make_sheet(3, rater="r"), *make_sheet(2, rater="r")]
    result = estimate(rows, severity=policy)
    both = likelihood(GRID + 0.5, 3) * likelihood(GRID + 0.5, 2)
    expected = 1000 * chance_of(PRIOR * blurred(both, 0.4))
    assert result.claims[2].chance == pytest.approx(expected, abs=1.5)


def test_one_uncertain_rater_over_many_days_is_not_averaged_away():
    policy = SeverityPolicy([], spread=0.6)
    one, many = (
        [
            row
            for day in range(30)
            for row in make_sheet(
                2, 1, rater=rater or f"r-{day}", done_on=days_ago(day)
            )
        ]
        for rater in ("the-same", None)
    )
    for half_lives in ({}, {"simulation": 100000.0}):
        same = estimate(one, severity=policy, half_life_days=half_lives)
        apart = estimate(many, severity=policy, half_life_days=half_lives)
        assert same.theta.sd > 0.9 * (0.6**-2 + 1.5**-2) ** -0.5
        assert apart.theta.sd < 0.4


@pytest.mark.parametrize(
    "row",
    [
        known("r", 0.8, 0.1, n_learners=7),
        known("r", 0.8, 0.6),
        known("r", 0.8, 0.1, is_linked=False),
        known("another", 0.8, 0.1),
    ],
)
def test_severity_that_the_policy_does_not_let_through_changes_nothing(row):
    sheet = make_sheet(2, 1, rater="r")
    result = estimate(sheet, severity=SeverityPolicy([row]))
    assert result.theta == estimate(sheet).theta
    assert result.used[0].severity is None


def test_spread_widens_what_unknown_raters_judged_and_nothing_scored_by_rule():
    policy = SeverityPolicy([], spread=0.5)
    sheet = make_sheet(2, 1)
    judged = estimate(sheet, severity=policy)
    by_rule = [replace(row, rater=None) for row in sheet]
    assert judged.theta.sd > estimate(sheet).theta.sd
    assert estimate(by_rule, severity=policy).theta == estimate(by_rule).theta


def test_severities_stand_in_the_result_with_the_policy():
    policy = SeverityPolicy([known("r", 0.25, 0.125), known("few", n_learners=2)])
    data = estimate(make_sheet(2, rater="r"), severity=policy).to_dict()
    assert data["rule"]["severity"]["known"] == {"r": [0.25, 0.125]}
    assert data["used"][0]["severity"] == 0.25
    assert estimate(make_sheet(2)).to_dict()["rule"]["severity"] is None


@pytest.mark.parametrize(
    "given", [{"severity": 3.5}, {"se": -0.1}, {"se": np.nan}, {"n_learners": -1}]
)
def test_impossible_severity_is_refused_by_the_raters_name(given):
    with pytest.raises(DataError, match="rater 'r'"):
        known("r", **given)


def test_impossible_policy_is_refused():
    with pytest.raises(DataError, match="two severities"):
        SeverityPolicy([known("r"), known("r")])
    for given in ({"min_learners": 0}, {"max_se": 0.0}, {"spread": -1.0}):
        with pytest.raises(PsychometricsError, match="severity policy"):
            SeverityPolicy([], **given)
