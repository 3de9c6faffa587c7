"""Raters who are harsher on one criterion, or with one group."""

import json

import numpy as np
import pytest
from scipy.stats import kstest

from lms.psychometrics import DataError, fit_mfrm, rater_bias
from lms.psychometrics.mfrm.bias import holm
from tests.psychometrics.mfrm.samples import draw_scores, make_sample

pytestmark = pytest.mark.long  # it fits simulated panels

TAU = np.array([-1.2, 0.0, 1.2])
PLAIN = make_sample(600, 8, 4, seed=1)


def scores_with(sample, extra, seed=9):
    """Draw scores anew, with an extra severity for each rating."""
    eta = sample.theta[sample.learner] - sample.severity[sample.rater]
    eta = eta - sample.difficulty[sample.criterion] - extra
    return draw_scores(eta, TAU, np.random.default_rng(seed))


def test_harshness_on_one_criterion_is_found_there_and_with_no_other_rater():
    is_there = (PLAIN.rater == 2) & (PLAIN.criterion == 1)
    columns = [*PLAIN.columns[:3], scores_with(PLAIN, 1.2 * is_there)]
    found = fit_mfrm(*columns)
    table = rater_bias(found, *columns)
    assert (2, 1) in table.flagged()
    # What stands far out on one criterion pushes the rater's other ones the other way.
    assert {rater for rater, _ in table.flagged()} == {2}
    assert np.nanargmax(table.z) == 2 * 4 + 1
    assert table.bias[2, 1] == pytest.approx(1.2, abs=2.5 * table.se[2, 1])
    assert table.observed[2, 1] < table.expected[2, 1]
    assert table.n.sum() <= PLAIN.score.size
    json.dumps(table.to_dict(), allow_nan=False)


def test_harshness_with_one_group_is_found():
    group = np.where(np.arange(600) % 2, "from abroad", "from here")[PLAIN.learner]
    is_there = (PLAIN.rater == 5) & (group == "from abroad")
    columns = [*PLAIN.columns[:3], scores_with(PLAIN, 1.0 * is_there)]
    table = rater_bias(fit_mfrm(*columns), *columns, group=group)
    assert (table.by, table.columns) == ("group", ("from abroad", "from here"))
    assert set(table.flagged()) == {(5, "from abroad"), (5, "from here")}
    # The two cells of a rater mirror each other: one is harsher, the other milder.
    assert table.z[:, 0] == pytest.approx(-table.z[:, 1], abs=1e-6)
    assert table.z[5, 0] > 4


@pytest.mark.parametrize("thresholds", ["common", "criterion"])
def test_without_bias_z_is_normal(thresholds):
    z = []
    for seed in range(6):
        sample = make_sample(500, 10, 4, seed=seed)
        found = fit_mfrm(*sample.columns, thresholds=thresholds)
        z.append(rater_bias(found, *sample.columns).z.ravel())
    z = np.concatenate(z)
    # 240 values: the spread is known to 5 %.
    assert z.std() == pytest.approx(1.0, abs=0.12)
    assert kstest(z, "norm").pvalue > 0.01


def test_score_test_is_what_a_model_with_that_term_says():
    # Its own criterion for what rater 3 gave on criterion 2: the plain way to the term.
    learner, rater, criterion, score = PLAIN.columns
    table = rater_bias(fit_mfrm(*PLAIN.columns), *PLAIN.columns)
    own = np.where((rater == 3) & (criterion == 2), 4, criterion)
    fuller = fit_mfrm(learner, rater, own, score).criteria
    # Difficulties sum to zero, so that the covariance comes from the other cells alone:
    # the error of the small cell carries nearly all of that of the difference.
    difference = fuller.estimate[4] - fuller.estimate[2]
    assert table.bias[3, 2] == pytest.approx(difference, abs=0.05)
    assert table.z[3, 2] == pytest.approx(difference / table.se[3, 2], abs=0.2)


def test_cell_that_is_all_of_a_rater_tells_nothing():
    kept = (PLAIN.rater != 0) | (PLAIN.criterion == 1)
    columns = [column[kept] for column in PLAIN.columns]
    table = rater_bias(fit_mfrm(*columns), *columns)
    assert np.isnan(table.z[0]).all()
    assert np.isfinite(table.z[1:]).all()
    assert table.n[0].tolist()[::2] == [0, 0]
    assert np.isnan(table.observed[0, 0])


def test_extremes_are_left_out_and_labels_are_checked():
    learner, rater, criterion, score = PLAIN.columns
    low = np.where(rater == 4, 0, score)
    found = fit_mfrm(learner, rater, criterion, low)
    table = rater_bias(found, learner, rater, criterion, low)
    assert table.n[4].sum() == 0
    assert np.isnan(table.z[4]).all()
    with pytest.raises(DataError, match="rater: the result has no 99"):
        rater_bias(found, learner, np.where(rater == 1, 99, rater), criterion, score)
    with pytest.raises(DataError, match="n_categories=4 means 0 to 3"):
        rater_bias(found, learner, rater, criterion, score + 1)


def test_part_of_the_ratings_will_do():
    found = fit_mfrm(*PLAIN.columns)
    some = PLAIN.learner < 300
    table = rater_bias(found, *(column[some] for column in PLAIN.columns))
    assert table.n.sum() < PLAIN.score.size / 1.9
    assert np.nanstd(table.z) == pytest.approx(1.0, abs=0.35)


def test_holm_multiplies_by_the_tests_that_are_left():
    # Holm (1979): smallest p times 3, next times 2, never falling; NaN is no test.
    found = holm(np.array([0.01, 0.04, np.nan, 0.03]))
    assert found == pytest.approx([0.03, 0.06, np.nan, 0.06], nan_ok=True)
    assert holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]
