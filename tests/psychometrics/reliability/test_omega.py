"""McDonald's omega, total and hierarchical."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lms.psychometrics import (
    DataError,
    cronbach_alpha,
    omega_hierarchical,
    omega_total,
)
from lms.psychometrics.reliability.factors import rotate_oblimin
from tests.psychometrics.reliability.samples import scores_with

pytestmark = pytest.mark.long  # it draws samples anew

LOADINGS = arrays(np.float64, 6, elements=st.floats(0.35, 0.9))


def one_factor(loadings, unique):
    return np.outer(loadings, loadings) + np.diag(unique)


@settings(max_examples=40, deadline=None)
@given(LOADINGS, st.permutations(range(6)))
def test_one_factor_is_found_again_and_gives_the_formula(loadings, order):
    unique = np.array([0.5, 0.8, 1.1, 0.6, 0.9, 0.7])
    x = scores_with(one_factor(loadings, unique))
    expected = loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum())
    assert omega_total(x).value == pytest.approx(expected, abs=1e-4)
    moved = omega_total(4 * x[::-1, order] + 7)
    assert moved.value == pytest.approx(expected, abs=1e-4)


def test_with_equal_loadings_omega_is_alpha_and_else_above_it():
    equal = scores_with(one_factor(np.full(5, 0.7), np.full(5, 0.6)))
    assert omega_total(equal).value == pytest.approx(cronbach_alpha(equal).value)
    unequal = scores_with(one_factor(np.array([0.9, 0.3, 0.8, 0.4]), np.full(4, 0.4)))
    assert omega_total(unequal).value > cronbach_alpha(unequal).value


def second_order(gamma, loadings=(0.8, 0.7, 0.6)):
    """Return covariances, general loadings and uniquenesses of a second-order model."""
    pattern = np.kron(np.eye(len(gamma)), np.array(loadings)[:, None])
    between = np.outer(gamma, gamma) + np.diag(1 - np.square(gamma))
    common = pattern @ between @ pattern.T
    unique = 1 - np.diagonal(common)
    return common + np.diag(unique), pattern @ gamma, unique


def test_general_factor_of_a_second_order_model_is_found_again():
    covariance, general, unique = second_order(np.array([0.9, 0.7, 0.5]))
    sds = np.array([1.0, 2.0, 0.5] * 3)
    result = omega_hierarchical(scores_with(covariance * np.outer(sds, sds)))
    total = sds @ covariance @ sds
    assert result.value == pytest.approx((sds @ general) ** 2 / total, abs=1e-3)
    assert result.details["general"] == pytest.approx(general, abs=2e-3)
    assert result.details["uniqueness"] == pytest.approx(unique, abs=2e-3)
    expected = 1 - sds**2 @ unique / total
    assert result.details["omega_total"] == pytest.approx(expected, abs=1e-3)
    assert result.value < result.details["omega_total"]


def test_two_group_factors_share_the_general_factor_equally():
    covariance, general, _ = second_order(np.array([0.6, 0.6]))
    result = omega_hierarchical(scores_with(covariance), 2)
    expected = general.sum() ** 2 / covariance.sum()
    assert result.value == pytest.approx(expected, abs=1e-3)


def test_one_group_factor_is_omega_total():
    x = scores_with(one_factor(np.array([0.9, 0.5, 0.8, 0.4]), np.full(4, 0.5)))
    one = omega_hierarchical(x, 1)
    assert one.value == pytest.approx(omega_total(x).value)


def test_unrelated_groups_have_no_general_factor():
    covariance, _, _ = second_order(np.array([0.0, 0.0, 0.0]))
    result = omega_hierarchical(scores_with(covariance, n=100))
    assert result.value == pytest.approx(0, abs=0.01)
    assert result.details["omega_total"] > 0.6


def test_rotation_finds_simple_structure_again_whatever_the_start():
    pattern = np.kron(np.eye(3), np.array([[0.8], [0.7], [0.6]]))
    between = np.array([[1, 0.5, 0.3], [0.5, 1, 0.2], [0.3, 0.2, 1]])
    common = pattern @ np.linalg.cholesky(between)
    for seed in range(5):
        turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
        found, correlation = rotate_oblimin(common @ turn)
        order = np.argsort([np.argmax(column) for column in found.T])
        assert found[:, order] == pytest.approx(pattern, abs=1e-5)
        assert correlation[np.ix_(order, order)] == pytest.approx(between, abs=1e-5)


def test_bootstrap_interval_can_be_drawn_again_and_covers():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(300, 1)) + rng.normal(size=(300, 5))
    first = omega_total(x, n_boot=80, rng=2)
    assert first.ci == omega_total(x, n_boot=80, rng=2).ci
    # True value: 25 / 30.
    assert first.ci[0] < 25 / 30 < first.ci[1]
    assert first.ci[0] < first.value < first.ci[1]
    with pytest.raises(DataError, match="rng"):
        omega_total(x, n_boot=5)


def test_item_that_is_nothing_but_the_factor_is_named():
    x = scores_with(one_factor(np.array([1.0, 0.6, 0.6, 0.6]), [1e-6, 0.6, 0.6, 0.6]))
    assert omega_total(x).details["heywood"] == (0,)


def test_fewer_persons_than_items_still_give_a_result():
    x = np.random.default_rng(0).integers(0, 2, size=(5, 8)).astype(float)
    x[0], x[1] = 0, 1
    assert 0 <= omega_total(x).value <= 1


@pytest.mark.parametrize(
    ("x", "more", "words"),
    [
        ([[1, 2], [2, 1]], {}, r"2 item\(s\)"),
        ([[1, 2, 1], [2, 1, 1]], {}, "item 2: all scores are equal"),
        ([[1, 2, 1], [2, 1, 3]], {"n_factors": 2}, "do not bear 2"),
        ([[1, 2, 1], [2, 1, 3]], {"n_factors": 0}, "do not bear 0"),
    ],
)
def test_error_names_what_is_lacking(x, more, words):
    with pytest.raises(DataError, match=words):
        omega_total(x, **more)
