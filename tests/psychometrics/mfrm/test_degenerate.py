"""Odd ratings give a result or an error that names the rater, learner or row."""

import json
import warnings

import numpy as np
import pytest

from lms.psychometrics import (
    ConvergenceWarning,
    DataError,
    DisconnectedDesignError,
    MFRMResult,
    fit_mfrm,
)
from tests.psychometrics.mfrm.samples import make_sample

pytestmark = pytest.mark.long  # it fits again and again

SAMPLE = make_sample(60, 4, 3)
LEARNER, RATER, CRITERION, SCORE = SAMPLE.columns
# Raters 0 and 1 see the first thirty learners, 2 and 3 the others.
APART = ((LEARNER < 30) & (RATER < 2)) | ((LEARNER >= 30) & (RATER >= 2))
WAYS = [{}, {"assignment": "random"}, {"method": "JML"}, {"thresholds": "criterion"}]
ways = pytest.mark.parametrize("way", WAYS, ids=str)


def fit(rows=slice(None), score=SCORE, **given):
    return fit_mfrm(LEARNER[rows], RATER[rows], CRITERION[rows], score[rows], **given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"score": np.where(LEARNER == 2, 1.5, SCORE)}, "row 12 (learner 2, rater 3)"),
        ({"score": np.where(LEARNER == 2, np.inf, SCORE)}, "row 12 (learner 2"),
        ({"score": SCORE - 1}, "is -1, not a category"),
        ({"score": np.ones(SCORE.size)}, "every rating is 1"),
        ({"score": np.full(SCORE.size, np.nan)}, "nothing was rated"),
        ({"n_categories": 3}, "n_categories=3 means 0 to 2"),
        ({"weights": np.arange(SCORE.size)}, "row 1 differs from an earlier row of"),
        ({"weights": -np.ones(SCORE.size)}, "weights: row 0 is below zero"),
        ({"group": RATER}, "group: row 3 differs from an earlier row of learner 0"),
        ({"anchors": {"raters": {9: 0.0}}}, "no rating names 9 of the raters"),
        ({"anchors": {"raters": {0: np.nan}}}, "raters 0 is nan"),
        ({"anchors": {"raters": {0: "x"}}}, "raters 0: could not convert"),
        ({"anchors": {"judges": {}}}, "'judges' is none of raters, criteria"),
        ({"method": "CML"}, "method: 'CML' is none of 'MML', 'JML'"),
        ({"nodes": 3}, "nodes: need at least 5"),
        ({"tol": 0}, "tol: need a positive one"),
        ({"max_iter": 0}, "max_iter: need at least 1"),
    ],
)
def test_error_names_what_is_wrong(given, words):
    with pytest.raises(DataError) as caught:
        fit(**given)
    assert words in str(caught.value)


def test_vectors_must_be_of_one_length_and_of_numbers():
    with pytest.raises(DataError, match="criterion: need 360 labels"):
        fit_mfrm(LEARNER, RATER, CRITERION[1:], SCORE)
    with pytest.raises(DataError, match="score: not numbers"):
        fit_mfrm([1], ["a"], ["b"], ["good"])
    with pytest.raises(DataError, match="score: need a vector"):
        fit_mfrm([], [], [], [])
    with pytest.raises(DataError, match="rater: row 1 has no label"):
        fit_mfrm([1, 1], ["a", None], ["b", "b"], [0, 1])


@ways
def test_single_rating_for_each_learner_is_refused(way):
    first = np.unique(LEARNER, return_index=True)[1]
    with pytest.raises(DataError, match="every learner has a single rating"):
        fit(first, **way)


@ways
def test_raters_who_share_no_learner_are_named(way):
    with pytest.raises(DisconnectedDesignError, match="0, 1; 2, 3") as caught:
        fit(APART, **way)
    assert caught.value.subsets == ((0, 1), (2, 3))


