"""Odd answers give a result or an error that names the item, person or group."""

import json
import warnings

import numpy as np
import pytest

from lms.psychometrics import (
    ConvergenceWarning,
    DataError,
    DisconnectedDesignError,
    IRTResult,
    ItemBank,
    fit_irt,
    item_fit,
    level_posterior,
    person_fit,
    posterior,
    q3,
    score_persons,
    simulate,
)
from tests.psychometrics.irt.samples import abilities, make_bank

pytestmark = pytest.mark.long  # it calibrates again and again

BANK = make_bank("2PL", 5)
ANSWERS = simulate(BANK, abilities(200), 1)
POLY = make_bank("GRM", 5, 4)
RATED = simulate(POLY, abilities(300), 1)


def changed(answers, where, value):
    copy = answers.copy()
    copy[where] = value
    return copy


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (changed(ANSWERS, np.s_[:, 2], 1), "item 2: every answer is 1"),
        (changed(ANSWERS, np.s_[:, 3], 0), "item 3: every answer is 0"),
        (changed(ANSWERS, np.s_[:, 4], np.nan), "item 4: nobody answered it"),
        (changed(ANSWERS, (7, 1), 2), "person 7, item 1: category 2"),
        (changed(ANSWERS, (7, 1), 0.5), "person 7, item 1 is 0.5"),
        (ANSWERS[:, :1], "at least 2"),
        (np.full((3, 4), np.nan), "nobody answered anything"),
        (ANSWERS[0], "shape"),
    ],
)
def test_error_names_what_is_wrong(answers, words):
    with pytest.raises(DataError) as caught:
        fit_irt(answers, "2PL")
    assert words in str(caught.value)


@pytest.mark.parametrize("model", ["PCM", "GPCM", "GRM"])
def test_unused_category_is_refused_or_collapsed_on_request(model):
    answers = np.where(RATED == 2, 1, RATED)
    answers[:, 1:] = RATED[:, 1:]
    with pytest.raises(DataError, match="item 0: nobody used category 2 of 0 to 3"):
        fit_irt(answers, model)
    result = fit_irt(answers, model, collapse_unused=True)
    assert result.collapsed == {0: (0, 1, 3)}
    assert result.items.n_categories.tolist() == [3, 4, 4, 4, 4]
    assert "item 0: categories 0, 1, 3 counted from 0" in result.message
    assert result.score(answers).theta.shape == (300,)
    with pytest.raises(DataError, match="person 0, item 0: category 2"):
        result.score([[2, 0, 0, 0, 0]])
    again = IRTResult.from_dict(json.loads(json.dumps(result.to_dict())))
    assert again.score(answers).theta == pytest.approx(result.score(answers).theta)


def test_categories_that_do_not_start_at_zero_are_explained():
    with pytest.raises(DataError, match="item 0: nobody used category 0 of 0 to 4"):
        fit_irt(RATED + 1, "GRM")


