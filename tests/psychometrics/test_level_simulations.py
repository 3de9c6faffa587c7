"""What the model of levels claims, on simulated learners whose ability is known.

The small runs stand in the default tests; their bounds are three standard errors about
what the large ones must hold.
"""

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchmarks.calibration import BANK, CASE, DESIGN, NO_CAP
from benchmarks.learners import (
    HALF_LIVES,
    TODAY,
    Design,
    Work,
    learners_of_ability,
    simulate_learners,
)
from benchmarks.psychometric_figures import FIGURES
from benchmarks.sequential import PIECES, compare, mean_pieces
from lms.psychometrics import Bank, SeverityPolicy, estimate_level

pytestmark = pytest.mark.long  # it simulates learners by the thousand

DRIFTING = replace(DESIGN, half_lives=HALF_LIVES)


def estimates(learners, **given):
    design = learners.design
    given.setdefault("half_life_days", design.half_lives)
    given.setdefault("weaker_kinds_cap", NO_CAP)
    return [
        estimate_level(
            learners.evidence(i), design.bank, design.cuts, as_of=TODAY, **given
        )
        for i in range(learners.theta.size)
    ]


def coverage(design, n, seed, **given):
    """Return the share of 80 % intervals that hold the true ability."""
    learners = simulate_learners(design, n, np.random.default_rng(seed))
    found = [row.theta for row in estimates(learners, **given)]
    low, high = (np.array([getattr(t, end) for t in found]) for end in ("low", "high"))
    return float(((low <= learners.theta) & (learners.theta <= high)).mean())


# Intervals


@pytest.mark.parametrize("design", [DESIGN, DRIFTING], ids=["no drift", "drift"])
def test_intervals_hold_what_they_say(design):
    # Three standard errors of 1,000 learners: 3 * sqrt(0.8 * 0.2 / 1000) = 0.038.
    assert coverage(design, 1000, seed=11) == pytest.approx(0.8, abs=0.038)


@pytest.mark.slow
@pytest.mark.parametrize("design", [DESIGN, DRIFTING], ids=["no drift", "drift"])
def test_intervals_of_twenty_thousand_learners_hold_78_to_82_per_cent(design):
    assert 0.78 <= coverage(design, 20_000, seed=20) <= 0.82


def test_intervals_are_too_narrow_where_drift_is_there_and_not_modelled():
    assert coverage(DRIFTING, 1000, seed=11, half_life_days={}) < 0.7


def test_intervals_hold_with_raters_of_unknown_severity_where_the_policy_says_so():
    design = replace(DESIGN, severity_sd=0.6, n_raters=200)
    policy = SeverityPolicy([], spread=0.6)
    held = coverage(design, 1000, seed=12, severity=policy)
    assert held == pytest.approx(0.8, abs=0.038)
    assert coverage(design, 1000, seed=12) < held - 0.03


def test_episodes_of_dependent_criteria_need_the_design_effect():
    # Half a logit shared by an episode; see docs/psychometrics.md for larger ones.
    design = replace(DESIGN, episode_sd=0.5, has_episodes=True)
    assert coverage(design, 1000, seed=13) > 0.8 - 0.038
    assert coverage(design, 1000, seed=13, episode_correlation=0.0) < 0.77


# Routes


def test_short_and_long_route_of_equal_learners_agree_within_their_error():
    short = Design(works=(CASE,), bank=BANK, has_episodes=True, episode_sd=0.5)
    names = ("case-0", "case-1", "case-2") * 4
    indicators = [f"{name}-{n}" for n, name in enumerate(names)]
    bank = Bank(dict(zip(indicators, map(BANK.steps.get, names), strict=True)))
    long = replace(
        short, works=(Work("simulation", tuple(indicators), True),), bank=bank
    )
    rng = np.random.default_rng(14)
    theta = rng.normal(DESIGN.cuts.prior_mean, DESIGN.cuts.prior_sd, 1000)
    first, second = (
        [row.theta for row in estimates(learners_of_ability(design, theta, rng))]
        for design in (short, long)
    )
    apart = np.array([a.mean - b.mean for a, b in zip(first, second, strict=True)])
    error = np.array(
        [(a.sd**2 + b.sd**2) ** 0.5 for a, b in zip(first, second, strict=True)]
    )
    assert abs(apart.mean()) < 0.1
    assert (np.abs(apart) <= 1.96 * error).mean() >= 0.95
    # The long route is worth more than the short one, by far not four times as much.
    gained = [1 / t.sd**2 - 1 / DESIGN.cuts.prior_sd**2 for t in (first[0], second[0])]
    assert 1.0 < gained[1] / gained[0] < 2.5


# Sequence


def test_following_the_advice_takes_a_fifth_fewer_pieces_than_chance():
    routes = compare(60, seed=15)
    assert mean_pieces(routes["advised"]) <= 0.8 * mean_pieces(routes["random"])


@pytest.mark.slow
def test_advice_decides_sooner_and_no_worse_over_many_learners():
    routes = compare(600, seed=16)
    assert mean_pieces(routes["advised"]) <= 0.8 * mean_pieces(routes["random"])
    right = {name: np.mean([r.is_right for r in own]) for name, own in routes.items()}
    assert right["advised"] >= right["random"] - 0.02


@pytest.mark.slow
def test_advice_is_sooner_among_cases_alone_too():
    routes = compare(600, seed=17, pool=PIECES["simulation"])
    assert mean_pieces(routes["advised"]) <= 0.9 * mean_pieces(routes["random"])


# What the kinds allow


def test_two_hundred_easy_items_never_lift_anybody_above_what_the_kinds_allow():
    bank = Bank({**BANK.steps, "easy": [-4.0]})
    items = tuple(Work("knowledge", ("easy",)) for _ in range(200))
    design = replace(DRIFTING, works=items, bank=bank)
    rng = np.random.default_rng(18)
    able = learners_of_ability(design, np.full(10, 4.0), rng)
    found = estimates(able, weaker_kinds_cap=2.0)
    assert {row.attested_level for row in found} <= {0, 1, 2}
    with_failed_case = replace(design, works=(*items, CASE))
    for theta in (-4.0, -1.0):
        learners = learners_of_ability(with_failed_case, np.full(10, theta), rng)
        for row in estimates(learners, weaker_kinds_cap=2.0):
            assert row.attested_level <= 2


def test_figures_of_the_page_are_drawn_from_simulations():
    for draw in FIGURES.values():
        root = ET.fromstring(draw(40).to_svg())
        assert root.tag.endswith("svg")
        marks = [
            part for part in root.iter() if part.tag.endswith(("polyline", "circle"))
        ]
        assert len(marks) >= 4
