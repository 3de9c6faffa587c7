"""Cronbach's alpha and its interval."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lms.psychometrics import DataError, cronbach_alpha, icc
from tests.psychometrics.agreement.tables import SHROUT_FLEISS
from tests.psychometrics.reliability.samples import lsat6_persons

SCORES = arrays(np.float64, (7, 4), elements=st.integers(0, 3).map(float))


def test_alpha_of_a_table_worked_by_hand():
    # Item variances 1/4, 1/3, 1/4; totals 3 2 1 0, variance 5/3: 1.5 (1 - 5/6 * 3/5).
    result = cronbach_alpha([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]])
    assert result.value == pytest.approx(0.75)


def test_lsat_section_6():
    # The value that the example of descript() in the R package ltm shows; J. Stat.
    # Software 17(5), doi:10.18637/jss.v017.i05.
    assert cronbach_alpha(lsat6_persons()).value == pytest.approx(0.2950, abs=5e-5)


@settings(max_examples=50, deadline=None)
@given(SCORES, st.permutations(range(4)))
def test_alpha_and_its_interval_are_the_consistency_of_averages(table, order):
    """An identity: ICC(3,k) with raters for items, and Feldt's interval with theirs."""
    total = table.sum(axis=1)
    assume(total.var() > 0)
    by_icc = icc(table, form="3,k")
    assume(np.isfinite(by_icc.value))
    alpha = cronbach_alpha(table)
    assert alpha.value == pytest.approx(by_icc.value, abs=1e-9)
    assert alpha.ci == pytest.approx(by_icc.ci, abs=1e-9)
    moved = cronbach_alpha(3 * table[::-1, order] + np.array([0, 5, 1, 900]))
    assert moved.value == pytest.approx(alpha.value, abs=1e-9)


def test_interval_of_feldt_covers_as_often_as_it_says():
    # Equal covariances 0.5: alpha of 4 items is 0.8. 400 samples of 20 persons; three
    # standard errors of a share of 0.95 are 0.033.
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(400):
        ability = rng.normal(size=(20, 1))
        x = np.sqrt(0.5) * (ability + rng.normal(size=(20, 4)))
        low, high = cronbach_alpha(x).ci
        hits += low <= 0.8 <= high
    assert hits / 400 == pytest.approx(0.95, abs=0.033)


def test_missing_answers_are_not_wrong_answers():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(800, 1)) + rng.normal(size=(800, 6))
    whole = cronbach_alpha(x)
    x[rng.random(x.shape) < 0.3] = np.nan
    part = cronbach_alpha(x)
    assert part.value == pytest.approx(whole.value, abs=0.02)
    assert "pairwise" in part.method
    assert "pairwise" not in whole.method
    # It rests on fewer answers, and so knows less.
    assert np.diff(part.ci) > np.diff(whole.ci)


def test_empty_rows_change_nothing():
    x = SHROUT_FLEISS
    empty = np.vstack([x, np.full(4, np.nan)])
    assert cronbach_alpha(empty).ci == cronbach_alpha(x).ci


def test_total_that_does_not_vary_has_no_alpha():
    for table in ([[1, 1], [1, 1]], [[0, 1], [1, 0]], [[0.1, 0.2]] * 3):
        result = cronbach_alpha(table)
        assert np.isnan(result.value)
        assert result.reason == "the total does not vary"


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([[1], [2]], r"1 item\(s\)"),
        ([[1, 2]], r"1 person\(s\)"),
        ([[1, 2], [np.nan, np.nan]], r"1 person\(s\)"),
        ([[1, np.nan], [2, np.nan], [np.nan, 1], [np.nan, 2]], "items 0 and 1"),
        ([[1, np.nan], [2, 1]], "item 1: fewer"),
        ([[1, np.inf], [2, 3]], "infinite"),
    ],
)
def test_error_names_what_is_lacking(x, words):
    with pytest.raises(DataError, match=words):
        cronbach_alpha(x)
