"""Kendall's W and Krippendorff's alpha."""

import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import friedmanchisquare

from lms.psychometrics import DataError, kendall_w, krippendorff_alpha
from tests.psychometrics.agreement.tables import KRIPPENDORFF

RATINGS = arrays(np.float64, (6, 3), elements=st.integers(0, 4).map(float))
LEVELS = ("nominal", "ordinal", "interval", "ratio")


def alpha_by_pairs(table, level):
    """Take every pair of ratings in turn: the definition, without any matrix."""
    units = [row[~np.isnan(row)] for row in table]
    units = [row for row in units if row.size > 1]
    pool = np.concatenate(units)
    values, counts = np.unique(pool, return_counts=True)

    def metric(a, b):
        if level == "ordinal":
            low, high = sorted((a, b))
            between = counts[(values >= low) & (values <= high)].sum()
            return (between - (counts[values == a] + counts[values == b])[0] / 2) ** 2
        if level == "ratio":
            return 0.0 if a == b else ((a - b) / (a + b)) ** 2
        return (a - b) ** 2 if level == "interval" else float(a != b)

    within = sum(
        metric(a, b) / (row.size - 1)
        for row in units
        for i, a in enumerate(row)
        for j, b in enumerate(row)
        if i != j
    )
    between = sum(
        metric(a, b) for i, a in enumerate(pool) for j, b in enumerate(pool) if i != j
    )
    n = pool.size
    return 1 - (within / n) / (between / (n * (n - 1)))


@pytest.mark.parametrize(
    ("level", "published"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_worked_example_of_krippendorff_2011(level, published):
    # Computing Krippendorff's alpha-reliability, section C (the nominal value) and
    # section D (the other metrics).
    result = krippendorff_alpha(KRIPPENDORFF, level)
    assert result.value == pytest.approx(published, abs=6e-4)
    assert result.value == pytest.approx(alpha_by_pairs(KRIPPENDORFF, level), abs=1e-9)
    assert result.n == 11
    assert np.isnan(result.se)


@settings(max_examples=40, deadline=None)
@given(RATINGS, st.permutations(range(3)), st.sampled_from(LEVELS))
def test_alpha_is_free_of_who_rated_and_of_the_unit_of_scale(table, order, level):
    assume(len(np.unique(table)) > 1)
    value = krippendorff_alpha(table, level).value
    assert value <= 1 + 1e-12
    assert value == pytest.approx(alpha_by_pairs(table, level), abs=1e-9)
    moved = krippendorff_alpha(7 * table[::-1, order], level).value
    assert moved == pytest.approx(value, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(RATINGS)
def test_ordinal_alpha_knows_only_the_order(table):
    assume(len(np.unique(table)) > 1)
    stretched = krippendorff_alpha(np.exp(table), "ordinal").value
    assert stretched == pytest.approx(krippendorff_alpha(table, "ordinal").value)


@pytest.mark.parametrize("level", LEVELS)
def test_bootstrap_covers_the_value_and_can_be_drawn_again(level):
    first = krippendorff_alpha(KRIPPENDORFF, level, n_boot=200, rng=5)
    again = krippendorff_alpha(KRIPPENDORFF, level, n_boot=200, rng=5)
    assert first.ci == again.ci
    assert first.ci[0] < first.value < first.ci[1] <= 1
    with pytest.raises(DataError, match="rng"):
        krippendorff_alpha(KRIPPENDORFF, level, n_boot=200)


def test_bootstrap_interval_narrows_as_units_are_added():
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(400, 1))
    table = truth + rng.normal(size=(400, 3))
    few = krippendorff_alpha(table[:50], "interval", n_boot=300, rng=1)
    many = krippendorff_alpha(table, "interval", n_boot=300, rng=1)
    # Eight times the units: an error smaller by the root of 8, within a third.
    assert few.se / many.se == pytest.approx(np.sqrt(8), rel=0.33)
    assert many.ci[0] < 0.5 < many.ci[1]


def test_equal_ratings_leave_alpha_undefined():
    result = krippendorff_alpha([[3, 3], [3, 3]], n_boot=10, rng=1)
    assert np.isnan(result.value)
    assert result.reason == "all ratings are equal"
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["value"] is None


def test_alpha_refuses_what_has_no_answer():
    with pytest.raises(DataError, match="-1 is below zero"):
        krippendorff_alpha([[-1, 2], [1, 2]], "ratio")
    with pytest.raises(DataError, match="no unit has two"):
        krippendorff_alpha([[1, np.nan]])
    with pytest.raises(DataError, match="level"):
        krippendorff_alpha([[1, 2]], "ordered")


def test_w_of_three_judges_worked_by_hand():
    # Rank sums 6, 9, 15, 18, 12 about 12: S = 90; 12 * 90 / (9 * 120) = 1. One judge
    # turned about two neighbours: sums 7, 8, 15, 18, 12, S = 86, W = 0.9556.
    same = np.array([[2, 3, 5, 6, 4]] * 3).T
    assert kendall_w(same).value == pytest.approx(1)
    same[:2, 0] = [3, 2]
    assert kendall_w(same).value == pytest.approx(12 * 86 / (9 * 120))


@settings(max_examples=60, deadline=None)
@given(RATINGS)
def test_w_with_ties_is_the_statistic_of_friedman(table):
    assume(all(len(np.unique(column)) > 1 for column in table.T))
    result = kendall_w(table)
    friedman = friedmanchisquare(*table)
    assert result.chi2 == pytest.approx(friedman.statistic, abs=1e-9)
    assert result.p == pytest.approx(friedman.pvalue, abs=1e-9)
    assert kendall_w(table, ties=False).value <= result.value + 1e-12
    assert kendall_w(np.exp(table[:, ::-1])).value == pytest.approx(result.value)


def test_w_ranks_only_what_all_rated():
    table = [[1, 1], [2, np.nan], [3, 2], [4, 3]]
    result = kendall_w(table)
    assert result.units.tolist() == [0, 2, 3]
    assert result.value == pytest.approx(1)
    with pytest.raises(DataError, match="1 unit"):
        kendall_w([[1, 1], [2, np.nan]])


def test_w_is_undefined_where_nobody_tells_units_apart():
    result = kendall_w([[1, 2], [1, 2], [1, 2]])
    assert np.isnan(result.value)
    assert "tells" in result.reason
    # One judge of two who does: S = 2, T = 24; 24 / (4 * 24 - 2 * 24).
    assert kendall_w([[1, 2], [2, 2], [3, 2]]).value == pytest.approx(1 / 2)


def test_measured_scores_cost_no_more_than_grades():
    """5,000 different values: a table of all their pairs would hold 200 MB."""
    rng = np.random.default_rng(9)
    table = rng.normal(size=(2500, 1)) + rng.normal(size=(2500, 2))
    tracemalloc.start()
    result = krippendorff_alpha(table, "interval", n_boot=5, rng=1)
    ratio = krippendorff_alpha(table - table.min(), "ratio")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.value == pytest.approx(0.5, abs=0.05)
    assert 0 < ratio.value < 1
    assert peak < 80e6
