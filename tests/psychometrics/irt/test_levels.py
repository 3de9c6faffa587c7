"""Levels, their combination, the certification rule."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from lms.psychometrics import (
    DataError,
    ItemBank,
    certify,
    combine_evidence,
    level_posterior,
    score_persons,
    simulate,
)
from tests.psychometrics.irt.samples import abilities, make_bank
from tests.psychometrics.irt.test_quadrature import ANSWERS, MIXED, likelihood

pytestmark = pytest.mark.long  # it integrates by brute force

CUTS = [-0.7, 0.2, 1.1]
QUIZ = make_bank("2PL", 12)
CASE = make_bank("PCM", 6, 4, seed=3)


def brute_force(bank, answers, low, high, *, mean=0.0, sd=1.0):
    def height(theta):
        return likelihood(bank, answers, theta) * norm.pdf(theta, mean, sd)

    return quad(height, low, high, epsabs=1e-13, limit=200)[0]


@pytest.mark.parametrize("answers", ANSWERS)
def test_probabilities_are_the_integrals_between_the_cuts(answers):
    # 5e-6: cubic pieces on the grid, and its end at six standard deviations.
    found = level_posterior(answers, MIXED, CUTS, mean=0.3, sd=1.2)
    edges = [-9.0, *CUTS, 9.0]
    parts = np.array(
        [
            brute_force(MIXED, answers, low, high, mean=0.3, sd=1.2)
            for low, high in pairwise(edges)
        ]
    )
    assert found.prob[0] == pytest.approx(parts / parts.sum(), abs=5e-6)
    assert found.p_at_or_above[0] == pytest.approx(
        1 - np.cumsum(parts / parts.sum())[:-1], abs=5e-6
    )
    assert found.level[0] == parts.argmax()


@pytest.mark.parametrize("error", [0.01, 0.1, 0.4, 1.5])
def test_error_of_a_cut_is_averaged_over(error):
    # 1e-5: the same integral by adaptive quadrature over ability.
    answers = ANSWERS[0]
    found = level_posterior(answers, MIXED, [0.6], cut_se=error)
    total = brute_force(MIXED, answers, -9, 9)

    def above(theta):
        weight = norm.cdf((theta - 0.6) / error) * norm.pdf(theta)
        return likelihood(MIXED, answers, theta) * weight

    exact = quad(above, -9, 9, points=[0.6], epsabs=1e-13, limit=400)[0] / total
    assert found.p_at_or_above[0, 0] == pytest.approx(exact, abs=1e-5)


def test_without_answers_the_prior_remains():
    found = level_posterior(np.full((1, 12), np.nan), QUIZ, CUTS, mean=0.1, sd=1.3)
    above = norm.sf(CUTS, 0.1, 1.3)
    assert found.p_at_or_above[0] == pytest.approx(above, abs=1e-6)
    assert found.ci[0] == pytest.approx(norm.interval(0.95, 0.1, 1.3), abs=2e-3)
    assert found.n_answered[0] == 0


def test_long_test_is_integrated_as_well_as_a_short_one():
    # 300 items: standard deviation 0.1, below the gap of the first grid.
    bank = make_bank("2PL", 300)
    answers = simulate(bank, [0.3], 1)
    found = level_posterior(answers, bank, [0.3])
    gap = 6e-5
    cells = -6 + gap * (np.arange(200_000) + 0.5)
    logs = sum(
        -np.logaddexp(0, -(2 * x - 1) * a * (cells - b))
        for x, a, b in zip(answers[0], bank.a, bank.b[:, 0], strict=True)
    )
    density = np.exp(logs - cells**2 / 2 - (logs - cells**2 / 2).max())
    below = density[cells < 0.3].sum() / density.sum()
    assert found.prob[0, 0] == pytest.approx(below, abs=1e-4)


def test_mean_and_deviation_are_those_of_the_scores():
    answers = simulate(CASE, abilities(50), 5)
    found = level_posterior(answers, CASE, CUTS)
    scores = score_persons(answers, CASE)
    # 1e-5: grids of different gaps end where all-wrong patterns still have some mass.
    assert found.eap == pytest.approx(scores.theta, abs=1e-5)
    assert found.sd == pytest.approx(scores.se, abs=1e-5)


def test_parts_combine_to_the_posterior_of_all_answers():
    both = ItemBank(
        [*QUIZ.model, *CASE.model],
        [*QUIZ.a, *CASE.a],
        np.vstack([np.pad(QUIZ.b, ((0, 0), (0, 2)), constant_values=np.nan), CASE.b]),
    )
    theta = abilities(40)
    answers = np.hstack([simulate(QUIZ, theta, 1), simulate(CASE, theta, 2)])
    whole = level_posterior(answers, both, CUTS, mean=0.2, sd=1.4, cut_se=0.1)
    quiz = level_posterior(answers[:, :12], QUIZ, CUTS, mean=0.2, sd=1.4, cut_se=0.1)
    case = level_posterior(answers[:, 12:], CASE, CUTS, mean=0.2, sd=1.4, cut_se=0.1)
    found = combine_evidence(quiz, case)
    assert found.prob == pytest.approx(whole.prob, abs=1e-8)
    assert found.eap == pytest.approx(whole.eap, abs=1e-8)
    assert found.n_answered.tolist() == whole.n_answered.tolist()


def test_parts_on_grids_of_different_fineness_combine():
    fine, coarse = make_bank("2PL", 300), QUIZ
    theta = abilities(5)
    first = level_posterior(simulate(fine, theta, 1), fine, CUTS)
    second = level_posterior(simulate(coarse, theta, 2), coarse, CUTS)
    assert first.theta.size > second.theta.size
    found = combine_evidence(first, second)
    again = combine_evidence(second, first)
    assert found.prob == pytest.approx(again.prob, abs=1e-9)


def test_contradiction_is_seen_and_agreement_is_not_one():
    good = level_posterior(np.ones((1, 12)), QUIZ, CUTS, raters=[["a", "b"]])
    bad = level_posterior(np.zeros((1, 6)), CASE, CUTS, raters=[["b", "c"]])
    against = combine_evidence(good, bad)
    assert against.conflict[0] > 2.6
    assert combine_evidence(good, good).conflict[0] == pytest.approx(0, abs=1e-9)
    assert np.isnan(good.conflict[0])
    assert against.raters == (("a", "b", "c"),)
    assert "contradiction" in certify(against, 1).reasons


def test_conflict_of_honest_sources_is_standard_normal():
    # z is normal only roughly with few answers: 5 % are expected above 1.96; 1,000
    # persons give a standard error of 0.7 %.
    theta = abilities(1000)
    quiz, case = make_bank("2PL", 40), make_bank("PCM", 15, 4, seed=3)
    found = combine_evidence(
        level_posterior(simulate(quiz, theta, 1), quiz, CUTS),
        level_posterior(simulate(case, theta, 2), case, CUTS),
    )
    assert 0.02 < (found.conflict > 1.96).mean() < 0.08


@pytest.mark.parametrize(
    "other",
    [
        {"cuts": [0.0]},
        {"mean": 0.1},
        {"sd": 1.1},
        {"cut_se": 0.2},
        {"responses": np.ones((2, 12))},
    ],
)
def test_what_has_no_common_ground_is_refused(other):
    first = level_posterior(np.ones((1, 12)), QUIZ, CUTS)
    arguments = {"responses": np.ones((1, 12)), "cuts": CUTS} | other
    second = level_posterior(items=QUIZ, **arguments)
    with pytest.raises(DataError, match="posterior 1"):
        combine_evidence(first, second)
    with pytest.raises(DataError, match="no posterior"):
        combine_evidence()


def test_one_person_is_taken_out_as_they_were():
    answers = simulate(QUIZ, abilities(4), 1)
    whole = level_posterior(answers, QUIZ, CUTS, raters=[["a"], [], ["b"], []])
    one = whole.person(2)
    assert one.prob[0] == pytest.approx(whole.prob[2], abs=1e-12)
    assert one.raters == (("b",),)
    assert whole.person(-1).eap[0] == pytest.approx(whole.eap[-1], abs=1e-12)


def test_posterior_is_json_safe():
    found = level_posterior(np.ones((1, 12)), QUIZ, CUTS)
    held = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert held["conflict"] == [None]
    assert len(repr(found).splitlines()) < 30


def make_posterior(share, *, raters=("a", "b"), n=60):
    answers = (np.arange(n) < share * n).astype(float)
    bank = ItemBank("2PL", np.full(n, 1.5), np.zeros(n))
    return level_posterior(answers, bank, [0.0], raters=[raters])


@pytest.mark.parametrize(
    ("share", "settings_", "zone", "reasons"),
    [
        (0.9, {}, "award", ("probability_reached",)),
        (0.52, {}, "panel", ("probability_between",)),
        (0.1, {}, "not_yet", ("probability_below",)),
        (0.9, {"min_raters": 3}, "panel", ("probability_reached", "too_few_raters")),
        (
            0.9,
            {"min_answered": 61},
            "not_yet",
            ("probability_reached", "too_few_answers"),
        ),
        (
            0.9,
            {"required": {"law": True, "supervision": False}},
            "not_yet",
            ("probability_reached", "missing:supervision"),
        ),
        (0.52, {"rule": "loss", "losses": (1, 1)}, "award", ("probability_reached",)),
        (0.4, {"rule": "loss", "losses": (1, 4)}, "not_yet", ("probability_below",)),
        (0.52, {"rule": "loss", "losses": (9, 1)}, "panel", ("probability_between",)),
    ],
)
def test_certification_rule(share, settings_, zone, reasons):
    found = certify(make_posterior(share), 1, **settings_)
    assert (found.zone, found.reasons) == (zone, reasons)


def test_losses_set_the_threshold():
    found = certify(make_posterior(0.9), 1, rule="loss", losses=(3, 1))
    assert found.threshold == 0.75


@pytest.mark.parametrize(
    "wrong",
    [
        {"target_level": 0},
        {"target_level": 2},
        {"threshold": 0.0},
        {"rule": "loss"},
        {"rule": "loss", "losses": (0, 1)},
        {"rule": "majority"},
    ],
)
def test_certification_without_its_figures_is_refused(wrong):
    with pytest.raises(DataError):
        certify(make_posterior(0.9), **({"target_level": 1} | wrong))


def test_one_person_is_certified_at_a_time():
    with pytest.raises(DataError, match="one person"):
        certify(level_posterior(np.ones((2, 12)), QUIZ, CUTS), 1)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=12, max_size=12),
    st.lists(st.floats(-4, 4), min_size=1, max_size=5, unique=True),
    st.floats(0, 2),
)
def test_probabilities_are_probabilities(answers, cuts, error):
    cuts = sorted(cuts)
    if min(np.diff(cuts), default=1) < 1e-9:
        return
    found = level_posterior(answers, QUIZ, cuts, cut_se=error)
    assert found.prob.sum() == pytest.approx(1)
    assert (found.prob >= 0).all()
    assert (np.diff(found.p_at_or_above) <= 1e-12).all()
    assert found.ci[0, 0] <= found.eap[0] <= found.ci[0, 1]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=12, max_size=12),
    st.integers(0, 11),
)
def test_right_answer_in_place_of_a_wrong_one_lowers_no_chance(answers, place):
    wrong, right = list(answers), list(answers)
    wrong[place], right[place] = 0.0, 1.0
    before = level_posterior(wrong, QUIZ, CUTS).p_at_or_above
    after = level_posterior(right, QUIZ, CUTS).p_at_or_above
    assert (after >= before - 1e-9).all()


@pytest.mark.parametrize(
    "wrong",
    [{"cut_se": -1.0}, {"cut_se": [0.1, 0.2]}, {"sd": 0.0}, {"raters": [[], []]}],
)
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(DataError):
        level_posterior(np.ones((1, 12)), QUIZ, CUTS, **wrong)
