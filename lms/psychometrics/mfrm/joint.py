"""Joint maximum likelihood: abilities and facets together (Wright & Masters, 1982).

Quick, and free of any assumption about who rates whom; but each ability is estimated
from few ratings, which spreads all estimates by about ``L / (L - 1)``, with `L` ratings
a learner (Wright & Douglas, 1977, Applied Psychological Measurement, 1(2), 281-295,
doi:10.1177/014662167700100216).
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from lms.psychometrics.arrays import Flags, Floats, Ints
from lms.psychometrics.mfrm.climb import LARGE, NO_GAIN, clipped, solve
from lms.psychometrics.mfrm.curves import category_chances, spread_by_code, sums
from lms.psychometrics.mfrm.design import Design
from lms.psychometrics.mfrm.layout import Freedom, information_of_cells

# Abilities past this are not told apart by any rubric; keeps a bad start finite.
_FAR = 20.0
_MOST_HALVINGS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Likelihood of abilities and facets at a point, with its information.

    Attributes
    ----------
    residual : ndarray, shape (n_patterns,)
        Sum score less its expectation.
    slope : ndarray, shape (p,)
        Of the log-likelihood, by the parameters of the layout.
    own : ndarray, shape (n_patterns,)
        Information of each ability.
    shared : csr_array, shape (n_patterns, p)
        Information that abilities and parameters share.
    facets : ndarray, shape (p, p)
    """

    loglik: float
    residual: Floats
    slope: Floats
    own: Floats
    shared: csr_array
    facets: Floats

    def without_abilities(self, weight: Floats) -> tuple[Floats, Floats]:
        """Return slope and information of the parameters, abilities free.

        The Schur complement of the abilities: what the ratings say about severities
        beyond what goes to estimating the learners.
        """
        safe = np.where(self.own > 0, self.own, np.inf)
        lost = self.shared.T @ self.shared.multiply((weight / safe)[:, None])
        slope = self.slope - self.shared.T @ (weight * self.residual / safe)
        return slope, self.facets - csr_array(lost).toarray()


@dataclass(frozen=True, slots=True, eq=False)
class JointFit:
    """Where joint maximum likelihood ended.

    Attributes
    ----------
    theta : ndarray, shape (n_patterns,)
        NaN for patterns without a finite maximum.
    """

    theta: Floats
    values: Floats
    information: Floats
    loglik: float
    n_iter: int
    converged: bool


class JointLikelihood:
    """The joint likelihood of a design, over the patterns that have a maximum."""

    def __init__(self, design: Design, *, everybody: bool = False) -> None:
        self.design = design
        self.is_used: Flags = (~design.is_extreme | everybody) & (design.weight > 0)
        pattern, cell, count = design.entries()
        used = self.is_used[pattern]
        self.pattern: Ints = pattern[used]
        self.cell: Ints = cell[used]
        self.count: Floats = count[used]
        self.weight: Floats = np.where(self.is_used, design.weight, 0.0)

    def blocks(self, theta: Floats, values: Floats, observed: Floats) -> Blocks:
        """Return the likelihood and its information at a point."""
        design, layout = self.design, self.design.layout
        cells = design.cells
        severity = layout.split(values)[0]
        rater, criterion = cells.rater[self.cell], cells.criterion[self.cell]
        logits = layout.logits(values)[criterion]
        log_norm, chances = category_chances(
            logits, theta[self.pattern] - severity[rater]
        )
        steps = np.arange(layout.n_categories, dtype=np.float64)
        mean = np.asarray(chances @ steps, dtype=np.float64)
        with_score = chances * (steps - mean[:, None])
        variance = with_score @ steps
        weighted = self.count * self.weight[self.pattern]
        spread = spread_by_code(self.cell, chances, weighted, cells.size)
        shared = np.column_stack([-variance, -variance, with_score])
        places = layout.places(rater, criterion)
        size = (self.weight.size, layout.size)
        rows = np.repeat(self.pattern, places.shape[1])
        held = (shared * self.count[:, None]).ravel()
        expected = self._expected(places, mean, chances, weighted)
        fitted = self.weight * theta * np.where(self.is_used, design.total, 0)
        return Blocks(
            loglik=float(
                observed @ values + fitted.sum() - (weighted * log_norm).sum()
            ),
            residual=np.where(self.is_used, design.total, 0)
            - sums(self.pattern, self.count * mean, size[0]),
            slope=observed - expected,
            own=sums(self.pattern, self.count * variance, size[0]),
            shared=csr_array((held, (rows, places.ravel())), shape=size),
            facets=information_of_cells(layout, cells.rater, cells.criterion, spread),
        )

    def expected(self, theta: Floats, values: Floats) -> Floats:
        """Return the expected statistics of each pattern, shape (n_patterns, p)."""
        design, layout = self.design, self.design.layout
        rater, criterion = (
            own[self.cell] for own in (design.cells.rater, design.cells.criterion)
        )
        eta = theta[self.pattern] - layout.split(values)[0][rater]
        chances = category_chances(layout.logits(values)[criterion], eta)[1]
        mean = chances @ np.arange(layout.n_categories)
        data = np.column_stack([-mean, -mean, chances]) * self.count[:, None]
        places = layout.places(rater, criterion)
        rows = np.repeat(self.pattern, places.shape[1])
        shape = (self.weight.size, layout.size)
        found = csr_array((data.ravel(), (rows, places.ravel())), shape=shape)
        return np.asarray(found.toarray(), dtype=np.float64)

    def _expected(
        self, places: Ints, mean: Floats, chances: Floats, weighted: Floats
    ) -> Floats:
        size = self.design.layout.size
        by_category = (chances * weighted[:, None]).ravel()
        found = sums(places[:, 2:].ravel(), by_category, size)
        for column in (0, 1):
            found -= sums(places[:, column], weighted * mean, size)
        return found


