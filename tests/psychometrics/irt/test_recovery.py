"""Known parameters come back, with errors as large as they are said to be.

Seeds are fixed; bounds are those of the acceptance figures, which lie two or more
standard errors of the simulation above what is expected.
"""

import numpy as np
import pytest

from lms.psychometrics import ItemBank, fit_irt, score_persons, simulate
from tests.psychometrics.irt.samples import (
    abilities,
    exact_abilities,
    make_bank,
    rmse,
)

pytestmark = pytest.mark.long  # it calibrates simulated forms

LONG = make_bank("2PL", 60)
MANY = exact_abilities(5000)


def covered(found, se, true):
    return float((np.abs(found - true) < 1.96 * se).mean())


def test_two_parameter_model():
    answers = simulate(LONG, MANY, 1)
    result = fit_irt(answers, "2PL")
    assert rmse(result.items.a, LONG.a) <= 0.055
    assert rmse(result.items.b, LONG.b) <= 0.045
    scores = result.score(answers)
    assert 0.93 <= covered(scores.theta, scores.se, MANY) <= 0.97
    # 60 items: 54 or more of the intervals hold in 99 of 100 samples.
    assert covered(result.items.a, result.se.a, LONG.a) >= 0.9
    assert covered(result.items.b, result.se.b, LONG.b) >= 0.9


def test_third_of_answers_missing_by_design_keeps_the_accuracy():
    answers = simulate(LONG, MANY, 1)
    for form in range(3):
        answers[form::3, form * 20 : (form + 1) * 20] = np.nan
    result = fit_irt(answers, "2PL")
    # Errors as large as they are said to be: the root mean square of 60 has itself a
    # relative error of 9 %, two of which are allowed.
    assert rmse(result.items.a, LONG.a) <= 1.18 * rmse(result.se.a, 0)
    assert rmse(result.items.b, LONG.b) <= 1.18 * rmse(result.se.b, 0)
    assert abs((result.items.b - LONG.b).mean()) < 0.03
    scores = result.score(answers)
    assert 0.93 <= covered(scores.theta, scores.se, MANY) <= 0.97


def test_easier_form_is_no_harder_for_being_given_to_fewer():
    # Form B is the hard half, given to a random half of the persons.
    order = np.argsort(LONG.b[:, 0])
    answers = simulate(LONG, MANY, 4)
    answers[::2, order[30:]] = np.nan
    result = fit_irt(answers, "2PL", se=False)
    assert abs((result.items.b - LONG.b)[order[30:]].mean()) < 0.04


def test_partial_credit_model():
    bank, theta = make_bank("PCM", 20, 5), exact_abilities(2000, sd=1.3)
    result = fit_irt(simulate(bank, theta, 2), "PCM")
    assert rmse(result.items.b, bank.b) <= 0.10
    assert result.sd[0] == pytest.approx(theta.std(), abs=0.05)
    assert result.items.a.tolist() == [1.0] * 20


def test_graded_model():
    bank, theta = make_bank("GRM", 12, 5), exact_abilities(1000)
    result = fit_irt(simulate(bank, theta, 3), "GRM")
    assert rmse(result.items.a, bank.a) <= 0.11
    assert rmse(result.items.b, bank.b) <= 0.075 * 1.5
    inner = bank.b[:, 1:3]
    assert rmse(result.items.b[:, 1:3], inner) <= 0.075


def test_mixed_form_with_items_of_every_model():
    models = ["2PL", "1PL", "GRM", "GPCM", "PCM", "1PL"] * 4
    rng = np.random.default_rng(5)
    a = np.where(np.isin(models, ["2PL", "GRM", "GPCM"]), rng.uniform(0.7, 1.6, 24), 1)
    a = np.where(np.isin(models, ["1PL"]), 1.4, a)
    b = rng.normal(0, 0.6, (24, 1)) + np.array([-0.8, 0.0, 0.8])
    b[np.isin(models, ["2PL", "1PL"]), 1:] = np.nan
    bank = ItemBank(models, a, b)
    result = fit_irt(simulate(bank, abilities(4000), 6), "2PL", item_models=models)
    assert result.converged
    assert rmse(result.items.a, bank.a) <= 0.1
    assert rmse(result.items.b, bank.b) <= 0.12
    shared = result.items.a[np.isin(models, ["1PL"])]
    assert np.ptp(shared) == 0
    # Partial credit items fix the unit, so that the spread is estimated.
    assert result.sd[0] == pytest.approx(1, abs=0.05)
    assert np.isfinite(result.sd_se[0])


