"""Cuts from groups of persons, and cuts on the scale of ability."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import linregress

from lms.psychometrics import (
    DataError,
    ItemBank,
    NoSolutionError,
    borderline_group,
    borderline_regression,
    contrasting_groups,
    expected_score,
    map_cut,
)

pytestmark = pytest.mark.long  # it simulates groups

NAN = np.nan


def stations(n=120, seed=0):
    """Draw checklist scores that rise by 8 a grade, and grades 1 to 5."""
    rng = np.random.default_rng(seed)
    grades = rng.integers(1, 6, size=n).astype(float)
    return 40 + 8 * grades + 5 * rng.normal(size=n), grades


def test_borderline_regression_is_the_line_at_the_borderline():
    scores, grades = stations()
    line = linregress(grades, scores)
    result = borderline_regression(scores, grades, borderline=2)
    assert result.cut == pytest.approx(line.intercept + 2 * line.slope)
    assert result.details["r2"] == pytest.approx(line.rvalue**2)
    # Error of the mean at 2: of the mean grade's and of the slope's.
    spread = ((grades - grades.mean()) ** 2).sum()
    rest = scores - line.intercept - line.slope * grades
    error = (rest @ rest / 118) * (1 / 120 + (2 - grades.mean()) ** 2 / spread)
    assert result.se == pytest.approx(np.sqrt(error))
    assert result.pass_rate == np.mean(scores >= result.cut)
    assert result.warnings == ()


def test_borderline_regression_follows_a_curve_if_asked():
    grades = np.repeat(np.arange(1.0, 6.0), 4)
    scores = 30 + grades**2
    result = borderline_regression(scores, grades, borderline=2.5, degree=2)
    assert result.cut == pytest.approx(36.25)
    assert result.se == pytest.approx(0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.floats(-5, 5), st.floats(0.5, 4), st.integers(0, 50))
def test_cut_moves_with_the_scale_of_scores_and_not_with_that_of_grades(a, b, seed):
    scores, grades = stations(seed=seed)
    here = borderline_regression(scores, grades, borderline=2)
    moved = borderline_regression(a + b * scores, 10 * grades - 3, borderline=17)
    assert moved.cut == pytest.approx(a + b * here.cut)
    assert moved.se == pytest.approx(b * here.se)


def test_borderline_regression_warns_where_it_rests_on_little():
    scores, grades = stations()
    outside = borderline_regression(scores, grades, borderline=0)
    assert "extrapolated" in outside.warnings[0]
    between = borderline_regression(scores, grades, borderline=2.5)
    assert "0 persons have the borderline grade" in between.warnings[0]
    turned = borderline_regression(-scores, grades, borderline=2)
    assert "do not rise" in turned.warnings[0]


def test_error_of_the_median_is_that_of_all_resamples():
    """Of an odd number the formula is the exact bootstrap: all 5^5 samples."""
    own = np.array([41.0, 44.0, 50.0, 51.0, 59.0])
    medians = np.median(list(itertools.product(own, repeat=5)), axis=1)
    result = borderline_group([*own, 80, 20], [2] * 5 + [4, 1], borderline=2)
    assert result.cut == 50
    assert result.se == pytest.approx(medians.std())
    assert "fewer than 10" in result.warnings[0]
    mean = borderline_group(own, [2] * 5, borderline=2, statistic="mean")
    assert mean.cut == pytest.approx(49)
    assert mean.se == pytest.approx(own.std(ddof=1) / np.sqrt(5))


def test_nobody_borderline_leaves_no_cut():
    with pytest.raises(NoSolutionError, match="nobody has the grade 3"):
        borderline_group([1, 2], [1, 2], borderline=3)
    one = borderline_group([1, 2], [1, 2], borderline=2)
    assert one.cut == 2
    assert np.isnan(one.se)


def test_contrasting_groups_maximise_the_likelihood():
    rng = np.random.default_rng(3)
    score = np.concatenate([rng.normal(50, 8, 80), rng.normal(62, 8, 120)])
    passed = np.repeat([False, True], [80, 120])

    def deviance(beta):
        eta = beta[0] + beta[1] * (score - 56)
        return np.logaddexp(0, np.where(passed, -eta, eta)).sum()

    best = minimize(deviance, [0, 0.1], method="Nelder-Mead", options={"xatol": 1e-9})
    result = contrasting_groups(score, passed)
    assert result.cut == pytest.approx(56 - best.x[0] / best.x[1], abs=1e-3)
    assert result.details["slope"] == pytest.approx(best.x[1], abs=1e-4)
    # Normal groups of one spread: half-way, 56, if they were equally large.
    assert result.details["cut_equal_groups"] == pytest.approx(56, abs=2)
    wrong = np.mean(passed != (score >= result.cut))
    kinds = result.details["false_positive"] + result.details["false_negative"]
    assert kinds == pytest.approx(wrong)
    assert result.ci[0] < 56 < result.ci[1] + 2


def test_error_of_the_cut_is_about_that_of_repeated_samples():
    rng = np.random.default_rng(8)
    cuts, errors = [], []
    for _ in range(150):
        passed = rng.random(150) < 0.5
        found = contrasting_groups(rng.normal(50 + 10 * passed, 8), passed)
        cuts.append(found.cut)
        errors.append(found.se)
    assert np.mean(errors) == pytest.approx(np.std(cuts), rel=0.2)


def test_groups_that_do_not_overlap_are_cut_half_way():
    result = contrasting_groups([10, 20, 40, 50], [0, 0, 1, 1])
    assert result.cut == 30
    assert np.isnan(result.se)
    assert "any cut from 20 to 40" in result.warnings[0]


@pytest.mark.parametrize(
    ("score", "passed", "error", "words"),
    [
        ([1, 2], [1, 1], NoSolutionError, "judged not competent"),
        ([1, 2], [0, 0], NoSolutionError, "judged competent"),
        ([5, 1, 4, 2], [0, 1, 0, 1], NoSolutionError, "no cut tells"),
        ([1, 2], [0, 2], DataError, "yes and no"),
        ([1, 2], [0], DataError, "2 and 1 persons"),
        ([1, NAN], [NAN, 1], DataError, "nobody has both"),
        ([1, np.inf], [0, 1], DataError, "person 1 is infinite"),
    ],
)
def test_error_says_why_there_is_no_cut(score, passed, error, words):
    with pytest.raises(error, match=words):
        contrasting_groups(score, passed)


def test_borderline_regression_needs_grades_that_differ():
    with pytest.raises(DataError, match=r"1 different grade\(s\) of 3"):
        borderline_regression([1, 2, 3], [2, 2, 2], borderline=2)
    with pytest.raises(DataError, match="degree"):
        borderline_regression([1, 2, 3], [1, 2, 2], borderline=2, degree=0)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.02, 0.98))
def test_cut_on_the_scale_of_ability_has_the_score_expected(share):
    banks = [
        ItemBank("2PL", a=[0.5, 1.0, 2.5], b=[-3.0, 0.0, 2.0]),
        ItemBank("GRM", a=[1.0, 2.0], b=[[-1.0, 0.0, 1.0], [0.0, 0.5, 3.0]]),
        ItemBank("PCM", b=[[1.0, -1.0], [0.0, 0.0]]),
    ]
    for bank in banks:
        cut = share * bank.max_score
        theta = map_cut(cut, bank)
        assert expected_score(bank, [theta])[0] == pytest.approx(cut, abs=1e-9)


def test_score_that_no_ability_expects_has_no_place():
    bank = ItemBank("2PL", a=[1.0, 1.0], b=[0.0, 1.0])
    for cut in (0, 2, 2.5, -1, NAN):
        with pytest.raises(NoSolutionError, match="between 0 and 2"):
            map_cut(cut, bank)
    with pytest.raises(DataError, match=r"item 1.*slope -1"):
        map_cut(1, ItemBank("2PL", a=[1.0, -1.0], b=[0.0, 1.0]))
