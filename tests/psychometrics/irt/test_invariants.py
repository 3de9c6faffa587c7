"""What must hold whatever the numbers are."""

import json

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lms.psychometrics import (
    IRTResult,
    ItemBank,
    expected_score,
    fit_irt,
    information,
    item_fit,
    person_fit,
    q3,
    score_distribution,
    score_persons,
    simulate,
)
from lms.psychometrics.irt.curves import log_probabilities, parameter_slopes
from lms.psychometrics.irt.precision import theta_slopes
from tests.psychometrics.irt.samples import abilities, make_bank

pytestmark = pytest.mark.long  # it calibrates again and again

MODELS = st.sampled_from(["2PL", "Rasch", "PCM", "GPCM", "GRM"])
THETA = np.linspace(-5, 5, 41)


@st.composite
def banks(draw, models=MODELS, n_items=4):
    """Draw banks of mixed models with up to four categories."""
    chosen = [draw(models) for _ in range(n_items)]
    a, b = np.ones(n_items), np.full((n_items, 3), np.nan)
    for item, model in enumerate(chosen):
        count = 1 if model in {"2PL", "Rasch"} else draw(st.integers(1, 3))
        steps = draw(
            st.lists(st.floats(-3, 3), min_size=count, max_size=count, unique=True)
        )
        if model == "GRM":
            steps = sorted(steps)
            assume(min(np.diff(steps), default=1) > 0.01)
        if model not in {"Rasch", "PCM"}:
            a[item] = draw(st.floats(0.3, 3))
        b[item, :count] = steps
    return ItemBank(chosen, a, b)


@settings(max_examples=60, deadline=None)
@given(banks())
def test_curves_share_out_all_probability(bank):
    chances = np.exp(log_probabilities(bank.coefficients(), THETA))
    assert chances.sum(axis=1) == pytest.approx(np.ones((4, THETA.size)))


