"""Whether raters share learners."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.psychometrics import DataError, rater_linkage


def test_raters_who_share_nobody_stand_apart():
    found = rater_linkage([1, 1, 2, 3, 3], ["a", "b", "b", "c", "d"])
    assert found.n_subsets == 2
    assert found.subsets == (("a", "b"), ("c", "d"))
    assert found.subset_of_rater.tolist() == [0, 0, 1, 1]


def test_weakest_link_names_who_would_be_cut_off_and_counts_who_holds_them():
    # a, b and c share ten learners; d is tied to them by learner 99 alone.
    learner = [*np.repeat(range(10), 3), 99, 99]
    rater = [*("abc" * 10), "c", "d"]
    found = rater_linkage(learner, rater)
    assert found.n_subsets == 1
    link = found.weakest_links[0]
    assert link.raters in {("c", "d"), ("d", "c")}
    assert (link.apart, link.n_learners) == (("d",), 1)
    assert found.weakest_links[1].n_learners == 10


def test_ties_beside_the_strongest_one_count_as_well():
    # a and b share two learners, a and c two, b and c one: c hangs on all three.
    learner = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    rater = ["a", "b", "a", "b", "a", "c", "a", "c", "b", "c"]
    links = {
        link.apart: link.n_learners
        for link in rater_linkage(learner, rater).weakest_links
    }
    assert links == {("c",): 3, ("b",): 3}


def test_several_criteria_of_one_sheet_are_one_tie():
    found = rater_linkage([1] * 6, ["a", "a", "a", "b", "b", "b"])
    assert found.weakest_links[0].n_learners == 1


def test_one_rater_is_linked_to_himself():
    found = rater_linkage([1, 2], ["a", "a"])
    assert (found.n_subsets, found.weakest_links) == (1, ())
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("learner", "rater", "words"),
    [
        ([], [], "rater: nothing"),
        ([1, 2], ["a"], "learner: need 1 labels"),
        ([1, None], ["a", "b"], "learner: row 1 has no label"),
        ([1, 2], ["a", None], "rater: row 1 has no label"),
    ],
)
def test_what_is_no_design_is_refused(learner, rater, words):
    with pytest.raises(DataError, match=words):
        rater_linkage(learner, rater)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 7)), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_subsets_are_those_of_a_search_by_hand_in_any_order(pairs, random):
    raters = sorted({rater for _, rater in pairs})
    parts = {rater: {rater} for rater in raters}
    for learner, rater in pairs:
        for other in (r for n, r in pairs if n == learner):
            merged = parts[rater] | parts[other]
            for member in merged:
                parts[member] = merged
    expected = {frozenset(part) for part in parts.values()}
    random.shuffle(pairs)
    found = rater_linkage([n for n, _ in pairs], [r for _, r in pairs])
    assert {frozenset(part) for part in found.subsets} == expected
    assert all(link.n_learners >= 1 for link in found.weakest_links)