def fit_joint(
    design: Design,
    freedom: Freedom,
    observed: Floats,
    *,
    tol: float,
    max_iter: int,
) -> JointFit:
    """Climb to the joint maximum by Newton's method, abilities eliminated.

    Parameters
    ----------
    observed : ndarray, shape (p,)
        Sufficient statistics of the learners who are not extreme.
    """
    likelihood = JointLikelihood(design)
    theta, values = (
        np.zeros(likelihood.weight.size),
        freedom.unfold(np.zeros(freedom.basis.shape[1])),
    )
    span = np.where(design.highest > design.lowest, design.highest - design.lowest, 1)
    share = np.clip((design.total - design.lowest) / span, 0.02, 0.98)
    theta = np.where(likelihood.is_used, np.log(share / (1 - share)), 0.0)
    converged, n_iter = False, 0
    found = likelihood.blocks(theta, values, observed)
    while n_iter < max_iter and not converged:
        n_iter += 1
        shift, move = _newton_step(found, likelihood, freedom)
        for _ in range(_MOST_HALVINGS):
            ahead = likelihood.blocks(
                np.clip(theta + shift, -_FAR, _FAR), values + move, observed
            )
            if ahead.loglik >= found.loglik - 1e-10 * (1 + abs(found.loglik)):
                break
            shift, move = shift / 2, move / 2
        theta, values = np.clip(theta + shift, -_FAR, _FAR), values + move
        gain, found = ahead.loglik - found.loglik, ahead
        largest = max(np.abs(shift).max(initial=0.0), np.abs(move).max(initial=0.0))
        converged = bool(largest < tol)
        if gain < NO_GAIN and largest > LARGE:
            break
    information = found.without_abilities(likelihood.weight)[1]
    return JointFit(
        theta=np.where(likelihood.is_used, theta, np.nan),
        values=values,
        information=information,
        loglik=found.loglik,
        n_iter=n_iter,
        converged=converged,
    )


def _newton_step(
    found: Blocks, likelihood: JointLikelihood, freedom: Freedom
) -> tuple[Floats, Floats]:
    """Return the steps of abilities and parameters."""
    slope, information = found.without_abilities(likelihood.weight)
    basis = freedom.basis
    move = clipped(basis @ solve(basis.T @ information @ basis, basis.T @ slope))
    own = np.where(found.own > 0, found.own, np.inf)
    return clipped((found.residual - found.shared @ move) / own), move