@settings(max_examples=40, deadline=None)
@given(banks())
def test_derivatives_are_those_of_the_curves(bank):
    # Central differences with a step of 1e-5: right to 1e-8 for values of order 10.
    items, step = bank.coefficients(), 1e-5
    first, second = theta_slopes(items, np.exp(log_probabilities(items, THETA)))
    above, here, below = (
        log_probabilities(items, THETA + shift) for shift in (step, 0, -step)
    )
    inside = np.isfinite(here)
    slope = (np.where(inside, above, 0) - np.where(inside, below, 0)) / (2 * step)
    assert np.where(inside, first, 0) == pytest.approx(slope, abs=1e-6)
    up, down = (
        theta_slopes(items, np.exp(log_probabilities(items, THETA + shift)))[0]
        for shift in (step, -step)
    )
    bend = (up - down) / (2 * step)
    assert np.where(inside, second, 0) == pytest.approx(
        np.where(inside, bend, 0), abs=1e-5
    )
    by_parameter = parameter_slopes(items, THETA, here)
    # Scores of the model have the mean zero.
    mean = np.einsum("jkq,jkpq->jpq", np.exp(here), by_parameter)
    assert mean == pytest.approx(np.zeros(mean.shape), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(banks())
def test_expected_score_rises_and_is_the_mean_of_the_distribution(bank):
    curve = expected_score(bank, THETA)
    assert (np.diff(curve) >= 0).all()
    shares = score_distribution(bank, THETA)
    assert shares.sum(axis=1) == pytest.approx(np.ones(THETA.size))
    assert shares @ np.arange(bank.max_score + 1) == pytest.approx(curve)
    assert (information(bank, THETA) >= 0).all()


@settings(max_examples=30, deadline=None)
@given(banks(), st.integers(0, 99), st.sampled_from(["EAP", "MAP", "ML", "WLE"]))
def test_order_of_persons_and_items_changes_no_score(bank, seed, method):
    answers = simulate(bank, abilities(8), seed)
    answers[2, 1] = np.nan
    found = score_persons(answers, bank, method)
    people, places = np.arange(8)[::-1], np.array([2, 0, 3, 1])
    moved = score_persons(answers[people][:, places], bank.subset(places), method)
    assert moved.theta[people] == pytest.approx(found.theta, abs=1e-6, nan_ok=True)
    one = score_persons(answers[3], bank, method)
    assert one.theta[0] == pytest.approx(found.theta[3], abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(banks(), st.integers(0, 99))
def test_item_that_was_not_seen_is_as_if_it_were_not_there(bank, seed):
    answers = simulate(bank, abilities(6), seed)
    answers[:, 3] = np.nan
    for method in ("EAP", "WLE"):
        found = score_persons(answers, bank, method)
        short = score_persons(answers[:, :3], bank.subset([0, 1, 2]), method)
        assert found.theta == pytest.approx(short.theta, abs=1e-6)
        assert found.se == pytest.approx(short.se, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(banks(), st.integers(0, 99), st.floats(-2, 2))
def test_scale_moves_with_its_items(bank, seed, shift):
    answers = simulate(bank, abilities(6), seed)
    moved = ItemBank(bank.model, bank.a, bank.b + shift)
    found = score_persons(answers, bank, mean=0.2)
    other = score_persons(answers, moved, mean=0.2 + shift)
    assert other.theta - shift == pytest.approx(found.theta, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(banks(st.sampled_from(["2PL", "GPCM", "GRM"])), st.integers(0, 99))
def test_best_score_is_where_the_likelihood_is_highest(bank, seed):
    answers = simulate(bank, abilities(5), seed)
    scores = score_persons(answers, bank, "ML")
    logs = log_probabilities(bank.coefficients(), np.linspace(-8, 8, 3201))
    for person, own in enumerate(answers.astype(int)):
        curve = sum(logs[item, category] for item, category in enumerate(own))
        best = np.linspace(-8, 8, 3201)[curve.argmax()]
        assert scores.theta[person] == pytest.approx(best, abs=0.0051)


@pytest.mark.parametrize("model", ["2PL", "GPCM", "GRM"])
def test_weighted_likelihood_has_its_maximum_where_jeffreys_prior_has_it(model):
    # Warm (1989): J / (2 I) is half the derivative of log I in an exponential family.
    # For graded items as well: E[l' l''] is a sum of s_k² (1 - s_k)² less the next
    # one's, and telescopes to zero. The grid is 5e-4 fine.
    theta = np.linspace(-6, 6, 24_001)
    bank = make_bank(model, 4, 2 if model == "2PL" else 4, seed=4)
    most = bank.n_categories - 1
    for own in (0 * most, most, np.minimum(most, 1)):
        logs = log_probabilities(bank.coefficients(), theta)
        curve = sum(logs[item, category] for item, category in enumerate(own))
        curve = curve + np.log(information(bank, theta).sum(axis=1)) / 2
        warm = score_persons(own, bank, "WLE").theta[0]
        assert warm == pytest.approx(theta[curve.argmax()], abs=5.1e-4)


def test_relabelling_the_groups_moves_the_origin_alone():
    bank = make_bank("2PL", 10)
    theta = np.concatenate([abilities(800), abilities(800, mean=0.7, seed=5)])
    answers = simulate(bank, theta, 1)
    one = fit_irt(answers, "2PL", group=np.repeat(["a", "b"], 800))
    other = fit_irt(answers, "2PL", group=np.repeat(["b", "a"], 800))
    assert other.loglik == pytest.approx(one.loglik, abs=1e-4)
    gap_one = (one.mean[1] - one.mean[0]) / one.sd[0]
    gap_other = (other.mean[0] - other.mean[1]) / other.sd[1]
    assert gap_other == pytest.approx(gap_one, abs=1e-3)


def test_turning_every_answer_round_turns_the_scale_round():
    bank = make_bank("GRM", 6, 4)
    answers = simulate(bank, abilities(1000), 1)
    one, other = fit_irt(answers, "GRM"), fit_irt(3 - answers, "GRM")
    assert other.loglik == pytest.approx(one.loglik, abs=1e-4)
    assert other.items.a == pytest.approx(one.items.a, abs=2e-4)
    assert other.items.b[:, ::-1] == pytest.approx(-one.items.b, abs=2e-4)


def test_models_of_two_categories_are_one_model():
    answers = simulate(make_bank("2PL", 8), abilities(1000), 1)
    fits = [fit_irt(answers, model) for model in ("2PL", "GPCM", "GRM")]
    for other in fits[1:]:
        assert other.loglik == pytest.approx(fits[0].loglik, abs=1e-6)
        assert other.items.b == pytest.approx(fits[0].items.b, abs=1e-4)
        assert other.se.b == pytest.approx(fits[0].se.b, rel=1e-3)


@pytest.mark.parametrize("model", ["1PL", "GPCM", "GRM"])
def test_result_survives_json(model):
    answers = simulate(make_bank(model, 5), abilities(600), 1)
    result = fit_irt(answers, model, group=np.repeat(["a", "b"], 300))
    held = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    again = IRTResult.from_dict(held)
    assert again.to_dict() == result.to_dict()
    group = np.repeat(["b", "a"], 300)
    assert again.score(answers, group=group).theta == pytest.approx(
        result.score(answers, group=group).theta, abs=1e-12
    )


def test_arguments_are_left_as_they_were():
    answers = simulate(make_bank("2PL", 5), abilities(600), 1)
    kept = answers.copy()
    result = fit_irt(answers)
    result.score(answers)
    result.item_fit(answers)
    assert np.array_equal(answers, kept)
    with pytest.raises(ValueError, match="read-only"):
        result.items.a[0] = 9


def test_fit_statistics_are_calm_under_the_model():
    # 20 items, 2,000 persons: mean squares of 1, p-values evenly spread, lz standard.
    bank = make_bank("2PL", 20)
    theta = abilities(2000)
    answers = simulate(bank, theta, 1)
    found = fit_irt(answers).item_fit(answers)
    for name in ("infit", "outfit"):
        assert found.statistic[name].mean() == pytest.approx(1, abs=0.01)
    assert found.statistic["S-X2"].mean() == pytest.approx(
        found.df["S-X2"].mean(), rel=0.2
    )
    # 20 items at 5 %: six or more happen in fewer than 1 of 1,000 samples.
    assert (found.p["S-X2"] < 0.05).sum() <= 5
    lz = person_fit(answers, bank, theta)
    assert lz.mean() == pytest.approx(0, abs=0.07)
    assert lz.std() == pytest.approx(1, abs=0.07)
    residuals = q3(answers, bank, theta)
    assert np.abs(residuals[np.triu_indices(20, 1)]).max() < 0.1


def test_fit_statistics_find_what_is_wrong():
    bank = make_bank("2PL", 20)
    theta = abilities(2000)
    answers = simulate(bank, theta, 1)
    rng = np.random.default_rng(2)
    answers[:, 4] = rng.integers(0, 2, 2000)
    answers[:, 9] = answers[:, 8]
    answers[7] = 1 - answers[7]
    found = item_fit(answers, bank)
    assert found.p["S-X2"][4] < 1e-6
    assert found.statistic["infit"][4] > 1.1
    assert found.p["outfit"][4] < 1e-6
    residuals = q3(answers, bank, theta)
    assert np.unravel_index((residuals - np.eye(20)).argmax(), (20, 20)) in {
        (8, 9),
        (9, 8),
    }
    assert residuals == pytest.approx(residuals.T)
    lz = person_fit(answers, bank, score_persons(answers, bank).theta)
    assert lz[7] == lz.min()


def test_fit_of_a_form_with_booklets_uses_each_booklet():
    bank = make_bank("PCM", 12, 3)
    answers = simulate(bank, abilities(900, sd=1.2), 1)
    answers[:450, :4] = np.nan
    answers[450:, 8:] = np.nan
    found = fit_irt(answers, "PCM").item_fit(answers)
    assert np.isfinite(found.statistic["S-X2"]).all()
    assert (found.p["S-X2"] < 0.01).sum() <= 1


def test_equal_seeds_give_equal_answers():
    bank = make_bank("GRM", 5, 4)
    one = simulate(bank, [0.0] * 50, 3)
    assert np.array_equal(one, simulate(bank, [0.0] * 50, 3))
    assert np.array_equal(one, simulate(bank, [0.0] * 50, np.random.default_rng(3)))


def test_simulated_shares_are_the_curves():
    # 40,000 draws: standard error of a share at most 0.0025; four of them.
    bank = make_bank("GRM", 3, 4)
    answers = simulate(bank, np.full(40_000, 0.4), 1)
    chances = np.exp(log_probabilities(bank.coefficients(), np.array([0.4])))[:, :, 0]
    for category in range(4):
        shares = (answers == category).mean(axis=0)
        assert shares == pytest.approx(chances[:, category], abs=0.01)
