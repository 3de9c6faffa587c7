"""The three ways to severities, each from a joint start."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError
from lms.psychometrics.mfrm.abilities import pattern_exposure, weighted_likelihood
from lms.psychometrics.mfrm.climb import Peak, invert
from lms.psychometrics.mfrm.conditional import fit_conditional, make_conditional
from lms.psychometrics.mfrm.design import Design, make_design
from lms.psychometrics.mfrm.joint import JointFit, JointLikelihood, fit_joint
from lms.psychometrics.mfrm.layout import Freedom, Layout
from lms.psychometrics.mfrm.marginal import (
    MarginalLikelihood,
    Population,
    fit_marginal,
    fit_population,
)
from lms.psychometrics.mfrm.ratings import Ratings

JOINT, CONDITIONAL, MARGINAL = "joint", "conditional", "one population"
# The start need not be exact.
_START_TOL, _START_STEPS = 1e-3, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How finely to integrate, and how long to climb; see `fit_mfrm`."""

    nodes: int = 61
    tol: float = 1e-5
    max_iter: int = 500

    def __post_init__(self) -> None:
        if self.nodes < 5:
            raise DataError(f"nodes: need at least 5, got {self.nodes}")
        if not self.tol > 0:
            raise DataError(f"tol: need a positive one, got {self.tol}")
        if self.max_iter < 1:
            raise DataError(f"max_iter: need at least 1, got {self.max_iter}")


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Facets as one of the three likelihoods tells them.

    Attributes
    ----------
    values : ndarray, shape (p,)
    covariance, robust : ndarray, shape (p, p), or None
        From the information, and from the learners' contributions (sandwich).
    """

    values: Floats
    covariance: Floats | None
    robust: Floats | None
    loglik: float
    n_iter: int
    converged: bool
    population: Population | None = None


def calibrate(
    ratings: Ratings,
    layout: Layout,
    freedom: Freedom,
    way: str,
    settings: Settings,
) -> Calibration:
    """Calibrate by the likelihood named by `way`."""
    design = make_design(ratings, layout)
    if way == JOINT:
        return _by_joint(ratings, design, freedom, settings)
    start = _start(ratings, design, freedom)
    if way == MARGINAL:
        return _by_marginal(ratings, design, freedom, start, settings)
    theta, information = weighted_likelihood(
        pattern_exposure(design, start), design.total
    )
    likelihood = make_conditional(design, freedom, theta, information)
    peak = fit_conditional(
        likelihood, start, tol=settings.tol, max_iter=settings.max_iter
    )
    values = freedom.unfold(peak.free)
    scores = _statistics(ratings, layout) - _by_learner(
        likelihood.expected(values)[1], design
    )
    return _report(peak, values, scores, ratings, basis=freedom.basis)


def _start(ratings: Ratings, design: Design, freedom: Freedom) -> Floats:
    """Return corrected joint estimates from the learners who are not extreme."""
    used = ~design.is_extreme[design.pattern_of[ratings.learner]]
    if not used.any():
        return freedom.fixed
    inner = make_design(ratings.take(used), design.layout)
    found = fit_joint(
        inner, freedom, inner.observed, tol=_START_TOL, max_iter=_START_STEPS
    )
    return _corrected(found, inner, freedom)


def correction(design: Design) -> float:
    """Return ``(L - 1) / L``, with `L` ratings for each learner on average."""
    count = design.sheets @ (design.contents @ np.ones(design.cells.size))
    length = float(np.average(count, weights=design.weight))
    return (length - 1) / length


def _corrected(found: JointFit, design: Design, freedom: Freedom) -> Floats:
    """Draw estimates together: facets about the mean of their anchors, if any."""
    layout, share = design.layout, correction(design)
    is_free = (freedom.basis != 0).any(axis=1)
    values = found.values.copy()
    ends = (0, layout.n_raters, layout.n_raters + layout.n_criteria, layout.size)
    for start, stop in pairwise(ends):
        place = np.arange(start, stop)
        held = freedom.fixed[place][freedom.is_anchored[place]]
        centre = held.mean() if held.size else 0.0
        own = place[is_free[place]]
        values[own] = centre + share * (values[own] - centre)
    return values


def _by_joint(
    ratings: Ratings, design: Design, freedom: Freedom, settings: Settings
) -> Calibration:
    found = fit_joint(
        design,
        freedom,
        design.observed,
        tol=settings.tol,
        max_iter=settings.max_iter,
    )
    values, share = _corrected(found, design, freedom), correction(design)
    theta = np.nan_to_num(found.theta)
    expected = JointLikelihood(design).expected(theta, found.values)
    scores = _statistics(ratings, design.layout) - _by_learner(expected, design)
    basis = freedom.basis
    inverse = invert(basis.T @ found.information @ basis)
    # The joint information is too large by about L / (L - 1): one such factor of the
    # two by which the variance shrinks with the estimates is not to be taken off.
    return Calibration(
        values,
        None if inverse is None else share * (basis @ inverse @ basis.T),
        _sandwich(inverse, scores, ratings, basis, share),
        found.loglik,
        found.n_iter,
        found.converged,
    )


def _by_marginal(
    ratings: Ratings,
    design: Design,
    freedom: Freedom,
    start: Floats,
    settings: Settings,
) -> Calibration:
    largest = float(
        weighted_likelihood(pattern_exposure(design, start), design.total)[1].max()
    )
    likelihood = MarginalLikelihood(design, freedom, settings.nodes, largest)
    n_groups = max(len(ratings.groups), 1)
    first = Population(np.zeros(n_groups), np.ones(n_groups))
    first, _ = fit_population(
        design, start, first, nodes=settings.nodes, information=largest, tol=1e-3
    )
    peak = fit_marginal(
        likelihood, start, first, tol=settings.tol, max_iter=settings.max_iter
    )
    values, population = likelihood.values(peak.free), likelihood.population(peak.free)
    scores = _by_learner(likelihood.expected(values, population)[1], design)
    scores[:, : design.layout.size] += _statistics(ratings, design.layout)
    return _report(
        peak,
        values,
        scores,
        ratings,
        basis=likelihood.basis,
        population=population,
    )


def _by_learner(by_pattern: Floats, design: Design) -> Floats:
    """Return a row for each learner; zeros for those who are not in the design."""
    found: Floats = by_pattern[design.pattern_of]
    found[design.pattern_of < 0] = 0.0
    return found


def _statistics(ratings: Ratings, layout: Layout) -> Floats:
    """Return the sufficient statistics of each learner, shape (n_learners, p)."""
    places = layout.places(ratings.rater, ratings.criterion)
    kappa = np.take_along_axis(places, 2 + ratings.score[:, None], axis=1)
    columns = np.column_stack([places[:, :2], kappa])
    score = -ratings.score.astype(float)
    data = np.column_stack([score, score, np.ones(score.size)])
    rows = np.repeat(ratings.learner, 3)
    shape = (len(ratings.learners), layout.size)
    found = csr_array((data.ravel(), (rows, columns.ravel())), shape=shape)
    return np.asarray(found.toarray(), dtype=np.float64)


def _report(
    peak: Peak,
    values: Floats,
    scores: Floats,
    ratings: Ratings,
    *,
    basis: Floats,
    population: Population | None = None,
) -> Calibration:
    inverse = invert(peak.point.information)
    size = values.size
    whole = None if inverse is None else (basis @ inverse @ basis.T)[:size, :size]
    robust = _sandwich(inverse, scores, ratings, basis)
    return Calibration(
        values,
        whole,
        None if robust is None else robust[:size, :size],
        peak.point.loglik,
        peak.n_iter,
        peak.converged,
        population,
    )


def _sandwich(
    inverse: Floats | None,
    scores: Floats,
    ratings: Ratings,
    basis: Floats,
    share: float = 1.0,
) -> Floats | None:
    """Return the covariances that the learners' contributions tell.

    White, H. (1982). Maximum likelihood estimation of misspecified models.
    Econometrica, 50(1), 1-25. doi:10.2307/1912526
    """
    if inverse is None:
        return None
    own = scores @ basis
    meat = own.T @ (own * ratings.weight[:, None])
    bread = basis @ inverse
    found: Floats = share**2 * (bread @ meat @ bread.T)
    return found
