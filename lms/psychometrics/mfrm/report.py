"""From a calibration to the tables of its result."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from lms.psychometrics.arrays import Flags, Floats, Ints
from lms.psychometrics.mfrm.calibration import Calibration
from lms.psychometrics.mfrm.layout import Freedom, Layout
from lms.psychometrics.mfrm.ratings import Label, Ratings
from lms.psychometrics.mfrm.residual_fit import (
    Expectations,
    exact_agreement,
    expect_ratings,
    halo,
)
from lms.psychometrics.mfrm.result import MFRMResult
from lms.psychometrics.mfrm.scoring import (
    complete_facets,
    known_logits,
    learner_populations,
    learner_table,
    score_learners,
)
from lms.psychometrics.mfrm.tables import FacetTable, LearnerTable, reliability_of
from lms.psychometrics.mfrm.trimming import Core


@dataclass(frozen=True, slots=True, eq=False)
class _Facet:
    """One facet as it came out."""

    labels: tuple[Label, ...]
    codes: Ints
    places: Ints
    estimate: Floats
    late_se: Floats
    is_known: Flags


def report(
    ratings: Ratings,
    core: Core,
    freedom: Freedom,
    found: Calibration,
    *,
    subset: Ints,
    way: str,
    nodes: int,
    message: str,
    converged: bool,
) -> MFRMResult:
    """Score the learners, and write everything down."""
    layout, values = core.layout, found.values
    scores = score_learners(ratings, core, values)
    facets = complete_facets(ratings, core, values, scores)
    n_groups = max(len(ratings.groups), 1)
    population = learner_populations(scores, values, found, n_groups, nodes)
    learners = learner_table(
        ratings,
        scores,
        values,
        facets=facets,
        found=found,
        population=population,
        nodes=nodes,
    )
    is_known = np.isfinite(learners.theta) & ~learners.extreme
    expectations = expect_ratings(
        ratings,
        facets.logits,
        facets.severity,
        np.where(is_known, learners.theta, np.nan),
    )
    start = layout.n_raters
    tables = [
        _table(ratings, freedom, found, expectations, facet)
        for facet in (
            _Facet(
                ratings.raters,
                ratings.rater,
                np.arange(start),
                facets.severity,
                facets.severity_se,
                core.is_rater,
            ),
            _Facet(
                ratings.criteria,
                ratings.criterion,
                start + np.arange(layout.n_criteria),
                facets.difficulty,
                facets.difficulty_se,
                core.is_criterion,
            ),
        )
    ]
    thresholds, thresholds_se = _thresholds(layout, found)
    observed, expected = exact_agreement(expectations)
    quality = _quality(tables, learners)
    return MFRMResult(
        raters=tables[0],
        criteria=tables[1],
        thresholds=thresholds,
        thresholds_se=thresholds_se,
        learners=learners,
        groups=ratings.groups,
        mean=population.mean,
        sd=population.sd,
        loglik=found.loglik,
        n_iter=found.n_iter,
        converged=converged,
        message=message,
        assignment_method=way,
        categories=tuple(range(ratings.lowest, ratings.lowest + ratings.n_categories)),
        category_logits=known_logits(facets),
        subset_of_rater=subset,
        reliability=quality["reliability"],
        separation=quality["separation"],
        strata=quality["strata"],
        exact_agreement=observed,
        expected_agreement=expected,
        halo=halo(expectations),
    )


def _quality(
    tables: list[FacetTable], learners: LearnerTable
) -> dict[str, dict[str, float]]:
    measures = {
        "learners": (np.where(learners.extreme, np.nan, learners.theta), learners.se),
        "raters": (tables[0].estimate, tables[0].se),
        "criteria": (tables[1].estimate, tables[1].se),
    }
    found = {name: reliability_of(*own) for name, own in measures.items()}
    return {
        name: {facet: own[place] for facet, own in found.items()}
        for place, name in enumerate(("reliability", "separation", "strata"))
    }


def _table(
    ratings: Ratings,
    freedom: Freedom,
    found: Calibration,
    expectations: Expectations,
    facet: _Facet,
) -> FacetTable:
    size = len(facet.labels)
    is_free = (freedom.basis[facet.places] != 0).any(axis=1)
    se = np.where(facet.is_known, np.nan, facet.late_se)
    robust_se = np.full(size, np.nan)
    for own, covariance in ((se, found.covariance), (robust_se, found.robust)):
        if covariance is not None:
            variance = np.diag(covariance)[facet.places][is_free]
            own[is_free] = np.sqrt(np.maximum(variance, 0.0))
    part = expectations.ratings
    codes = part.rater if facet.codes is ratings.rater else part.criterion
    infit, outfit = expectations.mean_squares(codes, size)
    pairs = np.unique(facet.codes * len(ratings.learners) + ratings.learner)
    n = np.bincount(facet.codes, minlength=size)
    statistic, df, p = _equal(facet, found.covariance, is_free)
    return FacetTable(
        labels=facet.labels,
        estimate=np.where(n > 0, facet.estimate, np.nan),
        se=se,
        robust_se=robust_se,
        infit=infit,
        outfit=outfit,
        n=n,
        n_learners=np.bincount(pairs // len(ratings.learners), minlength=size),
        extreme=~facet.is_known & (n > 0),
        anchored=freedom.is_anchored[facet.places],
        chi2_equal=statistic,
        df=df,
        p=p,
    )


def _equal(
    facet: _Facet, covariance: Floats | None, is_free: Flags
) -> tuple[float, int, float]:
    """Return Wald's statistic of equality, with all covariances."""
    free = np.flatnonzero(is_free)
    df = max(free.size - 1, 0)
    if not df or covariance is None:
        return float("nan"), df, float("nan")
    own = covariance[np.ix_(facet.places[free], facet.places[free])]
    contrast = np.eye(free.size)[1:] - np.eye(free.size)[:1]
    difference = contrast @ facet.estimate[free]
    spread = contrast @ own @ contrast.T
    statistic = float(difference @ np.linalg.lstsq(spread, difference, rcond=None)[0])
    return statistic, df, float(chdtrc(df, max(statistic, 0.0)))


def _thresholds(layout: Layout, found: Calibration) -> tuple[Floats, Floats]:
    """Return steps between neighbouring used categories, with standard errors."""
    start = layout.n_raters + layout.n_criteria
    kappa = layout.split(found.values)[2]
    n_scales, count = layout.is_used.shape
    places = start + np.arange(n_scales * count).reshape(n_scales, count)
    is_step = layout.is_used[:, 1:] & layout.is_used[:, :-1]
    steps = np.where(is_step, kappa[:, :-1] - kappa[:, 1:], np.nan)
    errors = np.full(steps.shape, np.nan)
    if found.covariance is not None and count > 2:
        own, left, right = found.covariance, places[:, :-1], places[:, 1:]
        variance = own[left, left] + own[right, right] - 2 * own[left, right]
        errors = np.where(is_step, np.sqrt(np.maximum(variance, 0.0)), np.nan)
    return (steps[0], errors[0]) if n_scales == 1 else (steps, errors)
