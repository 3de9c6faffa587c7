"""Kappa of two raters and of many."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lms.psychometrics import DataError, fleiss_kappa, weighted_kappa
from tests.psychometrics.agreement.tables import FLEISS

LABELS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30
)


def spread_out(table):
    """Return the two raters' labels that a cross table counts."""
    cells = [(i, j) for (i, j), n in np.ndenumerate(table) for _ in range(int(n))]
    return [i for i, _ in cells], [j for _, j in cells]


def test_kappa_of_a_table_worked_by_hand():
    # 20 + 15 of 50 agree: 0.7. Chance: 0.5 * 0.6 + 0.5 * 0.4 = 0.5. Kappa 0.2 / 0.5.
    a, b = spread_out([[20, 5], [10, 15]])
    result = weighted_kappa(a, b)
    assert result.observed == pytest.approx(0.7)
    assert result.expected == pytest.approx(0.5)
    assert result.value == pytest.approx(0.4)
    assert result.details["table"].tolist() == [[20, 5], [10, 15]]
    assert result.ci[0] < 0.4 < result.ci[1]


def test_given_costs_are_those_of_cohen_1968():
    # Cohen's example of costs that follow no formula: personality disorder, neurosis,
    # psychosis; shares of 200 diagnoses; v = 0 1 3 / 1 0 6 / 3 6 0 weighted
    # kappa .348, unweighted .492 (Psychological Bulletin 70(4), doi:10.1037/h0026256).
    shares = [[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]]
    a, b = spread_out(np.rint(200 * np.array(shares)))
    costs = [[0, 1, 3], [1, 0, 6], [3, 6, 0]]
    assert weighted_kappa(a, b).value == pytest.approx(0.492, abs=5e-4)
    assert weighted_kappa(a, b, weights=costs).value == pytest.approx(0.348, abs=5e-4)


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_standard_error_is_that_of_the_delta_method(weights):
    """The derivative of kappa by each share, taken numerically; independent formula."""
    table = np.array([[22.0, 5, 2], [4, 17, 6], [1, 3, 20]])
    n = table.sum()
    places = np.arange(3.0)
    gap = np.abs(places[:, None] - places)
    costs = {None: gap > 0, "linear": gap, "quadratic": gap**2}[weights]

    def kappa(shares):
        total = shares.sum()
        chance = np.outer(shares.sum(1), shares.sum(0)) / total**2
        return 1 - (costs * shares).sum() / total / (costs * chance).sum()

    shares, step = table / n, 1e-6
    slopes = np.empty((3, 3))
    for cell in np.ndindex(3, 3):
        moved = np.zeros((3, 3))
        moved[cell] = step
        slopes[cell] = (kappa(shares + moved) - kappa(shares - moved)) / (2 * step)
    variance = ((shares * slopes**2).sum() - (shares * slopes).sum() ** 2) / n
    result = weighted_kappa(*spread_out(table), weights=weights)
    assert result.value == pytest.approx(kappa(shares), abs=1e-12)
    assert result.se == pytest.approx(np.sqrt(variance), rel=1e-6)


def test_quadratic_kappa_of_equal_margins_is_the_product_moment_correlation():
    """An identity of Cohen (1968): with equal margins it is Pearson's r."""
    a, b = spread_out([[8, 3, 1], [2, 9, 4], [2, 3, 10]])
    assert np.bincount(a).tolist() == np.bincount(b).tolist()
    expected = np.corrcoef(a, b)[0, 1]
    assert weighted_kappa(a, b, weights="quadratic").value == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(LABELS, st.permutations(range(4)))
def test_kappa_is_free_of_names_and_of_who_comes_first(pairs, names):
    a, b = np.array(pairs).T
    assume(len({*a, *b}) > 1)
    plain = weighted_kappa(a, b)
    renamed = weighted_kappa(np.array(names)[a], np.array(names)[b])
    assert renamed.value == pytest.approx(plain.value, nan_ok=True)
    for weights in (None, "linear", "quadratic"):
        there = weighted_kappa(a, b, weights=weights)
        back = weighted_kappa(b, a, weights=weights)
        assert back.value == pytest.approx(there.value, nan_ok=True)
        assert back.se == pytest.approx(there.se, abs=1e-9, nan_ok=True)
        flipped = weighted_kappa(3 - a, 3 - b, weights=weights)
        assert flipped.value == pytest.approx(there.value, nan_ok=True)


def test_text_has_an_order_only_if_one_is_given():
    a, b = ["low", "mid", "high", None], ["low", "high", "high", "low"]
    with pytest.raises(DataError, match="order of its own"):
        weighted_kappa(a, b, weights="linear")
    order = ["low", "mid", "high"]
    result = weighted_kappa(a, b, weights="linear", categories=order)
    assert result.n == 3
    same = weighted_kappa([0, 1, 2], [0, 2, 2], weights="linear")
    assert result.value == pytest.approx(same.value)


