"""Ratings against a result, and the score test of terms that it has not got."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import pinvh
from scipy.sparse import csr_array

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.mfrm.curves import category_chances, spread_by_code, sums
from lms.psychometrics.mfrm.layout import NEVER, Layout, information_of_cells
from lms.psychometrics.mfrm.ratings import Ratings
from lms.psychometrics.mfrm.result import MFRMResult


@dataclass(frozen=True, slots=True, eq=False)
class SeenRatings:
    """Ratings with what the result expects of them."""

    ratings: Ratings
    layout: Layout
    chances: Floats
    residual: Floats
    variance: Floats
    weight: Floats

    @property
    def places(self) -> Ints:
        """Return the parameters that each rating touches."""
        return self.layout.places(self.ratings.rater, self.ratings.criterion)

    def shared(self) -> csr_array:
        """Return the information that a rating's ability shares with parameters."""
        steps = np.arange(self.chances.shape[1])
        mean = self.chances @ steps
        by_category = self.chances * (steps - mean[:, None])
        held = np.column_stack([-self.variance, -self.variance, by_category])
        held = held * self.weight[:, None]
        return _by_row(held, self.places, self.layout.size)

    def slopes(self) -> Floats:
        """Return the slope of the log-likelihood by each parameter."""
        chosen = np.eye(self.chances.shape[1])[self.ratings.score]
        own = np.column_stack([-self.residual, -self.residual, chosen - self.chances])
        own = own * self.weight[:, None]
        return sums(self.places.ravel(), own.ravel(), self.layout.size)

    def information(self) -> Floats:
        """Return the information of the parameters, abilities given."""
        n_criteria = self.layout.n_criteria
        cell = self.ratings.rater * n_criteria + self.ratings.criterion
        size = self.layout.n_raters * n_criteria
        spread = spread_by_code(cell, self.chances, self.weight, size)
        codes = np.arange(size)
        return information_of_cells(
            self.layout, codes // n_criteria, codes % n_criteria, spread
        )


def see_ratings(result: MFRMResult, ratings: Ratings) -> SeenRatings:
    """Keep ratings of known learners, raters and criteria, none of them extreme."""
    theta = np.where(result.learners.extreme, np.nan, result.learners.theta)
    severity = np.where(result.raters.extreme, np.nan, result.raters.estimate)
    logits = np.where(result.criteria.extreme[:, None], np.nan, result.category_logits)
    kept = ~np.isnan(theta[ratings.learner] - severity[ratings.rater])
    kept &= ~np.isnan(logits[ratings.criterion]).any(axis=1)
    kept &= np.isfinite(logits[ratings.criterion, ratings.score])
    kept &= ratings.weight[ratings.learner] > 0
    own = ratings.take(kept)
    eta = theta[own.learner] - severity[own.rater]
    used = np.isfinite(logits)
    chances = category_chances(np.where(used, logits, NEVER)[own.criterion], eta)[1]
    steps = np.arange(chances.shape[1])
    mean = chances @ steps
    n_criteria = len(own.criteria)
    is_common = result.thresholds.ndim == 1
    scale_of = np.zeros(n_criteria, dtype=np.int64)
    layout = Layout(
        len(own.raters),
        scale_of if is_common else np.arange(n_criteria),
        np.atleast_2d(used.any(axis=0)) if is_common else used,
    )
    return SeenRatings(
        ratings=own,
        layout=layout,
        chances=chances,
        residual=own.score.astype(np.float64) - mean,
        variance=np.asarray(chances @ steps**2 - mean**2, dtype=np.float64),
        weight=own.weight[own.learner],
    )


def free_places(result: MFRMResult, layout: Layout) -> Ints:
    """Return the places of the parameters that were estimated."""
    anchored = np.concatenate([result.raters.anchored, result.criteria.anchored])
    return np.flatnonzero(np.concatenate([~anchored, layout.is_inner.ravel()]))


def project_out(
    seen: SeenRatings, cell: Ints, size: int, free: Ints
) -> tuple[Floats, Floats, Floats]:
    """Return slope and information of cells without what else is estimated, and with.

    First the abilities go, learner by learner, then the parameters of the facets.
    """
    learner, n_learners = seen.ratings.learner, len(seen.ratings.learners)
    informed = seen.weight * seen.variance
    own = sums(learner, informed, n_learners)
    inverse = np.where(own > 0, 1 / np.where(own > 0, own, 1.0), 0.0)
    rows = np.arange(cell.size)
    to_cell = csr_array((np.ones(cell.size), (cell, rows)), shape=(size, cell.size))
    to_learner = csr_array(
        (np.ones(cell.size), (learner, rows)), shape=(n_learners, cell.size)
    )
    shared = csr_array(seen.shared()[:, free])
    # Severity of a cell stands against the ability.
    of_learners = -(to_cell @ to_learner.T.multiply(informed[:, None]))
    facets_of_learners = to_learner @ shared
    scaled = csr_array(of_learners.multiply(inverse[None, :]))
    whole = sums(cell, informed, size)
    residual = seen.weight * seen.residual
    lack = sums(learner, residual, n_learners)
    slope = -sums(cell, residual, size) - scaled @ lack
    kept = np.diag(whole) - (scaled @ of_learners.T).toarray()
    cross = -(to_cell @ shared).toarray() - (scaled @ facets_of_learners).toarray()
    by_facet = facets_of_learners.T.multiply(inverse[None, :])
    facets = seen.information()[np.ix_(free, free)]
    facets = facets - (by_facet @ facets_of_learners).toarray()
    lost = cross @ pinvh(facets, rtol=1e-9)
    slope = slope - lost @ (seen.slopes()[free] - by_facet @ lack)
    return slope, np.diag(kept) - (lost * cross).sum(axis=1), whole


def _by_row(values: Floats, places: Ints, size: int) -> csr_array:
    start = np.arange(values.shape[0] + 1) * values.shape[1]
    shape = (values.shape[0], size)
    return csr_array((values.ravel(), places.ravel(), start), shape=shape)
