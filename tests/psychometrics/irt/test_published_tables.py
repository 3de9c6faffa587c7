"""Calibrations of public data against published estimates.

Tolerances: published figures have rounding of their last digit, and come from 21
Gauss-Hermite nodes or from a looser end of the iteration, which moves slopes by up to
0.01 and far-off difficulties (here the easiest items) by up to 0.02.
"""

import numpy as np
import pytest

from lms.psychometrics import fit_irt, score_persons
from tests.psychometrics.irt.public_data import lsat6, lsat7, science


def test_lsat6_two_parameter_model():
    # Estimates printed by R ltm for its data LSAT (Rizopoulos, 2006, Journal of
    # Statistical Software 17(5), doi:10.18637/jss.v017.i05).
    patterns, counts = lsat6()
    result = fit_irt(patterns, "2PL", weights=counts)
    assert result.loglik == pytest.approx(-2466.653, abs=0.01)
    assert result.items.a == pytest.approx(
        [0.8253715, 0.7229499, 0.8904748, 0.6885502, 0.6574516], abs=0.01
    )
    assert result.items.b[:, 0] == pytest.approx(
        [-3.3597341, -1.3696497, -0.2798983, -1.8659189, -3.1235725], abs=0.02
    )
    assert result.n_persons == 1000
    assert result.converged


def test_lsat6_one_parameter_model_with_its_standard_errors():
    # Rizopoulos (2006), section 4.1: the Rasch model with a common slope.
    patterns, counts = lsat6()
    result = fit_irt(patterns, "1PL", weights=counts)
    assert result.loglik == pytest.approx(-2466.938, abs=0.001)
    assert result.items.a == pytest.approx(np.full(5, 0.7551), abs=1e-3)
    assert result.se.a == pytest.approx(np.full(5, 0.0694), abs=1e-3)
    assert result.items.b[:, 0] == pytest.approx(
        [-3.6153, -1.3224, -0.3176, -1.7301, -2.7802], abs=2e-3
    )
    assert result.se.b[:, 0] == pytest.approx(
        [0.3266, 0.1422, 0.0977, 0.1691, 0.2510], abs=2e-3
    )
    assert result.n_parameters == 6
    assert result.parameters.count("a[0]") == 1


def test_lsat6_rasch_model_is_the_one_parameter_model_in_another_unit():
    patterns, counts = lsat6()
    one = fit_irt(patterns, "1PL", weights=counts)
    rasch = fit_irt(patterns, "Rasch", weights=counts)
    assert rasch.loglik == pytest.approx(one.loglik, abs=1e-5)
    assert rasch.sd[0] == pytest.approx(one.items.a[0], abs=1e-4)
    assert rasch.items.b == pytest.approx(one.items.b * one.items.a[0], abs=1e-3)


def test_lsat6_modal_scores():
    # Modes and their errors printed by R ltm (factor.scores, empirical Bayes) for the
    # patterns 00000, 00001, 11111 under its two-parameter estimates, three digits.
    patterns = [[0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [1, 1, 1, 1, 1]]
    all_patterns, counts = lsat6()
    result = fit_irt(all_patterns, "2PL", weights=counts)
    scores = result.score(patterns, "MAP")
    assert scores.theta == pytest.approx([-1.895, -1.479, 0.606], abs=5e-3)
    assert scores.se == pytest.approx([0.795, 0.796, 0.855], abs=5e-3)


def test_lsat7_two_parameter_model():
    # R mirt's log-likelihood of its data LSAT7 (Chalmers, 2012, Journal of Statistical
    # Software 48(6), doi:10.18637/jss.v048.i06).
    patterns, counts = lsat7()
    result = fit_irt(patterns, "2PL", weights=counts)
    assert result.loglik == pytest.approx(-2658.805, abs=0.001)


def test_science_graded_model():
    # R mirt's log-likelihood and slopes of its data Science (Chalmers, 2012).
    patterns, counts = science()
    result = fit_irt(patterns, "GRM", weights=counts)
    assert result.loglik == pytest.approx(-1608.870, abs=0.001)
    assert result.items.a == pytest.approx([1.041, 1.226, 2.293, 1.095], abs=0.01)


def test_weights_are_persons():
    patterns, counts = lsat6()
    persons = np.repeat(patterns, counts.astype(int), axis=0)
    one, other = (
        fit_irt(patterns, weights=counts),
        fit_irt(persons),
    )
    assert other.loglik == pytest.approx(one.loglik, abs=1e-8)
    assert other.items.b == pytest.approx(one.items.b, abs=1e-8)
    assert other.se.b == pytest.approx(one.se.b, abs=1e-8)


def test_result_scores_as_its_items_do():
    patterns, counts = lsat6()
    result = fit_irt(patterns, "Rasch", weights=counts)
    own = result.score(patterns)
    again = score_persons(patterns, result.items, sd=float(result.sd[0]))
    assert own.theta == pytest.approx(again.theta, abs=1e-12)