def test_one_category_leaves_kappa_undefined_and_says_why():
    result = weighted_kappa([2, 2, 2], [2, 2, 2], categories=[1, 2])
    assert np.isnan(result.value)
    assert "one category" in result.reason
    assert result.observed == 1
    assert np.isnan(fleiss_kappa([[1, 1], [1, 1]]).value)
    assert "one category" in fleiss_kappa([[1, 1], [1, 1]]).reason


@pytest.mark.parametrize(
    ("a", "b", "more", "words"),
    [
        ([1, 2], [1], {}, "2 and 1 labels"),
        ([np.nan], [1], {}, "no unit"),
        ([1, 5], [1, 2], {"categories": [1, 2]}, r"a: row 1 is 5\.0"),
        (["x", "abc"], ["x", "x"], {"categories": ["x", "a"]}, "row 1 is 'abc'"),
        (["x"], [1], {}, "text"),
        (["x", 1], ["x", "y"], {}, "a: labels of no one kind"),
        ([1, 2], [1, 2], {"categories": ["x", "y"]}, "categories"),
        ([1, 2], [1, 2], {"categories": [1, 1]}, "each label once"),
        ([1, 2], [1, 2], {"weights": "cubic"}, "cubic"),
        ([1, 2], [1, 2], {"weights": np.eye(2)}, "zero on the diagonal"),
        ([1, 2], [1, 2], {"weights": np.zeros((3, 3))}, "2 x 2"),
        ([1, 2], [1, 2], {"confidence_level": 95}, "confidence_level"),
        ([[1, 2]], [1, 2], {}, "shape"),
    ],
)
def test_error_names_what_cannot_be_compared(a, b, more, words):
    with pytest.raises(DataError, match=words):
        weighted_kappa(a, b, **more)


def test_psychiatric_diagnoses_of_fleiss_1971():
    # Overall kappa .430, shares of the diagnoses in Table 1; doi:10.1037/h0031619
    result = fleiss_kappa(FLEISS, kind="counts")
    assert result.value == pytest.approx(0.430, abs=5e-4)
    assert result.observed == pytest.approx(0.556, abs=5e-4)
    assert result.expected == pytest.approx(0.220, abs=5e-4)
    shares = [0.144, 0.144, 0.167, 0.306, 0.239]
    assert result.details["shares"] == pytest.approx(shares, abs=5e-4)
    # The overall value is the mean of the categories', weighted by p (1 - p).
    p = result.details["shares"]
    mean = np.average(result.details["by_category"], weights=p * (1 - p))
    assert result.value == pytest.approx(mean)


def test_counts_and_ratings_give_the_same():
    ratings = [[k for k, n in enumerate(row) for _ in range(n)] for row in FLEISS]
    by_ratings = fleiss_kappa(np.array(ratings)[:, [3, 0, 5, 1, 2, 4]])
    by_counts = fleiss_kappa(FLEISS, kind="counts")
    assert by_ratings.value == pytest.approx(by_counts.value)
    assert by_ratings.se == pytest.approx(by_counts.se)


def test_error_of_fleiss_kappa_is_about_that_of_the_jackknife():
    """The linearised error and the jackknife agree to terms of order 1 / n."""
    n = len(FLEISS)
    without = [
        fleiss_kappa(np.delete(FLEISS, unit, axis=0), kind="counts").value
        for unit in range(n)
    ]
    jackknife = np.sqrt((n - 1) / n * ((without - np.mean(without)) ** 2).sum())
    result = fleiss_kappa(FLEISS, kind="counts")
    assert result.se == pytest.approx(jackknife, rel=0.1)


def test_unit_with_one_rating_says_nothing():
    nan = np.nan
    whole = [[1, 1, 2], [2, 2, 2], [1, nan, 1]]
    assert fleiss_kappa([*whole, [2, nan, nan]]).value == fleiss_kappa(whole).value
    assert fleiss_kappa([*whole, [2, nan, nan]]).n == 3
    with pytest.raises(DataError, match="no unit has two"):
        fleiss_kappa([[1, nan], [nan, 2]])


@pytest.mark.parametrize(
    ("given", "more", "words"),
    [
        ([[1.5, 1]], {"kind": "counts"}, "unit 0, category 0 is 1.5"),
        ([[1, -1]], {"kind": "counts"}, "category 1 is -1"),
        ([[1, 1]], {"kind": "table"}, "neither"),
        ([[1], [2]], {}, "1 rater"),
    ],
)
def test_fleiss_kappa_names_the_cell(given, more, words):
    with pytest.raises(DataError, match=words):
        fleiss_kappa(given, **more)