@pytest.mark.parametrize("n_persons", [2, 3, 5, 10])
@pytest.mark.parametrize("model", ["1PL", "Rasch", "2PL", "GRM"])
def test_few_persons_give_a_result_or_a_named_error(n_persons, model):
    answers = ANSWERS[:n_persons]
    flat = [j for j, own in enumerate(answers.T) if np.ptp(own) == 0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        if flat:
            with pytest.raises(DataError, match=f"item {flat[0]}"):
                fit_irt(answers, model)
        seen = np.delete(answers, flat, axis=1)
        result = fit_irt(seen, model) if seen.shape[1] > 1 else None
    if result:
        assert np.isfinite(result.items.b).all()
        assert np.isfinite(result.score(seen).theta).all()


def test_two_persons_who_answer_against_each_other():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        result = fit_irt([[0, 1, 0], [1, 0, 1]], "2PL")
    assert np.isfinite(result.items.a).all()
    assert "normal prior" in result.message


def test_slopes_of_few_persons_are_held_by_a_prior_that_is_flagged():
    answers = simulate(BANK, abilities(60), 3)
    held = fit_irt(answers, "2PL")
    free = fit_irt(answers, "2PL", priors={})
    assert "normal prior (0, 0.5)" in held.message
    assert "prior" not in free.message
    assert np.ptp(np.log(np.abs(held.items.a))) < np.ptp(np.log(np.abs(free.items.a)))
    many = fit_irt(simulate(BANK, abilities(600), 3), "2PL")
    assert "prior" not in many.message


def test_own_prior_is_used():
    tight = fit_irt(ANSWERS, "2PL", priors={"a": (0.0, 0.01)})
    assert tight.items.a == pytest.approx(np.ones(5), abs=0.02)
    with pytest.raises(DataError, match="only 'a'"):
        fit_irt(ANSWERS, "2PL", priors={"b": (0, 1)})
    with pytest.raises(DataError, match="standard deviation"):
        fit_irt(ANSWERS, "2PL", priors={"a": (0, 0)})


def test_rows_without_answers_count_for_nothing():
    padded = np.vstack([ANSWERS, np.full((20, 5), np.nan)])
    one, other = fit_irt(ANSWERS), fit_irt(padded)
    assert other.items.b == pytest.approx(one.items.b, abs=1e-9)
    assert other.n_persons == 200
    assert "20 rows without answers" in other.message


def test_item_that_was_never_right_can_be_anchored():
    answers = changed(ANSWERS, np.s_[:, 2], 0)
    anchors = {0: (BANK.a[0], BANK.b[0]), 2: (1.0, 4.0)}
    result = fit_irt(answers, "2PL", anchors=anchors)
    assert result.items.b[2, 0] == 4.0
    assert np.isnan(result.se.b[2, 0])


def test_reversed_item_is_told():
    answers = simulate(make_bank("2PL", 8), abilities(1000), 1)
    answers[:, 3] = 1 - answers[:, 3]
    result = fit_irt(answers, "2PL")
    assert result.items.a[3] < 0
    assert "slopes below zero: item 3" in result.message


def test_not_converging_is_said_and_not_raised():
    with pytest.warns(ConvergenceWarning, match="did not converge in 2"):
        result = fit_irt(ANSWERS, "2PL", max_iter=2)
    assert not result.converged


@pytest.mark.parametrize("method", ["EAP", "MAP", "ML", "WLE"])
@pytest.mark.parametrize("bank", [BANK, make_bank("PCM", 5, 3), POLY])
def test_extreme_and_empty_patterns_are_scored(method, bank):
    most = bank.n_categories - 1
    answers = [0 * most, most, np.full(5, np.nan), [0, np.nan, np.nan, np.nan, np.nan]]
    scores = score_persons(answers, bank, method)
    assert scores.theta[0] < 0 < scores.theta[1]
    assert scores.extreme.tolist() == [True, True, False, True]
    assert scores.n_answered.tolist() == [5, 5, 0, 1]
    if method in {"EAP", "MAP"}:
        assert (scores.theta[2], scores.se[2]) == (0, 1)
    else:
        assert np.isnan(scores.theta[2])
        assert np.isnan(scores.se[2])
    assert np.isfinite(scores.theta[[0, 1, 3]]).all()


def test_likelihood_without_maximum_gives_the_bound():
    scores = score_persons([[1] * 5, [0] * 5], BANK, "ML", bounds=(-4, 5))
    assert scores.theta.tolist() == [5, -4]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"responses": [[1] * 4]}, "4 items, but the bank has 5"),
        ({"responses": [[1, 1, 1, 1, 2]]}, "person 0, item 4: category 2"),
        ({"method": "MLE"}, "method"),
        ({"sd": 0}, "sd"),
        ({"bounds": (1, 0), "method": "ML"}, "bounds"),
        ({"group": ["a"], "mean": {"b": 0.0}}, "mean"),
        ({"group": ["a", "b"]}, "2 labels|1 labels"),
    ],
)
def test_wrong_scoring_is_refused(arguments, words):
    with pytest.raises(DataError, match=words):
        score_persons(**({"responses": [[1] * 5], "items": BANK} | arguments))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"model": "3PL"}, "model '3PL'"),
        ({"item_models": ["2PL"]}, "item_models: 1 for 5"),
        ({"item_models": ["2PL", "4PL", None, None, None]}, "item 1: model '4PL'"),
        ({"weights": np.full(200, -1)}, "negative"),
        ({"weights": [1, 2]}, "200 values"),
        ({"nodes": 3}, "nodes"),
        ({"span": 0}, "span"),
        ({"tol": 0}, "tol"),
        ({"max_iter": 0}, "max_iter"),
        ({"anchors": {9: (1, 0)}}, "no item 9"),
        ({"anchors": {0: "x"}}, "item 0: need a slope"),
        ({"anchors": {0: {"a": 1.0}}}, "item 0: need a slope"),
        ({"anchors": make_bank("2PL", 6)}, "6 items, but the form has 5"),
        ({"group": ["a"] * 199}, "200 labels"),
        ({"n_categories": 1, "model": "GRM"}, "at least 2"),
    ],
)
def test_wrong_arguments_of_a_calibration_are_refused(arguments, words):
    with pytest.raises(DataError, match=words):
        fit_irt(ANSWERS, **({"model": "2PL"} | arguments))


