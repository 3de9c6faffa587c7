"""Distances between orders."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, weightedtau

from lms.psychometrics import DataError, precedence_distance, rank_distance

METHODS = ("kendall", "footrule", "tau", "weighted_tau")
RANKS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=9
)


def test_orders_worked_by_hand():
    # 1 2 3 4 against 2 1 4 3: pairs (0, 1) and (2, 3) are turned; ranks are off by 1.
    result = rank_distance([1, 2, 3, 4], [2, 1, 4, 3])
    assert result.distance == 2
    assert result.normalised == pytest.approx(2 / 6)
    assert result.tau == pytest.approx(1 - 2 * 2 / 6)
    assert result.discordant_pairs == ((0, 1), (2, 3))
    footrule = rank_distance([1, 2, 3, 4], [2, 1, 4, 3], method="footrule")
    assert footrule.distance == 4
    assert footrule.normalised == pytest.approx(4 / 8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_the_reverse_order_is_farthest_of_all(method, n):
    order = np.arange(n)
    distances = [
        rank_distance(order, other, method=method).normalised
        for other in itertools.permutations(range(n))
    ]
    assert min(distances) == pytest.approx(0)
    assert max(distances) == pytest.approx(1)
    reverse = rank_distance(order, order[::-1], method=method)
    assert reverse.normalised == pytest.approx(1)
    assert reverse.tau == pytest.approx(-1)


@settings(max_examples=80, deadline=None)
@given(RANKS)
def test_correlations_with_ties_are_those_of_scipy(pairs):
    expert, learner = np.array(pairs).T
    tau = rank_distance(expert, learner, method="tau")
    assert tau.tau == pytest.approx(kendalltau(expert, learner).statistic, nan_ok=True)
    weighted = rank_distance(expert, learner, method="weighted_tau")
    # There a high number is near the top.
    known = weightedtau(-expert, -learner).statistic
    assert weighted.tau == pytest.approx(known, nan_ok=True)


@settings(max_examples=80, deadline=None)
@given(RANKS, st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_distance_is_free_of_names_numbers_and_sides(pairs, random, method):
    expert, learner = np.array(pairs).T
    there = rank_distance(expert, learner, method=method)
    shuffled = list(range(len(pairs)))
    random.shuffle(shuffled)
    same = [
        rank_distance(learner, expert, method=method),
        rank_distance(expert[shuffled], learner[shuffled], method=method),
        rank_distance(10 * expert, np.exp(learner), method=method),
    ]
    for other in same:
        assert other.distance == pytest.approx(there.distance, nan_ok=True)
    assert len(same[0].discordant_pairs) == len(there.discordant_pairs)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(1, 4)] * 3), min_size=2, max_size=7))
def test_kendall_and_footrule_with_ties_are_metrics_within_twice_of_each_other(rows):
    a, b, c = np.array(rows).T
    for method in ("kendall", "footrule"):
        ab = rank_distance(a, b, method=method).distance
        bc = rank_distance(b, c, method=method).distance
        assert rank_distance(a, c, method=method).distance <= ab + bc + 1e-9
    # Fagin et al. (2006), a theorem: K <= F <= 2 K, with half counts of ties.
    kendall = rank_distance(a, b).distance
    footrule = rank_distance(a, b, method="footrule").distance
    assert kendall <= footrule + 1e-9
    assert footrule <= 2 * kendall + 1e-9


def test_a_tie_counts_half_and_is_not_said_to_be_wrong():
    result = rank_distance([1, 2], [1, 1])
    assert result.distance == 0.5
    assert result.discordant_pairs == ()
    assert np.isnan(result.tau)
    assert np.isnan(rank_distance([1, 2], [1, 1], method="tau").distance)
    with pytest.raises(DataError, match=r"learner: things \[0, 1\] share"):
        rank_distance([1, 2], [1, 1], ties="refused")


def test_one_thing_has_one_order():
    result = rank_distance([1], [7])
    assert (result.distance, result.normalised) == (0, 0)


@pytest.mark.parametrize(
    ("expert", "learner", "more", "words"),
    [
        ([1, 2], [1], {}, "learner: need 2"),
        ([1, np.nan], [1, 2], {}, "expert: value 1"),
        ([], [], {}, "nothing"),
        ([1], [1], {"method": "spearman"}, "spearman"),
        ([1], [1], {"ties": "broken"}, "ties"),
    ],
)
def test_error_says_which_rank(expert, learner, more, words):
    with pytest.raises(DataError, match=words):
        rank_distance(expert, learner, **more)


def test_plan_is_judged_by_what_must_come_first():
    pairs = [("hear", "plan"), ("plan", "refer"), ("hear", "refer")]
    free = precedence_distance(pairs, ["other", "hear", "plan", "refer"])
    assert (free.distance, free.normalised, free.tau) == (0, 0, 1)
    turned = precedence_distance([*pairs, pairs[0]], ["plan", "hear", "refer"])
    assert turned.discordant_pairs == (("hear", "plan"),)
    assert turned.normalised == pytest.approx(1 / 3)


def test_a_step_left_out_breaks_its_pairs_or_is_skipped():
    pairs = [("hear", "plan"), ("plan", "refer")]
    assert precedence_distance(pairs, ["plan", "refer"]).distance == 1
    skipped = precedence_distance(pairs, ["plan", "refer"], missing="skipped")
    assert (skipped.distance, skipped.normalised) == (0, 0)
    assert np.isnan(precedence_distance(pairs, [], missing="skipped").normalised)


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(6)), st.permutations(range(6)))
def test_all_pairs_of_an_order_give_kendalls_distance(expert, learner):
    pairs = list(itertools.combinations(expert, 2))
    by_pairs = precedence_distance(pairs, learner)
    by_ranks = rank_distance(np.argsort(expert), np.argsort(learner))
    assert by_pairs.distance == by_ranks.distance
    assert by_pairs.tau == pytest.approx(by_ranks.tau)


def test_demands_that_no_order_meets_are_refused():
    with pytest.raises(DataError, match="no order can meet"):
        precedence_distance([("a", "b"), ("b", "c"), ("c", "a")], ["a"])
    with pytest.raises(DataError, match="'a' is there twice"):
        precedence_distance([("a", "b")], ["a", "b", "a"])
    with pytest.raises(DataError, match="missing"):
        precedence_distance([], [], missing="wrong")
