"""Accuracy and consistency against simulation and brute force."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lms.psychometrics import (
    DataError,
    ItemBank,
    classification_irt,
    expected_score,
    information,
    score_distribution,
    simulate,
)
from tests.psychometrics.irt.samples import abilities, make_bank

pytestmark = pytest.mark.long  # it simulates sum scores

BANK = make_bank("2PL", 30)
CUTS = np.array([-0.5, 0.6])


def rudner_level(theta, level):
    edges = np.array([-np.inf, *CUTS, np.inf])
    root = np.sqrt(information(BANK, [theta]).sum())
    return norm.cdf((edges[level + 1] - theta) * root) - norm.cdf(
        (edges[level] - theta) * root
    )


def test_rudner_by_brute_force():
    # 1e-6: quad's own error over an integrand with kinks at the cuts.
    edges = [-8.0, *CUTS, 8.0]
    table = np.array(
        [
            [
                quad(
                    lambda t, k=given: norm.pdf(t) * rudner_level(t, k),
                    edges[true],
                    edges[true + 1],
                    epsabs=1e-10,
                )[0]
                for given in range(3)
            ]
            for true in range(3)
        ]
    )
    found = classification_irt(BANK, CUTS)
    assert found.by_level == pytest.approx(table, abs=1e-6)
    assert found.accuracy == pytest.approx(np.trace(table), abs=1e-6)
    assert found.false_positive == pytest.approx(np.triu(table, 1).sum(), abs=1e-6)
    twice = quad(
        lambda t: norm.pdf(t) * sum(rudner_level(t, k) ** 2 for k in range(3)),
        -8,
        8,
        epsabs=1e-10,
        points=CUTS,
    )[0]
    assert found.consistency == pytest.approx(twice, abs=1e-6)


def test_lee_agrees_with_simulated_sum_scores():
    # 400,000 persons: standard error of a share at most 0.0008, three of them 0.0024.
    cuts = np.array([12.0, 20.0])
    theta = abilities(400_000)
    true = np.searchsorted(cuts, expected_score(BANK, theta), side="right")
    levels = [
        np.searchsorted(cuts, simulate(BANK, theta, seed).sum(axis=1), side="right")
        for seed in (1, 2)
    ]
    found = classification_irt(BANK, cuts, method="lee")
    assert found.accuracy == pytest.approx((levels[0] == true).mean(), abs=0.0024)
    same = (levels[0] == levels[1]).mean()
    assert found.consistency == pytest.approx(same, abs=0.0024)
    assert found.false_positive == pytest.approx((levels[0] > true).mean(), abs=0.0024)
    assert found.by_level.sum() == pytest.approx(1)


@pytest.mark.parametrize("method", ["rudner", "lee"])
def test_population_is_the_one_given(method):
    # Everybody far above the cut: nothing to err about.
    cut = [0.0] if method == "rudner" else [10.0]
    far = classification_irt(BANK, cut, method=method, mean=4.0, sd=0.3)
    near = classification_irt(BANK, cut, method=method, mean=0.0, sd=0.3)
    assert far.accuracy > 0.99 > near.accuracy
    assert near.consistency <= near.accuracy + 1e-9


def test_longer_test_sorts_better():
    short, long_ = make_bank("2PL", 10), make_bank("2PL", 80)
    assert (
        classification_irt(long_, CUTS).accuracy
        > classification_irt(short, CUTS).accuracy
    )


def test_distribution_of_the_sum_score_is_that_of_all_patterns():
    bank = ItemBank(
        ["2PL", "PCM", "GRM"],
        a=[1.2, 1.0, 0.7],
        b=[[0.3, np.nan], [-0.5, 0.5], [-1.0, 0.4]],
    )
    from tests.psychometrics.irt.test_quadrature import likelihood

    theta = 0.4
    expected = np.zeros(6)
    for pattern in np.ndindex(2, 3, 3):
        expected[sum(pattern)] += likelihood(bank, pattern, theta)
    found = score_distribution(bank, [theta])[0]
    assert found == pytest.approx(expected, abs=1e-14)
    assert found @ np.arange(6) == pytest.approx(expected_score(bank, [theta])[0])


def test_what_cannot_be_sorted_is_refused():
    with pytest.raises(DataError, match="rising"):
        classification_irt(BANK, [0.5, 0.5])
    with pytest.raises(DataError, match="method"):
        classification_irt(BANK, [0.5], method="guess")
    with pytest.raises(DataError, match="item 1"):
        classification_irt(
            ItemBank("2PL", a=[1.0, -0.5], b=[0.0, 0.0]), [1.0], method="lee"
        )


def test_cut_that_nobody_can_reach_leaves_one_level():
    found = classification_irt(BANK, [31.0], method="lee")
    assert found.accuracy == pytest.approx(1)
    assert np.isnan(found.kappa) or found.kappa == pytest.approx(0, abs=1)
