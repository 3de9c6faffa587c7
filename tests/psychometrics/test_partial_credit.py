"""The model against values worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.psychometrics.partial_credit import ITEM_INFORMATION, row_curves

THETA = np.linspace(-8, 8, 161)
steps = st.lists(st.floats(-5, 5), min_size=1, max_size=4)


def test_probabilities_of_two_equal_steps_are_those_worked_by_hand():
    # At theta = ln 2 with steps (0, 0) the odds of 0, 1, 2 are 1 : 2 : 4.
    curves = row_curves([(0.0, 0.0)] * 3, [0, 1, 2], np.array([np.log(2)]))
    assert np.exp(curves.log_likelihood[:, 0]) == pytest.approx([1 / 7, 2 / 7, 4 / 7])


def test_information_is_the_variance_of_the_score():
    # At theta = 0 the three scores are equally likely: variance 2/3.
    curves = row_curves([(0.0, 0.0)], [1], np.array([0.0]))
    assert curves.information[0, 0] == pytest.approx(2 / 3)


def test_right_or_wrong_item_is_the_rasch_model_and_gives_a_quarter_at_most():
    curves = row_curves([(0.7,)], [1], THETA)
    p = 1 / (1 + np.exp(-(THETA - 0.7)))
    assert np.exp(curves.log_likelihood[0]) == pytest.approx(p)
    assert curves.information[0] == pytest.approx(p * (1 - p))
    assert curves.information.max() == pytest.approx(ITEM_INFORMATION)


def test_rows_of_different_length_do_not_touch_each_other():
    alone = row_curves([(0.2,)], [1], THETA)
    beside = row_curves([(0.2,), (-1.0, 0.0, 3.0)], [1, 2], THETA)
    assert beside.log_likelihood[0] == pytest.approx(alone.log_likelihood[0])
    assert beside.information[0] == pytest.approx(alone.information[0])


@settings(deadline=None)
@given(steps)
def test_scores_of_one_indicator_share_out_all_probability(given_steps):
    scores = range(len(given_steps) + 1)
    curves = row_curves([given_steps] * len(scores), scores, THETA)
    assert np.exp(curves.log_likelihood).sum(axis=0) == pytest.approx(1.0)


@settings(deadline=None)
@given(steps)
def test_expected_score_rises_at_the_rate_of_the_information(given_steps):
    # In this model d E[score] / d theta = Var[score]: checked by central differences.
    scores = np.arange(len(given_steps) + 1)
    h = 1e-5
    grid = np.array([0.3 - h, 0.3, 0.3 + h])
    curves = row_curves([given_steps] * len(scores), scores, grid)
    expected = scores @ np.exp(curves.log_likelihood)
    slope = (expected[2] - expected[0]) / (2 * h)
    assert slope == pytest.approx(curves.information[0, 1], abs=1e-6)