def test_groups_have_means_and_spreads_of_their_own():
    bank = make_bank("2PL", 30)
    theta = np.concatenate([abilities(2000), abilities(2000, mean=0.6, sd=1.4, seed=9)])
    group = np.repeat(["first", "second"], 2000)
    result = fit_irt(simulate(bank, theta, 7), "2PL", group=group)
    assert result.groups == ("first", "second")
    assert (result.mean[0], result.sd[0]) == (0, 1)
    # About three standard errors.
    assert result.mean[1] == pytest.approx(0.6, abs=3 * result.mean_se[1])
    assert result.sd[1] == pytest.approx(1.4, abs=3 * result.sd_se[1])
    assert result.mean_se[1] < 0.06
    assert np.isnan(result.mean_se[0])


def test_anchors_keep_the_scale_while_the_population_moves():
    bank = make_bank("2PL", 30)
    theta = abilities(3000, mean=0.8, sd=0.7, seed=4)
    answers = simulate(bank, theta, 8)
    result = fit_irt(answers, "2PL", anchors=bank.subset(range(10)))
    assert result.items.a[:10] == pytest.approx(bank.a[:10], abs=0)
    assert result.mean[0] == pytest.approx(0.8, abs=0.06)
    assert result.sd[0] == pytest.approx(0.7, abs=0.05)
    assert abs((result.items.b - bank.b)[10:].mean()) < 0.06
    named = {place: {"a": bank.a[place], "b": bank.b[place]} for place in range(10)}
    again = fit_irt(answers, "2PL", anchors=named)
    assert again.loglik == pytest.approx(result.loglik, abs=1e-6)


def test_only_the_population_is_free_when_every_item_is_an_anchor():
    bank = make_bank("GRM", 10, 4)
    theta = abilities(2000, mean=-0.5, sd=1.2)
    result = fit_irt(simulate(bank, theta, 8), "GRM", anchors=bank)
    assert result.parameters == ("mean[0]", "sd[0]")
    assert result.mean[0] == pytest.approx(-0.5, abs=0.1)
    assert result.sd[0] == pytest.approx(1.2, abs=0.08)


def test_weighted_likelihood_is_less_biased_than_maximum_likelihood():
    # Warm (1989): the bias of ML points outwards.
    bank = make_bank("2PL", 15)
    for theta in (-1.5, 1.5):
        answers = simulate(bank, np.full(4000, theta), 9)
        bias = {
            method: abs(score_persons(answers, bank, method).theta.mean() - theta)
            for method in ("ML", "WLE")
        }
        assert bias["WLE"] < bias["ML"]
        assert bias["WLE"] < 0.05


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "n_items", "n_categories"),
    [("2PL", 15, 2), ("Rasch", 15, 2), ("GRM", 8, 4), ("GPCM", 8, 4), ("PCM", 8, 4)],
)
def test_intervals_hold_as_often_as_they_say(model, n_items, n_categories):
    # 100 samples of 800 persons. Of some 1,500 to 3,000 intervals, which hang together
    # within a sample, 93 to 97 % hold.
    bank = make_bank(model, n_items, n_categories)
    held = []
    for seed in range(100):
        answers = simulate(bank, abilities(800, seed=1000 + seed), seed)
        result = fit_irt(answers, model, n_categories=n_categories)
        held.append(np.abs(result.items.b - bank.b) < 1.96 * result.se.b)
        if np.isfinite(result.se.a).all():
            own = np.abs(result.items.a - bank.a) < 1.96 * result.se.a
            held.append(np.broadcast_to(own[:, None], held[-1].shape))
    assert 0.93 <= np.mean(held) <= 0.97


@pytest.mark.slow
def test_intervals_of_groups_and_anchored_populations_hold():
    bank = make_bank("2PL", 12)
    group = np.repeat(["a", "b"], 500)
    means, sds = [], []
    for seed in range(150):
        theta = np.concatenate(
            [
                abilities(500, seed=2000 + seed),
                abilities(500, mean=0.5, sd=1.3, seed=5000 + seed),
            ]
        )
        result = fit_irt(simulate(bank, theta, seed), "2PL", group=group)
        means.append(abs(result.mean[1] - 0.5) < 1.96 * result.mean_se[1])
        sds.append(abs(result.sd[1] - 1.3) < 1.96 * result.sd_se[1])
    # 150 trials at 95 %: below 90 % in fewer than 1 of 100 runs.
    assert np.mean(means) >= 0.9
    assert np.mean(sds) >= 0.9