def test_groups_without_common_items_are_refused_and_named():
    answers = np.full((400, 10), np.nan)
    answers[:200, :5], answers[200:, 5:] = ANSWERS, ANSWERS
    group = np.repeat(["north", "south"], 200)
    with pytest.raises(DisconnectedDesignError) as caught:
        fit_irt(answers, "Rasch", group=group)
    assert caught.value.subsets == (("north",), ("south",))
    with pytest.raises(DisconnectedDesignError):
        fit_irt(answers, "Rasch", group=group, anchors={0: (1.0, 0.0)})
    linked = fit_irt(answers, "Rasch", group=group, anchors={0: (1, 0), 5: (1, 0)})
    assert linked.converged


def test_group_of_whom_nobody_answered_is_named():
    answers = changed(ANSWERS, np.s_[:100], np.nan)
    with pytest.raises(DataError, match="nobody in 'a'"):
        fit_irt(answers, group=np.repeat(["a", "b"], 100))


def test_fit_of_degenerate_answers_is_not_a_number_and_no_warning():
    none = np.full((4, 5), np.nan)
    found = item_fit(none, BANK)
    assert np.isnan(found.statistic["infit"]).all()
    assert np.isnan(found.statistic["S-X2"]).all()
    assert np.isnan(person_fit(none, BANK, np.zeros(4))).all()
    assert np.isnan(q3(none, BANK, np.zeros(4))).all()
    assert np.isnan(person_fit(ANSWERS[:2], BANK, [np.nan, 0.0])).tolist() == [1, 0]
    same = q3(np.ones((5, 5)), BANK, np.zeros(5))
    assert np.isnan(same).all()
    with pytest.raises(DataError, match="methods"):
        item_fit(ANSWERS, BANK, methods=["X2"])


def test_far_away_abilities_leak_no_warning():
    theta = np.array([-400.0, 0.0, 400.0])
    for bank in (BANK, POLY, make_bank("GPCM", 5, 4)):
        answers = simulate(bank, theta, 1)
        assert np.isfinite(person_fit(answers, bank, theta)[1])
        scores = score_persons(answers, bank, "ML")
        assert np.isfinite(scores.theta).all()
        level_posterior(answers, bank, [-300.0, 300.0])
        posterior(answers, bank, mean=300.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"model": ["2PL"], "b": [0, 1]}, "model: 1 for 2"),
        ({"model": "2PL", "b": [0, 1], "ids": ["x"]}, "ids: 1 for 2"),
        ({"model": "2PL", "b": [0, 1], "ids": ["x", "x"]}, "'x' is there twice"),
        ({"model": "2PL", "b": [[0, 1]]}, "2PL has 2 categories"),
        ({"model": "9PL", "b": [0]}, "9PL"),
        ({"model": "GRM", "b": [[1, 0]]}, "do not rise"),
        ({"model": "PCM", "b": [[1, 0]], "n_categories": [2]}, "goes past"),
        ({"model": "PCM", "b": [[1, 0]], "n_categories": [9]}, "9 categories"),
        ({"model": "2PL", "b": [np.inf]}, "infinite"),
        ({"model": "2PL", "a": [1, 2], "b": [0]}, "a: need 1"),
        ({"model": "2PL", "b": []}, "shape"),
    ],
)
def test_bank_that_is_none_is_refused(arguments, words):
    with pytest.raises(DataError, match=words):
        ItemBank(**arguments)


def test_bank_with_unknown_parameters_does_not_score():
    bank = ItemBank("2PL", a=[1.0, np.nan], b=[0.0, 0.0], ids=["q1", "q2"])
    with pytest.raises(DataError, match=r"item 1 \('q2'\): a parameter is not known"):
        score_persons([[1, 1]], bank)


def test_steps_of_a_partial_credit_item_may_be_disordered():
    bank = ItemBank("PCM", b=[[1.0, -1.0], [0.5, -0.5]])
    answers = simulate(bank, abilities(3000), 2)
    result = fit_irt(answers, "PCM")
    assert (result.items.b[:, 0] > result.items.b[:, 1]).all()
