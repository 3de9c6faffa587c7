"""With one rater the model is Rasch's or Masters's, whose figures are published."""

import numpy as np
import pytest

from lms.psychometrics import fit_irt, fit_mfrm
from tests.psychometrics.irt.public_data import lsat6, science


def ratings_of(patterns, counts):
    """Return a row for each answer of each pattern, and its weight."""
    n_patterns, n_items = patterns.shape
    return (
        np.repeat(np.arange(n_patterns), n_items),
        np.zeros(patterns.size),
        np.tile(np.arange(n_items), n_patterns),
        patterns.ravel(),
    ), np.repeat(counts, n_items)


def test_lsat6_rasch_model():
    # Rizopoulos (2006), Journal of Statistical Software 17(5), section 4.1: one slope,
    # 0.7551, which is the deviation of the ability where the slope is 1.
    columns, weights = ratings_of(*lsat6())
    found = fit_mfrm(*columns, weights=weights, assignment="random")
    assert found.loglik == pytest.approx(-2466.938, abs=0.001)
    assert found.sd[0] == pytest.approx(0.7551, abs=1e-3)
    b = 0.7551 * np.array([-3.6153, -1.3224, -0.3176, -1.7301, -2.7802])
    assert found.criteria.estimate == pytest.approx(b - b.mean(), abs=2e-3)
    assert found.mean[0] == pytest.approx(-b.mean(), abs=2e-3)


def test_lsat6_without_a_population_says_nearly_the_same():
    # The Rasch model fits LSAT6, so that both likelihoods must agree within a fraction
    # of a standard error (0.1 for the easiest item).
    columns, weights = ratings_of(*lsat6())
    free = fit_mfrm(*columns, weights=weights).criteria
    one = fit_mfrm(*columns, weights=weights, assignment="random").criteria
    assert free.estimate == pytest.approx(one.estimate, abs=0.02)
    assert free.se == pytest.approx(one.se, rel=0.05)
    assert free.n_learners.tolist() == [30] * 5


def test_science_partial_credit_model_is_that_of_the_calibration_of_items():
    patterns, counts = science()
    columns, weights = ratings_of(patterns, counts)
    found = fit_mfrm(
        *columns, weights=weights, thresholds="criterion", assignment="random"
    )
    known = fit_irt(patterns, "PCM", weights=counts)
    assert found.loglik == pytest.approx(known.loglik, abs=1e-3)
    assert found.sd == pytest.approx(known.sd, abs=1e-3)
    steps = found.criteria.estimate[:, None] + found.thresholds - found.mean[0]
    assert steps == pytest.approx(known.items.b, abs=2e-3)