def test_disconnected_raters_get_a_zero_each_on_request():
    with pytest.warns(UserWarning, match="2 subsets"):
        found = fit(APART, on_disconnected="warn")
    first, second = found.raters.estimate[:2], found.raters.estimate[2:]
    assert first.sum() == pytest.approx(0, abs=1e-9)
    assert second.sum() == pytest.approx(0, abs=1e-9)
    assert found.subset_of_rater.tolist() == [0, 0, 1, 1]
    assert "2 subsets of raters have a zero each" in found.message
    assert not any(row.is_linked for row in found.severities())


def test_anchors_link_what_learners_do_not():
    found = fit(APART, anchors={"raters": {0: 0.1, 2: -0.3}})
    assert found.subset_of_rater.tolist() == [0, 0, 0, 0]
    assert found.converged


def test_learners_at_the_ends_link_nobody():
    # The only learner whom both pairs of raters saw has full marks from all.
    bridge = LEARNER == 0
    score = np.where(bridge, 3, SCORE)
    learner = np.append(LEARNER[APART], [0, 0, 0, 0])
    rater = np.append(RATER[APART], [0, 1, 2, 3])
    criterion = np.append(CRITERION[APART], [0, 1, 0, 1])
    with pytest.raises(DisconnectedDesignError, match="only learners with lowest or"):
        fit_mfrm(learner, rater, criterion, np.append(score[APART], [3, 3, 3, 3]))


def test_weak_link_is_legal_and_named():
    # Learner 100 alone was seen by both pairs of raters.
    learner = np.append(LEARNER[APART], [100] * 4)
    rater = np.append(RATER[APART], [0, 0, 2, 2])
    criterion = np.append(CRITERION[APART], [0, 1, 0, 1])
    score = np.append(SCORE[APART], [1, 2, 1, 1])
    found = fit_mfrm(learner, rater, criterion, score)
    assert "weak link: rater 0, 1 compared with the others through 1" in found.message
    # The difference across the link is hardly known.
    assert found.raters.se.min() > 2 * fit().raters.se.max()


def test_severity_that_cannot_be_told_from_difficulty_is_named():
    score = np.random.default_rng(0).integers(0, 3, 40)
    with pytest.raises(DisconnectedDesignError) as caught:
        fit_mfrm(np.repeat(range(20), 2), list("ab") * 20, list("xy") * 20, score)
    assert "rater 'a', rater 'b', criterion 'x', criterion 'y'" in str(caught.value)
    assert set(caught.value.subsets) == {("a",), ("b",)}


@ways
def test_one_rater_has_the_severity_zero_and_no_error(way):
    found = fit(RATER == 1, **way)
    assert found.raters.estimate.tolist() == [0.0]
    assert np.isnan(found.raters.se).all()
    assert (found.raters.df, np.isnan(found.raters.p)) == (0, True)
    assert np.isnan(found.exact_agreement)
    assert np.isfinite(found.learners.theta).all()


@ways
def test_one_criterion_will_do(way):
    found = fit(CRITERION == 1, **way)
    assert found.criteria.estimate.tolist() == [0.0]
    assert np.isfinite(found.raters.se).all()
    # A sheet holds one rating, so that nothing can hang together on it.
    assert np.isnan(found.halo)


@ways
def test_learners_with_lowest_scores_throughout_get_finite_abilities(way):
    score = np.where(np.isin(LEARNER, [1, 2, 3]), 0, SCORE)
    found = fit(score=score, **way)
    own = found.learners
    assert own.extreme[[1, 2, 3]].all()
    assert np.isfinite(own.theta).all()
    assert np.isfinite(own.se).all()
    assert own.theta[1:4].max() < own.theta[~own.extreme].min()
    assert (own.fair_average[1:4] > 0).all()
    assert "run away" not in found.message


@ways
def test_rater_with_lowest_scores_throughout_is_named_and_set_apart(way):
    found = fit(score=np.where(RATER == 2, 0, SCORE), **way)
    assert found.converged
    assert found.raters.extreme.tolist() == [False, False, True, False]
    assert found.raters.estimate[2] > 3
    assert found.raters.estimate[[0, 1, 3]].sum() == pytest.approx(0, abs=1e-9)
    assert "rater 2 not calibrated" in found.message
    assert "2" not in {row.rater for row in found.severities()}


