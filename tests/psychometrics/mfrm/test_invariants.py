"""What must hold whatever the ratings are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.psychometrics import fit_mfrm
from tests.psychometrics.mfrm.samples import make_sample

pytestmark = pytest.mark.long  # it fits again and again

WAYS = st.sampled_from(
    [{}, {"assignment": "random"}, {"method": "JML"}, {"thresholds": "criterion"}]
)
SEEDS = st.integers(0, 200)
few = settings(max_examples=8, deadline=None)


def sample_of(seed):
    return make_sample(80, 5, 3, seed=seed)


@few
@given(WAYS, SEEDS)
def test_order_of_rows_and_names_of_raters_mean_nothing(way, seed):
    sample = sample_of(seed)
    plain = fit_mfrm(*sample.columns, **way)
    order = np.random.default_rng(seed).permutation(sample.score.size)
    # Rater r becomes the letter at place 4 - r, so that the order is turned round.
    names = np.array(list("edcba"))
    columns = [column[order] for column in sample.columns]
    columns[1] = names[columns[1]]
    turned = fit_mfrm(*columns, **way)
    assert turned.raters.estimate[::-1] == pytest.approx(
        plain.raters.estimate, abs=1e-5
    )
    assert turned.raters.se[::-1] == pytest.approx(plain.raters.se, rel=1e-5)
    assert turned.learners.theta == pytest.approx(plain.learners.theta, abs=1e-5)
    assert turned.loglik == pytest.approx(plain.loglik, abs=1e-6)
    assert turned.halo == pytest.approx(plain.halo, abs=1e-6)


@few
@given(WAYS, SEEDS, st.integers(1, 5))
def test_categories_may_be_counted_from_anywhere(way, seed, shift):
    learner, rater, criterion, score = sample_of(seed).columns
    plain = fit_mfrm(learner, rater, criterion, score, **way)
    moved = fit_mfrm(learner, rater, criterion, score + shift, **way)
    lowest = int(score.min()) + shift
    assert moved.categories == tuple(range(lowest, int(score.max()) + shift + 1))
    assert moved.raters.estimate == pytest.approx(plain.raters.estimate, abs=1e-9)
    assert moved.learners.fair_average == pytest.approx(
        plain.learners.fair_average + shift
    )
    assert moved.learners.raw_average == pytest.approx(
        plain.learners.raw_average + shift
    )


@few
@given(WAYS, SEEDS)
def test_turning_the_scale_round_turns_all_signs(way, seed):
    learner, rater, criterion, score = sample_of(seed).columns
    plain = fit_mfrm(learner, rater, criterion, score, n_categories=4, **way)
    turned = fit_mfrm(learner, rater, criterion, 3 - score, n_categories=4, **way)
    assert turned.raters.estimate == pytest.approx(-plain.raters.estimate, abs=1e-5)
    assert turned.criteria.estimate == pytest.approx(-plain.criteria.estimate, abs=1e-5)
    assert turned.learners.theta == pytest.approx(-plain.learners.theta, abs=1e-5)
    assert turned.raters.infit == pytest.approx(plain.raters.infit, abs=1e-5)


@few
@given(WAYS, SEEDS)
def test_weight_of_two_is_two_learners(way, seed):
    learner, rater, criterion, score = sample_of(seed).columns
    again = learner < 40
    doubled = [
        np.concatenate([column, column[again]])
        for column in (learner, rater, criterion, score)
    ]
    doubled[0][learner.size :] += 1000
    copied = fit_mfrm(*doubled, **way)
    weighted = fit_mfrm(
        learner, rater, criterion, score, weights=np.where(again, 2, 1), **way
    )
    assert weighted.raters.estimate == pytest.approx(copied.raters.estimate, abs=1e-5)
    assert weighted.raters.se == pytest.approx(copied.raters.se, rel=1e-5)
    assert weighted.raters.robust_se == pytest.approx(copied.raters.robust_se, rel=1e-5)
    assert weighted.raters.infit == pytest.approx(copied.raters.infit, rel=1e-5)
    assert weighted.exact_agreement == pytest.approx(copied.exact_agreement)
    assert weighted.halo == pytest.approx(copied.halo, abs=1e-6)
    assert weighted.sd == pytest.approx(copied.sd, abs=1e-4)


@few
@given(SEEDS)
def test_doubling_the_nodes_moves_nothing(seed):
    sample = sample_of(seed)
    coarse = fit_mfrm(*sample.columns, assignment="random", tol=1e-7)
    fine = fit_mfrm(*sample.columns, assignment="random", tol=1e-7, nodes=122)
    assert fine.raters.estimate == pytest.approx(coarse.raters.estimate, abs=1e-6)
    assert fine.sd == pytest.approx(coarse.sd, abs=1e-6)
    assert fine.loglik == pytest.approx(coarse.loglik, abs=1e-6)


@few
@given(SEEDS)
def test_order_of_the_categories_is_the_order_of_fair_averages(seed):
    found = fit_mfrm(*sample_of(seed).columns)
    own = found.learners
    order = np.argsort(own.theta)
    assert (np.diff(own.fair_average[order]) >= -1e-12).all()
    assert ((own.fair_average > 0) & (own.fair_average < 3)).all()
    shown = found.adjust()
    assert ((shown.low < shown.fair) & (shown.fair < shown.high)).all()


def test_narrow_posteriors_are_not_lost_between_nodes():
    # 240 ratings a learner: posteriors are narrower than the gap of 61 nodes.
    sample = make_sample(40, 40, 6, per_learner=40, seed=8)
    coarse = fit_mfrm(*sample.columns, assignment="random", nodes=5)
    fine = fit_mfrm(*sample.columns, assignment="random", nodes=400)
    assert coarse.raters.estimate == pytest.approx(fine.raters.estimate, abs=1e-5)
    assert coarse.learners.eap == pytest.approx(fine.learners.eap, abs=1e-5)
    free = fit_mfrm(*sample.columns)
    # So many ratings leave nothing to the population.
    assert free.raters.estimate == pytest.approx(fine.raters.estimate, abs=2e-3)
