"""Adaptive selection and stopping."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.psychometrics import (
    DataError,
    NoSolutionError,
    information,
    level_posterior,
    next_item,
    posterior,
    score_persons,
    should_stop,
    simulate,
)
from tests.psychometrics.irt.samples import make_bank

pytestmark = pytest.mark.long  # it simulates whole tests

BANK = make_bank("2PL", 40)


@settings(max_examples=40, deadline=None)
@given(st.floats(-3, 3), st.sets(st.integers(0, 39), max_size=39))
def test_best_item_not_yet_seen_is_chosen(theta, seen):
    chosen = next_item(BANK, theta, sorted(seen))
    worth = information(BANK, [theta])[0]
    assert chosen not in seen
    assert worth[chosen] == max(worth[[j for j in range(40) if j not in seen]])


def test_seen_may_be_flags():
    flags = np.zeros(40, dtype=bool)
    first = next_item(BANK, 0.0, flags)
    flags[first] = True
    assert next_item(BANK, 0.0, flags) == next_item(BANK, 0.0, [first])


def test_belief_may_be_a_point_a_density_or_a_level_posterior():
    answers = simulate(BANK, [0.4], 1)
    theta, density = posterior(answers, BANK)
    found = level_posterior(answers, BANK, [0.0])
    by_density = next_item(BANK, (theta, density[0]), [])
    assert by_density == next_item(BANK, found, [])
    narrow = np.exp(-((theta - 0.4) ** 2) / 2e-2)
    assert next_item(BANK, (theta, narrow), []) == next_item(BANK, 0.4, [])


def test_information_at_the_nearest_cut():
    worth = information(BANK, [1.0])[0]
    chosen = next_item(BANK, 0.8, [], rule="cut_info", cut=[-1.0, 1.0])
    assert chosen == worth.argmax()
    with pytest.raises(DataError, match="cut"):
        next_item(BANK, 0.8, [], rule="cut_info")


def test_distance_rule_is_the_divergence_by_brute_force():
    bank = make_bank("GRM", 12, 4)
    answers = simulate(bank.subset([0, 1]), [0.3], 1)
    theta, density = posterior(answers, bank.subset([0, 1]))
    mass = density[0] / density[0].sum()
    centre = float(mass @ theta)
    from lms.psychometrics.irt.curves import log_probabilities

    logs = log_probabilities(bank.coefficients(), theta)
    own = log_probabilities(bank.coefficients(), np.array([centre]))
    worth = (np.exp(own) * (own - logs) * mass).sum(axis=(1, 2))
    worth[[0, 1]] = -1
    assert next_item(bank, (theta, density[0]), [0, 1], rule="kl") == worth.argmax()
    assert next_item(bank, centre, [0, 1], rule="kl") not in {0, 1}


def test_exposure_spreads_over_the_best():
    worth = np.argsort(-information(BANK, [0.0])[0])
    drawn = {next_item(BANK, 0.0, [], exposure=3, rng=seed) for seed in range(60)}
    assert drawn == set(worth[:3].tolist())


def test_item_with_a_low_exposure_probability_is_passed_over():
    best, second = np.argsort(-information(BANK, [0.0])[0])[:2]
    chances = np.ones(40)
    chances[best] = 0.0
    assert next_item(BANK, 0.0, [], exposure=chances, rng=1) == second
    assert next_item(BANK, 0.0, [], exposure=np.zeros(40), rng=1) == best


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"exposure": 3}, "rng"),
        ({"exposure": 0, "rng": 1}, "exposure"),
        ({"exposure": [0.5], "rng": 1}, "exposure"),
        ({"rule": "best"}, "rule"),
        ({"seen": [40]}, "seen"),
        ({"content": (["a"], {"a": 1.0})}, "content"),
        ({"theta_or_posterior": ([0.0, 1.0], [0.0, 0.0])}, "density"),
        ({"theta_or_posterior": np.nan}, "theta"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, words):
    given_ = {"theta_or_posterior": 0.0, "seen": []} | arguments
    with pytest.raises(DataError, match=words):
        next_item(BANK, **given_)


def test_when_every_item_was_given_there_is_none():
    with pytest.raises(NoSolutionError):
        next_item(BANK, 0.0, range(40))


def test_content_keeps_its_shares():
    labels = ["law"] * 20 + ["practice"] * 20
    seen = []
    for _ in range(12):
        shares = {"law": 0.75, "practice": 0.25}
        seen.append(next_item(BANK, 0.0, seen, content=(labels, shares)))
    assert sum(item < 20 for item in seen) == 9


def test_content_whose_items_are_used_up_gives_way():
    labels = ["law"] + ["practice"] * 39
    chosen = next_item(BANK, 0.0, [0], content=(labels, {"law": 1.0, "practice": 0.0}))
    assert chosen != 0


def make_answers(share, n=30):
    bank = make_bank("Rasch", n)
    return level_posterior((np.arange(n) < share * n).astype(float), bank, [0.0])


def test_reasons_to_stop():
    sure, unsure = make_answers(1.0), make_answers(0.5)
    assert should_stop(sure, cuts=[0.0]) == (True, "classified")
    assert should_stop(unsure, cuts=[unsure.eap[0]]) == (False, "go_on")
    assert should_stop(unsure, se=0.5) == (True, "se")
    assert should_stop(unsure, se=0.1, max_items=30) == (True, "max_items")
    assert should_stop(sure, cuts=[0.0], min_items=31) == (False, "min_items")
    assert should_stop(unsure) == (False, "go_on")


def test_stopping_on_a_density_needs_the_count_where_it_matters():
    theta, density = posterior(np.ones((1, 40)), BANK)
    belief = (theta, density[0])
    assert should_stop(belief, cuts=[0.0]) == (True, "classified")
    with pytest.raises(DataError, match="n_answered"):
        should_stop(belief, max_items=10)
    assert should_stop(belief, max_items=10, n_answered=10) == (True, "max_items")
    with pytest.raises(DataError, match="distribution"):
        should_stop(0.0)
    with pytest.raises(DataError, match="one person"):
        should_stop(level_posterior(np.ones((2, 40)), BANK, [0.0]))


def test_probability_of_the_stopping_rule_is_that_of_the_levels():
    # 2e-4: half-cell interpolation against exact integrals.
    found = level_posterior(simulate(BANK, [0.2], 3), BANK, [-0.5, 0.6])
    largest = found.prob.max()
    assert should_stop(found, cuts=[-0.5, 0.6], confidence=largest - 1e-3)[0]
    assert not should_stop(found, cuts=[-0.5, 0.6], confidence=largest + 1e-3)[0]


def take(bank, theta, choose, *, n_items):
    """Run a test of `n_items` on one learner and return the error of the score."""
    rng = np.random.default_rng(int(1000 * (theta + 9)))
    everything = simulate(bank, [theta], rng)[0]
    answers, seen = np.full(bank.n_items, np.nan), []
    for _ in range(n_items):
        item = choose(score_persons(answers, bank).theta[0], seen, rng)
        answers[item] = everything[item]
        seen.append(item)
    return score_persons(answers, bank).theta[0] - theta


def test_adaptive_test_measures_better_than_a_random_one():
    bank = make_bank("2PL", 200)
    learners = np.linspace(-2, 2, 41)
    adaptive = [
        take(bank, t, lambda at, seen, _: next_item(bank, at, seen), n_items=12)
        for t in learners
    ]
    chance = [
        take(
            bank,
            t,
            lambda _, seen, rng: rng.choice(np.setdiff1d(range(200), seen)),
            n_items=12,
        )
        for t in learners
    ]
    assert np.std(adaptive) < 0.85 * np.std(chance)
