"""Accuracy and consistency of levels from the reliability of a score."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta as beta_of
from scipy.stats import betabinom, binom

from lms.psychometrics import DataError, livingston_lewis
from lms.psychometrics.standards.beta_distribution import fit_beta

pytestmark = pytest.mark.long  # it simulates groups


def scores_of(chances):
    """Return scores 0, 1, … in the numbers that these chances give 100,000 persons."""
    counts = np.rint(1e5 * np.array(chances)).astype(int)
    return np.repeat(np.arange(len(counts)), counts)


def test_length_is_that_of_the_test_if_reliability_is_kr21():
    """An identity: KR-21 is the reliability of n equal items."""
    scores = scores_of(betabinom.pmf(range(31), 30, 6, 4))
    mean, variance = scores.mean(), scores.var()
    kr21 = 30 / 29 * (1 - mean * (30 - mean) / (30 * variance))
    result = livingston_lewis(scores, kr21, [18], min_score=0, max_score=30)
    assert result.details["length"] == pytest.approx(30, abs=1e-6)


@pytest.mark.parametrize("cuts", [[18], [12, 20], [10, 15, 25]])
def test_beta_binomial_scores_give_the_exact_tables(cuts):
    """Two-parameter beta: chances by integration of the binomial, independently."""
    scores = scores_of(betabinom.pmf(range(31), 30, 6, 4))
    # Reliability n / (n + alpha + beta) is that of the beta-binomial distribution.
    result = livingston_lewis(
        scores, 30 / 40, cuts, min_score=0, max_score=30, n_betas=2
    )
    edges = np.array([0, *cuts, 31])
    shares = [0, *(np.array(cuts) / 30), 1]

    def given(p, level):
        return binom.cdf(edges[level + 1] - 1, 30, p) - binom.cdf(
            edges[level] - 1, 30, p
        )

    levels = range(len(cuts) + 1)
    for true in levels:
        for seen in levels:
            expected = quad(
                lambda p, seen=seen: given(p, seen) * beta_of.pdf(p, 6, 4),
                shares[true],
                shares[true + 1],
            )[0]
            assert result.by_level[true, seen] == pytest.approx(expected, abs=5e-4)
    consistency = quad(
        lambda p: sum(given(p, seen) ** 2 for seen in levels) * beta_of.pdf(p, 6, 4),
        0,
        1,
    )[0]
    assert result.consistency == pytest.approx(consistency, abs=5e-4)
    assert result.by_level.sum() == pytest.approx(1)
    assert result.details["expected_shares"] == pytest.approx(
        result.details["observed_shares"], abs=1e-3
    )


def test_weighted_items_of_several_difficulties_come_within_two_in_a_hundred():
    """The paper reports one in a hundred in most cases; here items are few and coarse.

    Two forms of 30 weighted items of the 2PL model, 50,000 persons.
    """
    rng = np.random.default_rng(3)
    theta, slopes = rng.normal(size=50_000), 0.8 + 0.8 * rng.random(30)
    chances = 1 / (1 + np.exp(-slopes * (theta[:, None] - rng.normal(size=30))))
    weights = np.tile([1, 2, 3], 10)
    first, second = ((rng.random(chances.shape) < chances) @ weights for _ in range(2))
    reliability = np.corrcoef(first, second)[0, 1]
    for cut in (28, 33, 38):
        result = livingston_lewis(first, reliability, [cut], min_score=0, max_score=60)
        accuracy = np.mean((chances @ weights >= cut) == (first >= cut))
        consistency = np.mean((first >= cut) == (second >= cut))
        assert result.accuracy == pytest.approx(accuracy, abs=0.02)
        assert result.consistency == pytest.approx(consistency, abs=0.02)


def test_four_parameters_come_near_a_simulation_of_two_forms():
    # True shares from 0.25 to 0.95; 400,000 persons leave an error of 0.0008.
    rng = np.random.default_rng(12)
    true = 0.25 + 0.7 * rng.beta(3, 2, size=400_000)
    first, second = rng.binomial(40, true), rng.binomial(40, true)
    reliability = np.corrcoef(first, second)[0, 1]
    result = livingston_lewis(first, reliability, [24], min_score=0, max_score=40)
    accuracy = np.mean((true >= 0.6) == (first >= 24))
    consistency = np.mean((first >= 24) == (second >= 24))
    assert result.method == "Livingston-Lewis, 4-parameter beta"
    assert result.accuracy == pytest.approx(accuracy, abs=0.004)
    assert result.consistency == pytest.approx(consistency, abs=0.004)
    assert result.details["lower"] == pytest.approx(0.25, abs=0.08)
    assert result.details["upper"] == pytest.approx(0.95, abs=0.03)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.6, 9), st.floats(0.6, 9), st.floats(0.02, 0.3), st.floats(0.6, 0.98))
def test_four_parameters_are_found_again_from_exact_moments(a, b, lower, upper):
    known = beta_of(a, b, lower, upper - lower)
    raw = np.array([known.moment(k) for k in (1, 2, 3, 4)])
    found, fallback = fit_beta(raw, 4)
    assert fallback is None
    chances = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    assert found.quantile(chances) == pytest.approx(known.ppf(chances), abs=1e-4)
    assert found.cdf(known.ppf(chances)) == pytest.approx(chances, abs=1e-3)


def test_limits_beyond_0_and_1_fall_back_to_two_parameters_and_say_so():
    # Even scores at a reliability below their KR-21 ask for limits beyond the range.
    scores = scores_of(betabinom.pmf(range(21), 20, 1, 1))
    result = livingston_lewis(scores, 0.995, [10], min_score=0, max_score=20)
    assert "2-parameter" in result.method
    assert "leave 0 to 1" in result.details["fallback"]
    assert (result.details["lower"], result.details["upper"]) == (0, 1)
    two = livingston_lewis(scores, 0.995, [10], min_score=0, max_score=20, n_betas=2)
    assert two.accuracy == pytest.approx(result.accuracy)
    assert two.details["fallback"] is None


def test_short_effective_test_falls_back_and_says_so():
    result = livingston_lewis([0, 0, 1, 1, 2], 0.2, [1], min_score=0, max_score=2)
    assert "too short" in result.details["fallback"]
    assert 0 < result.accuracy <= 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 0.95), st.floats(0.2, 5), st.floats(-9, 9))
def test_scale_of_the_score_does_not_matter_and_errors_fall_with_reliability(
    seed, reliability, factor, shift
):
    scores = (
        np.random.default_rng(seed).binomial(25, 0.4, size=200) + np.arange(200) % 9
    )
    here = livingston_lewis(scores, reliability, [12, 16], min_score=0, max_score=35)
    limits = {"min_score": shift, "max_score": shift + 35 * factor}
    cuts = shift + factor * np.array([12, 16])
    moved = livingston_lewis(shift + factor * scores, reliability, cuts, **limits)
    assert moved.by_level == pytest.approx(here.by_level, abs=1e-6)
    better = livingston_lewis(
        scores, (1 + 2 * reliability) / 3, [12, 16], min_score=0, max_score=35
    )
    assert better.consistency > here.consistency
    assert here.accuracy + here.false_positive + here.false_negative == pytest.approx(1)


@pytest.mark.parametrize(
    ("scores", "reliability", "more", "words"),
    [
        ([1, 2, 11], 0.8, {}, "person 2 has 11"),
        ([1, 2, 3], 1.0, {}, "reliability"),
        ([2, 2, 2], 0.8, {}, "do not vary"),
        ([1, 2, 3], 0.8, {"cuts": [0]}, "not between 0 and 10"),
        ([1, 2, 3], 0.8, {"cuts": [3, 2]}, "rising"),
        ([1, 2, 3], 0.8, {"max_score": 0}, "not below"),
        ([1, 2, 3], 0.8, {"n_betas": 3}, "neither 2 nor 4"),
    ],
)
def test_error_names_what_cannot_be(scores, reliability, more, words):
    arguments = {"cuts": [5], "min_score": 0, "max_score": 10, **more}
    with pytest.raises(DataError, match=words):
        livingston_lewis(scores, reliability, **arguments)