@ways
def test_criterion_with_highest_scores_throughout_is_named_and_set_apart(way):
    found = fit(score=np.where(CRITERION == 2, 3, SCORE), **way)
    assert found.criteria.extreme.tolist() == [False, False, True]
    assert not found.criteria.estimate[2] > -3
    assert "criterion 2 not calibrated" in found.message
    assert np.isfinite(found.learners.fair_average).all()


@ways
def test_rows_without_a_score_are_not_rated(way):
    score = SCORE.astype(float)
    score[::7] = np.nan
    score[LEARNER == 3] = np.nan
    score[RATER == 1] = np.nan
    found = fit(score=score, **way)
    kept = fit(~np.isnan(score), score=score, **way)
    rest = [0, 2, 3]
    assert found.raters.estimate[rest] == pytest.approx(kept.raters.estimate)
    assert found.raters.n[1] == 0
    assert np.isnan(found.raters.estimate[1])
    own = found.learners
    assert (own.n[3], np.isnan(own.theta[3])) == (0, True)
    assert own.eap[3] == pytest.approx(found.mean[0])
    assert np.isnan(found.adjust(3).fair).all()
    assert "rows without a score left out" in found.message


@ways
def test_unused_category_is_reported_and_keeps_the_others_values(way):
    found = fit(score=np.where(SCORE == 2, 3, SCORE), **way)
    assert found.converged
    assert "category 2 not used" in found.message
    assert found.categories == (0, 1, 2, 3)
    assert np.isnan(np.atleast_2d(found.thresholds)[:, 1:]).all()
    assert np.isneginf(found.category_logits[:, 2]).all()
    assert found.learners.raw_average.max() <= 3


@ways
def test_two_learners_give_a_result_or_say_what_runs_away(way):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = fit_mfrm(
            np.repeat([0, 1], 6),
            np.tile(np.repeat([0, 1], 3), 2),
            np.tile([0, 1, 2], 4),
            [0, 1, 2, 1, 2, 0, 1, 1, 2, 2, 2, 1],
            **way,
        )
        assert np.isfinite(found.raters.estimate).all()
        assert found.converged or "no spread" in found.message
        wild = fit(LEARNER < 2, **way)
    assert not wild.converged
    assert "run away: rater" in wild.message


def test_perfect_order_is_said_not_to_converge():
    with pytest.warns(ConvergenceWarning, match="did not converge"):
        found = fit_mfrm([1, 1, 2, 2], ["a", "b"] * 2, ["x"] * 4, [0, 1, 1, 2])
    assert not found.converged


def test_few_iterations_are_said_not_to_do():
    with pytest.warns(ConvergenceWarning, match="did not converge in 1"):
        found = fit(max_iter=1)
    assert not found.converged


def test_hundred_point_scale_is_read():
    found = fit(score=SCORE * 33)
    assert found.converged
    assert found.raters.estimate.argmax() == fit().raters.estimate.argmax()


@ways
def test_text_labels_and_a_way_through_json(way):
    found = fit_mfrm(
        [f"L{n:02}" for n in LEARNER],
        [f"R{r}" for r in RATER],
        [f"C{c}" for c in CRITERION],
        [None if n == 5 else int(x) for n, x in zip(LEARNER, SCORE, strict=True)],
        group=np.where(LEARNER < 30, "a", "b"),
        **way,
    )
    held = json.dumps(found.to_dict(), allow_nan=False)
    again = MFRMResult.from_dict(json.loads(held))
    assert json.dumps(again.to_dict()) == held
    assert again.raters.labels == ("R0", "R1", "R2", "R3")
    assert again.adjust("L07").low == pytest.approx(found.adjust("L07").low)
    assert again.severities() == found.severities()
    assert len(repr(found).splitlines()) < 120
    with pytest.raises(DataError, match="nobody is called 'L99'"):
        again.adjust(["L01", "L99"])
