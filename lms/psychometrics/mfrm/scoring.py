"""From calibrated facets to learners, and to raters who were left out."""

from dataclasses import dataclass, replace

import numpy as np

from lms.psychometrics.arrays import Flags, Floats
from lms.psychometrics.mfrm.abilities import (
    Exposure,
    expect_abilities,
    fair_scores,
    pattern_exposure,
    weighted_likelihood,
)
from lms.psychometrics.mfrm.calibration import Calibration
from lms.psychometrics.mfrm.design import Design, make_design
from lms.psychometrics.mfrm.joint import JointLikelihood
from lms.psychometrics.mfrm.layout import NEVER, Layout
from lms.psychometrics.mfrm.marginal import Population, fit_population
from lms.psychometrics.mfrm.ratings import Ratings
from lms.psychometrics.mfrm.residual_fit import divide
from lms.psychometrics.mfrm.tables import LearnerTable
from lms.psychometrics.mfrm.trimming import Core


@dataclass(frozen=True, slots=True, eq=False)
class Facets:
    """Severities and curves of all raters and criteria.

    Attributes
    ----------
    severity, severity_se : ndarray, shape (n_raters,)
        NaN where no value is known; standard errors of those left out of the
        calibration only.
    difficulty, difficulty_se : ndarray, shape (n_criteria,)
    logits : ndarray, shape (n_criteria, K)
        Of the categories at ``theta = severity``; `NEVER` for categories without use.
        Rows of NaN: criteria without a finite difficulty.
    """

    severity: Floats
    severity_se: Floats
    difficulty: Floats
    difficulty_se: Floats
    logits: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Learners, by patterns of what counts for their abilities.

    Attributes
    ----------
    theta, information : ndarray, shape (n_patterns,)
    """

    ratings: Ratings
    design: Design
    theta: Floats
    information: Floats

    def of_learners(self, values: Floats, empty: float = np.nan) -> Floats:
        """Return the value of each learner, `empty` for those without ratings."""
        place = self.design.pattern_of
        found: Floats = np.where(place >= 0, values[place], empty)
        return found

    @property
    def is_extreme(self) -> Flags:
        """Return which learners have the lowest or highest scores throughout."""
        return self.of_learners(self.design.is_extreme.astype(float), 0.0) > 0


def within_use(ratings: Ratings, layout: Layout) -> Ratings:
    """Return ratings with scores moved into the part of the scale that is known.

    Scores that only learners without a finite ability have lie past it.
    """
    low, high = (end[layout.scale_of][ratings.criterion] for end in layout.ends)
    return replace(ratings, score=np.clip(ratings.score, low, high))


def score_learners(ratings: Ratings, core: Core, values: Floats) -> Scores:
    """Estimate abilities from the ratings by raters on criteria that are known."""
    known = core.is_rater[ratings.rater] & core.is_criterion[ratings.criterion]
    own = within_use(ratings.take(known), core.layout)
    design = make_design(own, core.layout)
    theta, information = weighted_likelihood(
        pattern_exposure(design, values), design.total
    )
    return Scores(own, design, theta, information)


def complete_facets(
    ratings: Ratings, core: Core, values: Floats, scores: Scores
) -> Facets:
    """Estimate who was left out, from the abilities that the others tell."""
    layout = core.layout
    severity, difficulty, _ = (part.copy() for part in layout.split(values))
    logits = layout.logits(values)
    theta = scores.of_learners(scores.theta)
    inside = within_use(ratings, layout)
    severity[~core.is_rater] = np.nan
    known = core.is_criterion[inside.criterion] & ~core.is_rater[inside.rater]
    own = inside.take(known & ~np.isnan(theta[inside.learner]))
    found, severity_se = _locate(
        own.rater, -theta[own.learner], logits[own.criterion], own, severity.size
    )
    severity = np.where(core.is_rater, severity, -found)
    is_open = ~core.is_criterion & (np.unique(layout.scale_of).size == 1)
    known = is_open[inside.criterion] & core.is_rater[inside.rater]
    own = inside.take(known & ~np.isnan(theta[inside.learner]))
    offset = severity[own.rater] - theta[own.learner]
    found, difficulty_se = _locate(
        own.criterion, offset, logits[own.criterion], own, difficulty.size
    )
    difficulty = np.where(core.is_criterion, difficulty, -found)
    steps = np.arange(layout.n_categories)
    shift = np.where(core.is_criterion, 0.0, difficulty)[:, None] * steps
    return Facets(severity, severity_se, difficulty, difficulty_se, logits - shift)


def _locate(
    unit: np.ndarray, offset: Floats, logits: Floats, ratings: Ratings, size: int
) -> tuple[Floats, Floats]:
    """Return Warm's estimates of units and their standard errors, NaN if unseen."""
    weight = ratings.weight[ratings.learner]
    kept = weight > 0
    exposure = Exposure(unit[kept], offset[kept], logits[kept], weight[kept])
    total = np.bincount(
        unit[kept], (weight * ratings.score)[kept], minlength=size
    ).astype(np.float64)
    found, information = weighted_likelihood(exposure, total)
    return found, np.sqrt(divide(np.ones(size), information))


