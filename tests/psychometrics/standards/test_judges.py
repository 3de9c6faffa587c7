"""Cuts from judges: Angoff and Hofstee."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import t

from lms.psychometrics import DataError, NoSolutionError, angoff, hofstee

NAN = np.nan
SHARES = arrays(np.float64, (4, 5), elements=st.floats(0, 1).map(lambda x: round(x, 2)))


def test_angoff_of_a_panel_worked_by_hand():
    # Judges expect 0.6 + 0.8 + 2 * 0.5 = 2.4 and 0.4 + 0.8 + 2 * 0.7 = 2.6 points:
    # 2.5, with a standard error of 0.1414 / sqrt(2) = 0.1.
    result = angoff([[0.6, 0.8, 0.5], [0.4, 0.8, 0.7]], weights=[1, 1, 2])
    assert result.cut == pytest.approx(2.5)
    assert result.se == pytest.approx(0.1)
    assert result.ci == pytest.approx(2.5 + 0.1 * t.ppf([0.025, 0.975], 1))
    assert result.details["judge_cuts"] == pytest.approx([2.4, 2.6])
    assert result.details["severity"] == pytest.approx([-0.1, 0.1])
    assert result.details["max_score"] == 4
    assert np.isnan(result.pass_rate)


@settings(max_examples=40, deadline=None)
@given(SHARES, st.permutations(range(4)), st.permutations(range(5)))
def test_order_of_judges_and_items_and_percent_do_not_matter(shares, judges, items):
    here = angoff(shares)
    moved = angoff(shares[judges][:, items])
    assert moved.cut == pytest.approx(here.cut)
    assert moved.se == pytest.approx(here.se)
    assert moved.details["severity"] == pytest.approx(here.details["severity"][judges])
    if (shares * 100 > 1).any() and not ((shares > 0) & (shares < 0.0101)).any():
        assert angoff(shares * 100).cut == pytest.approx(here.cut)


def test_judge_who_left_items_out_is_compared_on_those_he_judged():
    whole = np.array([[0.5, 0.7, 0.3], [0.5, 0.7, 0.3], [0.6, 0.8, 0.4]])
    part = whole.copy()
    part[2, 2] = NAN
    result = angoff(part)
    assert result.cut == pytest.approx(1.6 / 3 + 2.2 / 3 + 0.3)
    # 0.1 above the others on two items, of three judges: 2/3 of that above the mean.
    assert result.details["severity"][2] == pytest.approx(3 * 0.2 / 3)


def test_agreement_is_the_correlation_with_the_other_judges():
    rng = np.random.default_rng(0)
    shares = rng.random((4, 8))
    others = (shares.sum(axis=0) - shares[1]) / 3
    expected = np.corrcoef(shares[1], others)[0, 1]
    result = angoff(shares)
    assert result.details["agreement"][1] == pytest.approx(expected)
    assert np.isnan(angoff([[0.5, 0.5], [0.2, 0.9]]).details["agreement"][0])


def test_pass_rate_is_that_of_the_scores_given():
    result = angoff([[0.5, 0.5], [0.5, 0.5]], scores=[0, 1, 2, NAN])
    assert result.cut == pytest.approx(1)
    assert result.pass_rate == pytest.approx(2 / 3)


def test_one_judge_has_no_error_and_the_result_says_so():
    result = angoff([[0.5, 0.5]])
    assert np.isnan(result.se)
    assert "one judge" in result.warnings[0]
    held = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert held["se"] is None


@pytest.mark.parametrize(
    ("ratings", "more", "words"),
    [
        ([[0.5, -0.1]], {}, "judge 0, item 1 is -0.1"),
        ([[50, 101]], {}, "item 1 is 101"),
        ([[50, 0.6]], {}, "a share among percentages"),
        ([[0.5, NAN], [0.4, NAN]], {}, "item 1 has none"),
        ([[0.5, 0.5], [NAN, NAN]], {}, "judge 1 has none"),
        ([[0.5, 0.5]], {"weights": [1, 0]}, "item 1 has 0"),
        ([[0.5, 0.5]], {"weights": [1]}, "2 values"),
    ],
)
def test_angoff_names_what_is_wrong(ratings, more, words):
    with pytest.raises(DataError, match=words):
        angoff(ratings, **more)


def test_hofstee_of_even_scores_worked_by_hand():
    # Scores 0.005, 0.015 ... 99.995: the share below c is c %. The line from (40, 60)
    # to (60, 20) is 60 - 2 (c - 40); it is c at c = 140 / 3.
    scores = np.arange(0.005, 100, 0.01)
    result = hofstee(scores, [[30, 50, 10, 50], [50, 70, 30, 70]])
    assert result.details["bounds"].tolist() == [40, 60, 20, 60]
    assert result.cut == pytest.approx(140 / 3, abs=0.01)
    assert result.details["fail_percent"] == pytest.approx(140 / 3, abs=0.02)
    assert result.pass_rate == pytest.approx(1 - 1.4 / 3, abs=1e-3)
    # Each judge alone: line to (50, 10) from (30, 50), 50 - 2 (c - 30), c = 110 / 3;
    # line from (50, 70), 70 - 2 (c - 50), c = 170 / 3. Half their distance.
    assert result.se == pytest.approx(10, abs=0.02)


PANELS = st.lists(
    st.tuples(
        st.integers(20, 50),
        st.integers(50, 80),
        st.integers(0, 30),
        st.integers(30, 90),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=40), PANELS)
def test_curve_of_failures_crosses_the_line_at_the_cut(scores, panel):
    scores = np.array(scores, dtype=float)
    try:
        result = hofstee(scores, panel)
    except NoSolutionError:
        low, high, least, most = np.mean(panel, axis=0)
        too_many = 100 * (scores < low).mean() > most
        too_few = 100 * (scores < high).mean() < least
        assert too_many or too_few
        return
    cut, line = result.cut, result.details["fail_percent"]
    assert 100 * (scores < cut - 1e-6).mean() <= line + 1e-3
    assert 100 * (scores <= cut + 1e-6).mean() >= line - 1e-3


def test_hofstee_without_a_crossing_says_on_which_side():
    with pytest.raises(NoSolutionError, match=r"100\.0 % fail at the least cut 60"):
        hofstee([10, 20, 30], [[60, 80, 5, 40]])
    with pytest.raises(NoSolutionError, match=r"0\.0 % fail at the largest cut 80"):
        hofstee([90, 95, 99], [[60, 80, 5, 40]])


def test_hofstee_says_if_the_error_is_not_known():
    scores = np.arange(100.0)
    assert "one judge" in hofstee(scores, [[40, 60, 30, 70]]).warnings[0]
    result = hofstee(scores, [[40, 60, 30, 70], [40, 60, 80, 90]])
    assert np.isnan(result.se)
    assert "without judge 0" in result.warnings[0]


@pytest.mark.parametrize(
    ("judgements", "words"),
    [
        ([[1, 2, 3]], "4 columns"),
        ([[1, 2, 3, NAN]], "judge 0 has no largest fail"),
        ([[2, 1, 3, 4]], "judge 0 has a least above"),
        ([[1, 2, 3, 101]], "0 to 100"),
    ],
)
def test_hofstee_names_the_judge(judgements, words):
    with pytest.raises(DataError, match=words):
        hofstee([1, 2], judgements)
