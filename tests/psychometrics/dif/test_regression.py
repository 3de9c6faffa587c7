"""Logistic regression DIF: closed forms, an independent optimiser, simulation."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import xlogy
from scipy.stats import chi2, false_discovery_control

from lms.psychometrics import DataError, logistic_dif
from lms.psychometrics.logistic import fit_logistic
from tests.psychometrics.dif.samples import draw_groups, persons_of


def log_likelihood(right, wrong):
    """Return that of the shares found, in closed form."""
    right, wrong = np.asarray(right, float), np.asarray(wrong, float)
    n = right + wrong
    return float((xlogy(right, right / n) + xlogy(wrong, wrong / n)).sum())


def test_two_levels_by_two_groups_have_a_closed_form():
    """With two levels match alone, and all with their product, are saturated."""
    tables = np.array([(30, 20, 15, 25), (40, 10, 30, 20)])
    answers, group, level = persons_of(tables)
    result = logistic_dif(answers, group, focal="f", match=level)
    both = log_likelihood(tables[:, [0, 2]], tables[:, [1, 3]])
    merged = log_likelihood(tables[:, 0] + tables[:, 2], tables[:, 1] + tables[:, 3])
    assert result.lr_total[0] == pytest.approx(2 * (both - merged), abs=1e-6)
    assert result.p_total[0] == pytest.approx(chi2.sf(2 * (both - merged), 2))
    total = result.lr_uniform + result.lr_nonuniform
    assert result.lr_total == pytest.approx(total)
    # The product is the difference of the log odds ratios of focal to reference.
    odds = np.log(tables[:, 2] * tables[:, 1] / (tables[:, 3] * tables[:, 0]))
    assert result.coefficients[0, 3] == pytest.approx(odds[1] - odds[0], abs=1e-5)
    assert result.se[0, 3] == pytest.approx(np.sqrt((1 / tables).sum()), rel=1e-5)
    # Nagelkerke's change, from the likelihoods.
    n, right = tables.sum(), tables[:, [0, 2]].sum()
    null = log_likelihood([right], [n - right])

    def share(value):
        return (1 - np.exp(2 * (null - value) / n)) / (1 - np.exp(2 * null / n))

    assert result.dr2[0] == pytest.approx(share(both) - share(merged))


def test_newton_finds_what_a_general_optimiser_finds():
    answers, group, _ = draw_groups(seed=1, n=500)
    total = answers.sum(axis=1)
    design = np.column_stack([np.ones(500), total, group == "f"]).astype(float)

    def deviance(beta):
        eta = design @ beta
        return np.logaddexp(0, np.where(answers[:, 0] == 1, -eta, eta)).sum()

    best = minimize(deviance, np.zeros(3), method="BFGS", options={"gtol": 1e-8})
    fit = fit_logistic(design, answers[:, 0], np.ones(500))
    assert fit.is_converged
    assert fit.coefficients == pytest.approx(best.x, abs=1e-5)
    assert fit.log_likelihood == pytest.approx(-best.fun, abs=1e-8)
    # Curvature by differences: errors are those of its inverse.
    steps = np.diag([1e-3, 1e-4, 1e-3])
    curvature = np.empty((3, 3))
    for i, j in np.ndindex(3, 3):
        corners = [
            p * q * deviance(best.x + p * steps[i] + q * steps[j])
            for p in (1, -1)
            for q in (1, -1)
        ]
        curvature[i, j] = sum(corners) / (4 * steps[i, i] * steps[j, j])
    assert fit.covariance == pytest.approx(np.linalg.inv(curvature), rel=1e-3)


def test_uniform_and_crossing_dif_are_told_apart():
    answers, group, _ = draw_groups(seed=2, n=5000, shift={0: 0.8}, slope={1: 0.3})
    result = logistic_dif(answers, group, focal="f")
    assert result.p_uniform[0] < 1e-6
    assert result.p_nonuniform[0] > 0.01
    assert result.coefficients[0, 2] < 0
    assert result.p_nonuniform[1] < 1e-6
    assert result.coefficients[1, 3] < 0
    assert np.mean(result.p_adjusted[2:] < 0.05) < 0.2
    assert set(result.effect[2:]) == {"A"}


def test_fair_items_are_rejected_as_often_as_the_level_says():
    # 12 samples of 20 items: 240 tests at 0.05, in a standard error of 0.014.
    rejected = [
        logistic_dif(*draw_groups(seed=seed, n=800)[:2], focal="f").p_total < 0.05
        for seed in range(12)
    ]
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.042)


@pytest.mark.parametrize("kind", ["both", "uniform", "nonuniform"])
def test_adjusted_p_is_that_of_benjamini_and_hochberg(kind):
    answers, group, _ = draw_groups(seed=3, shift={0: 0.6})
    result = logistic_dif(answers, group, focal="f", kind=kind)
    name = {"both": "p_total"}.get(kind, f"p_{kind}")
    known = false_discovery_control(getattr(result, name))
    assert result.p_adjusted == pytest.approx(known)


def test_scale_of_the_match_order_and_sides_do_not_matter():
    answers, group, ability = draw_groups(seed=4, shift={0: 0.6})
    here = logistic_dif(answers, group, focal="f", match=ability)
    order = np.random.default_rng(0).permutation(len(answers))
    moved = logistic_dif(
        answers[order], group[order], focal="r", match=500 + 100 * ability[order]
    )
    assert moved.lr_total == pytest.approx(here.lr_total, abs=1e-5)
    assert moved.lr_uniform == pytest.approx(here.lr_uniform, abs=1e-5)
    assert moved.dr2 == pytest.approx(here.dr2, abs=1e-8)


def test_missing_answers_need_a_match():
    answers, group, ability = draw_groups(seed=5, n=4000, shift={0: 0.8})
    answers[np.random.default_rng(1).random(answers.shape) < 0.3] = np.nan
    with pytest.raises(DataError, match="give match"):
        logistic_dif(answers, group, focal="f")
    result = logistic_dif(answers, group, focal="f", match=ability)
    assert result.coefficients[0, 2] == pytest.approx(-0.8, abs=0.25)


def test_item_that_all_answered_alike_and_separation_do_not_stop_the_others():
    answers, group, _ = draw_groups(seed=6)
    answers[:, 2] = 1
    answers[:, 3] = group == "r"
    result = logistic_dif(answers, group, focal="f")
    assert np.isnan(result.p_total[2])
    assert result.effect[2] == ""
    assert result.separated[3]
    assert result.effect[3] == "C"
    # The likelihood ratio goes to its limit: everybody is predicted rightly.
    p = np.mean(answers[:, 3])
    most = -2 * len(answers) * (p * np.log(p) + (1 - p) * np.log(1 - p))
    assert 0.7 * most < result.lr_total[3] <= most
    assert np.isfinite(result.p_total[4:]).all()


def test_error_names_what_is_wrong():
    with pytest.raises(DataError, match="kind"):
        logistic_dif([[0, 1], [1, 1]], ["f", "r"], focal="f", kind="all")
    with pytest.raises(DataError, match="all persons have the same"):
        logistic_dif([[0, 1], [1, 0]], ["f", "r"], focal="f")
