"""Intraclass correlations, by mean squares and by restricted likelihood."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lms.psychometrics import DataError, icc
from lms.psychometrics.agreement.icc import FORMS
from lms.psychometrics.agreement.reml import RemlTable
from tests.psychometrics.agreement.tables import SHROUT_FLEISS

pytestmark = pytest.mark.long  # it draws samples anew

TABLES = arrays(np.float64, (6, 3), elements=st.integers(0, 6).map(float))


def rate(n, k, rng, *, unit=1.0, rater=0.5, residual=1.0):
    """Draw ratings with these standard deviations."""
    return (
        unit * rng.normal(size=(n, 1))
        + rater * rng.normal(size=k)
        + residual * rng.normal(size=(n, k))
    )


@pytest.mark.parametrize(
    ("form", "published"),
    list(zip(FORMS, (0.17, 0.29, 0.71, 0.44, 0.62, 0.91), strict=True)),
)
def test_six_forms_of_shrout_and_fleiss_1979(form, published):
    # Psychological Bulletin 86(2), 420-428, Table 4; doi:10.1037/0033-2909.86.2.420
    assert icc(SHROUT_FLEISS, form=form).value == pytest.approx(published, abs=5e-3)


def test_intervals_follow_from_the_mean_squares_printed_there():
    # Table 3: between targets 11.24, within 6.26, judges 32.49, residual 1.02. Bounds
    # by their formulas with F quantiles of (5, 18) and (5, 15) degrees.
    from scipy.stats import f

    low, high = icc(SHROUT_FLEISS, form="1,1").ci
    ratio = 11.24 / 6.26
    expected_low = ratio / f.ppf(0.975, 5, 18)
    expected_high = ratio * f.ppf(0.975, 18, 5)
    assert low == pytest.approx((expected_low - 1) / (expected_low + 3), abs=2e-3)
    assert high == pytest.approx((expected_high - 1) / (expected_high + 3), abs=2e-3)
    low, high = icc(SHROUT_FLEISS, form="3,k").ci
    ratio = 11.24 / 1.02
    assert low == pytest.approx(1 - f.ppf(0.975, 5, 15) / ratio, abs=2e-3)
    assert high == pytest.approx(1 - 1 / (ratio * f.ppf(0.975, 15, 5)), abs=2e-3)


def test_interval_of_agreement_of_averages_is_that_of_mcgraw_and_wong():
    # ICC(A,k) with its own formula, written out; doi:10.1037/1082-989X.1.1.30
    from scipy.stats import f

    n, k = 6, 4
    unit, rater, rest = 11.2416667, 32.4861111, 1.0194444
    value = (unit - rest) / (unit + (rater - rest) / n)
    c = value / (n * (1 - value))
    d = 1 + value * (n - 1) / (n * (1 - value))
    df = (c * rater + d * rest) ** 2 / (
        (c * rater) ** 2 / (k - 1) + (d * rest) ** 2 / ((n - 1) * (k - 1))
    )
    above, below = f.ppf(0.975, n - 1, df), f.ppf(0.975, df, n - 1)
    low = n * (unit - above * rest) / (above * (rater - rest) + n * unit)
    high = n * (below * unit - rest) / (rater - rest + n * below * unit)
    assert icc(SHROUT_FLEISS, form="2,k").ci == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("form", ["1", "2", "3"])
def test_on_a_complete_table_restricted_likelihood_is_anova(form):
    """An identity of balanced designs, where no variance would be negative."""
    table = rate(30, 4, np.random.default_rng(2))
    by_anova = icc(table, form=f"{form},1")
    by_reml = RemlTable.of(table - table.mean(), form).fit(0.95)
    assert by_reml.value == pytest.approx(by_anova.value, abs=1e-6)
    for name in ("unit", "residual"):
        assert by_reml.components[name] == pytest.approx(
            by_anova.components[name], rel=1e-5
        )
    # Two different approximations of one interval.
    assert by_reml.ci == pytest.approx(by_anova.ci, abs=0.06)


def dense_deviance(table, unit, rater, form):
    """Return half the restricted deviance from the whole covariance matrix."""
    rows, columns = np.nonzero(~np.isnan(table))
    y = table[rows, columns]
    same_unit = rows[:, None] == rows
    same_rater = columns[:, None] == columns
    v = np.eye(y.size) + unit * same_unit + rater * same_rater
    x = np.ones((y.size, 1))
    if form == "3":
        x = (columns[:, None] == np.arange(table.shape[1])).astype(float)
    inverse = np.linalg.inv(v)
    information = x.T @ inverse @ x
    effects = np.linalg.solve(information, x.T @ inverse @ y)
    rest = y - x @ effects
    df = y.size - x.shape[1]
    logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
    return (df * np.log(rest @ inverse @ rest / df) + logs) / 2


@pytest.mark.parametrize(
    ("form", "rater"), [("1", 0.0), ("2", 0.0), ("2", 0.7), ("3", 0.0)]
)
def test_absorbing_units_gives_the_likelihood_of_the_whole_matrix(form, rater):
    rng = np.random.default_rng(8)
    table = rate(12, 4, rng)
    table[rng.random(table.shape) < 0.3] = np.nan
    fast = RemlTable.of(table, form)._deviance(1.3, rater)[0]
    assert fast == pytest.approx(dense_deviance(table, 1.3, rater, form), abs=1e-9)


def test_missing_cells_leave_the_answer_near_and_the_method_is_said():
    rng = np.random.default_rng(4)
    table = rate(1500, 5, rng)
    whole = icc(table)
    table[rng.random(table.shape) < 0.4] = np.nan
    part = icc(table)
    assert (whole.method, part.method) == ("ANOVA", "REML")
    assert part.value == pytest.approx(whole.value, abs=0.03)
    assert part.ci[0] < part.value < part.ci[1]
    assert part.n_ratings == np.isfinite(table).sum()
    assert np.isnan(part.p)


def test_reml_interval_covers_the_truth_about_as_often_as_it_says():
    # 60 tables; 0.95 -+ 3 standard errors of that share gives 0.866.
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(60):
        table = rate(25, 4, rng, rater=0.0)
        table[rng.random(table.shape) < 0.25] = np.nan
        table[0, :2] = [0.0, 0.5]
        low, high = icc(table, form="1,1").ci
        hits += low <= 0.5 <= high
    assert hits / 60 >= 0.866


@settings(max_examples=40, deadline=None)
@given(TABLES, st.permutations(range(3)), st.sampled_from(FORMS))
def test_icc_is_free_of_order_origin_and_unit(table, order, form):
    assume(len(np.unique(table)) > 1)
    value = icc(table, form=form)
    moved = icc(100 - 3 * table[::-1, order], form=form)
    assert moved.value == pytest.approx(value.value, abs=1e-9, nan_ok=True)
    # Bounds of averages follow from these, but for rounding near their pole.
    if form.endswith("1"):
        assert moved.ci == pytest.approx(value.ci, abs=1e-6, nan_ok=True)
    if form.startswith("3"):
        shifted = icc(table + np.array([0, 5, 9]), form=form)
        assert shifted.value == pytest.approx(value.value, abs=1e-9, nan_ok=True)


def test_unit_of_the_ratings_does_not_matter_where_cells_are_missing():
    table = rate(20, 3, np.random.default_rng(1))
    table[0, 0] = np.nan
    for form in FORMS:
        small = icc(1e-6 * table, form=form)
        assert small.value == pytest.approx(icc(table, form=form).value, abs=1e-6)
        assert small.components["residual"] == pytest.approx(
            1e-12 * icc(table, form=form).components["residual"], rel=1e-4
        )


@pytest.mark.parametrize("form", FORMS)
def test_perfect_agreement_is_one(form):
    table = np.repeat([[1.0], [2.0], [4.0]], 3, axis=1)
    result = icc(table, form=form)
    assert result.value == pytest.approx(1)
    assert result.ci == pytest.approx((1, 1))
    table[0, 1] = np.nan
    assert icc(table, form=form).value == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_equal_ratings_leave_it_undefined(form):
    result = icc(np.full((4, 3), 2.0), form=form)
    assert np.isnan(result.value)
    assert result.reason == "all ratings are equal"
    # Only the raters differ: consistency has nothing to go by.
    result = icc([[1, 2], [1, 2], [1, 2]], form="3,1")
    assert np.isnan(result.value)
    assert "vary" in result.reason


def test_raters_that_cancel_out_leave_the_average_undefined():
    result = icc([[1, 2], [2, 1], [3, 0]], form="3,k")
    assert np.isnan(result.value)
    assert "cancel out" in result.reason
    assert icc([[1, 2], [2, 1], [3, 0]], form="3,1").value == pytest.approx(-1)


@pytest.mark.parametrize(
    ("table", "form", "words"),
    [
        ([[1, 2]], "2,1", "1 unit"),
        ([[1], [2]], "2,1", "1 rater"),
        ([[1, np.nan], [2, np.nan]], "2,1", "rater 1 rated nothing"),
        ([[1, np.nan], [np.nan, 2]], "2,1", "no unit has two"),
        ([[1, 2], [2, 3]], "2", "form"),
        ([[1, 2, np.nan], [np.nan, np.nan, 3]], "3,1", "more ratings than raters"),
    ],
)
def test_error_names_what_is_lacking(table, form, words):
    with pytest.raises(DataError, match=words):
        icc(table, form=form)