def learner_populations(
    scores: Scores, values: Floats, found: Calibration, n_groups: int, nodes: int
) -> Population:
    """Return the populations: those calibrated, or those at the given facets."""
    if found.population is not None:
        return found.population
    known = scores.theta[np.isfinite(scores.theta)]
    start = Population(
        np.full(n_groups, known.mean()), np.full(n_groups, max(known.std(), 0.3))
    )
    largest = float(scores.information.max())
    return fit_population(
        scores.design, values, start, nodes=nodes, information=largest
    )[0]


def learner_table(
    ratings: Ratings,
    scores: Scores,
    values: Floats,
    *,
    facets: Facets,
    found: Calibration,
    population: Population,
    nodes: int,
) -> LearnerTable:
    """Return the table of all learners."""
    size = len(ratings.learners)
    eap, eap_sd = expect_abilities(
        scores.design,
        values,
        population,
        nodes=nodes,
        information=float(scores.information.max()),
    )
    place = scores.design.pattern_of
    group = ratings.group
    theta = scores.of_learners(scores.theta)
    count = ratings.count(ratings.learner, size)
    raw = divide(
        ratings.count(ratings.learner, size, ratings.score.astype(float)), count
    )
    sheets = np.unique(ratings.learner * len(ratings.raters) + ratings.rater)
    fair, _ = fair_scores(facets.logits, theta)
    return LearnerTable(
        labels=ratings.learners,
        theta=theta,
        se=np.sqrt(divide(np.ones(size), scores.of_learners(scores.information, 0.0))),
        calibration_se=scores.of_learners(_calibration_se(scores, values, found)),
        eap=np.where(place >= 0, eap[place], population.mean[group]),
        eap_sd=np.where(place >= 0, eap_sd[place], population.sd[group]),
        fair_average=fair + ratings.lowest,
        raw_average=raw + ratings.lowest,
        extreme=scores.is_extreme,
        n=count.astype(np.int64),
        n_sheets=np.bincount(sheets // len(ratings.raters), minlength=size),
    )


def _calibration_se(scores: Scores, values: Floats, found: Calibration) -> Floats:
    """Return what errors of the facets do to abilities (first order)."""
    if found.covariance is None:
        return np.full(scores.theta.size, np.nan)
    design = replace(scores.design, weight=np.ones(scores.theta.size))
    likelihood = JointLikelihood(design, everybody=True)
    blocks = likelihood.blocks(scores.theta, values, design.observed)
    moves = blocks.shared.toarray() / np.maximum(blocks.own, 1e-12)[:, None]
    variance = ((moves @ found.covariance) * moves).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), dtype=np.float64)


def known_logits(facets: Facets) -> Floats:
    """Return the logits with minus infinity, as they are shown."""
    return np.where(facets.logits < NEVER / 2, -np.inf, facets.logits)
