"""Posterior of the ability on a grid, for claims that need one kind of evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lms.psychometrics.blur import Message
from lms.psychometrics.drift import join_rows
from lms.psychometrics.evidence import Kind, strength
from lms.psychometrics.integrals import Densities
from lms.psychometrics.partial_credit import (
    ITEM_INFORMATION,
    Floats,
    RowCurves,
    row_curves,
)
from lms.psychometrics.rule import LevelRule
from lms.psychometrics.scale import LevelCuts
from lms.psychometrics.weights import Showing

Flags = NDArray[np.bool_]

# Reach of the grid: prior standard deviations from its mean, and logits past the
# outermost cut or step.
PRIOR_REACH_SD = 6.0
STEP_REACH = 6.0

# Keeps a division defined where the quotient is not used or cannot be zero.
TINY = 1e-300


@dataclass(frozen=True, slots=True)
class ThetaSummary:
    """Where the ability lies, in logits, to three decimals.

    Attributes
    ----------
    low, high : float
        Central credible interval of the rule's confidence.
    """

    mean: float
    sd: float
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class KindPosterior:
    """Posterior of the ability for claims that need one kind of evidence.

    Attributes
    ----------
    weights : ndarray, shape (n,)
        Share of each row's log-likelihood that counts for these claims.
    is_capped : ndarray of bool, shape (n,)
        Rows of weaker kinds from which the cap took something.
    theta, density, mass_below : ndarray, shape (q,)
        The grid, the density on it, and the probability below each of its points.
    chances : ndarray, shape (n_levels,)
        Probability at or above the cut of each level, from level 1.
    """

    weights: Floats
    is_capped: Flags
    theta: Floats
    density: Floats
    mass_below: Floats
    chances: Floats

    def summarise(self, confidence: float) -> ThetaSummary:
        """Return mean, sd, median and the central interval that holds `confidence`."""
        share = self.density / self.density.sum()
        mean = float(share @ self.theta)
        variance = float(share @ (self.theta - mean) ** 2)
        tail = (1 - confidence) / 2
        quantiles = self._quantiles(np.array([0.5, tail, 1 - tail]))
        # Adding zero turns -0.0 into 0.0: equal figures must be equal bytes.
        figures = [round(float(x), 3) + 0.0 for x in (mean, variance**0.5, *quantiles)]
        return ThetaSummary(*figures)

    def _quantiles(self, shares: Floats) -> Floats:
        """Solve for the points with these masses below, density linear in a cell."""
        left = np.searchsorted(self.mass_below, shares) - 1
        missing = shares - self.mass_below[left]
        start = self.density[left]
        slope = (self.density[left + 1] - start) / (self.theta[1] - self.theta[0])
        root = np.sqrt(np.maximum(start**2 + 2 * slope * missing, 0.0))
        within: Floats = 2 * missing / np.maximum(start + root, TINY)
        return self.theta[left] + within


def kind_posteriors(
    rows: Sequence[Showing], cuts: LevelCuts, rule: LevelRule
) -> dict[Kind, KindPosterior]:
    """Compute the posterior for each kind of evidence that some level needs.

    For a claim that needs kind K, rows of K or stronger enter with their full weight.
    Rows of weaker kinds enter as a prior: their log-likelihoods are multiplied by

        min(1, cap * 1/4 / max over theta of sum(weight * information(theta)))

    which is a power prior (Ibrahim & Chen, 2000, Statistical Science 15(1), 46-60).
    The information of the weaker kinds together is then nowhere on the scale larger
    than that of `cap` right-or-wrong items at their most informative, however many
    rows there are; their centre stays where it was. The cap is on what they said when
    they were new: what raters and time hide (`drift`) comes off afterwards.
    """
    theta = _make_grid(rows, cuts, rule.nodes)
    curves = row_curves([r.steps for r in rows], [r.score for r in rows], theta)
    kinds = tuple(dict.fromkeys(cuts.needs))
    ranks = np.array([strength(r.kind) for r in rows])
    is_weaker = ranks < np.array([[strength(kind)] for kind in kinds])
    weights = np.array([r.weight for r in rows])
    share = _weaker_share(curves, weights * is_weaker, rule.weaker_kinds_cap)
    counted = weights * np.where(is_weaker, share, 1.0)
    said = join_rows(
        rows, counted, curves, gap=float(theta[1] - theta[0]), prior_sd=cuts.prior_sd
    )
    masses = _integrate(_densities(theta, said, cuts), cuts)
    is_capped = is_weaker & (share < 1)
    return {
        kind: KindPosterior(counted[i], is_capped[i], theta, *masses[i])
        for i, kind in enumerate(kinds)
    }


def prior_on_grid(cuts: LevelCuts, nodes: int) -> tuple[Floats, Floats]:
    """Return the grid and the density on it while nothing is known."""
    theta = _make_grid((), cuts, nodes)
    z = (theta - cuts.prior_mean) / cuts.prior_sd
    return theta, np.exp(-(z**2) / 2)


def _make_grid(rows: Sequence[Showing], cuts: LevelCuts, nodes: int) -> Floats:
    marks = [*cuts.cuts, *(step for row in rows for step in row.steps)]
    reach = PRIOR_REACH_SD * cuts.prior_sd
    return np.linspace(
        min(cuts.prior_mean - reach, min(marks) - STEP_REACH),
        max(cuts.prior_mean + reach, max(marks) + STEP_REACH),
        nodes,
    )


def _weaker_share(curves: RowCurves, weaker_weights: Floats, cap: float) -> Floats:
    """Return, for each kind needed, the share that its weaker kinds keep."""
    largest = (weaker_weights @ curves.information).max(axis=1, keepdims=True)
    allowed = cap * ITEM_INFORMATION
    return np.where(largest > allowed, allowed / np.maximum(largest, TINY), 1.0)


def _densities(theta: Floats, said: Message, cuts: LevelCuts) -> Densities:
    """Multiply prior and likelihoods; each curve is 1 at its highest node."""
    z = (theta - cuts.prior_mean) / cuts.prior_sd
    log_density = said.log - z**2 / 2
    slope = said.slope - z / cuts.prior_sd
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    return Densities(theta, density, density * slope)


def _integrate(
    curves: Densities, cuts: LevelCuts
) -> list[tuple[Floats, Floats, Floats]]:
    """Return density, mass below the nodes and chances at the cuts, for each kind."""
    below = curves.below_nodes()
    total = below[:, -1:]
    chances = np.clip(1 - curves.below(np.array(cuts.cuts)) / total, 0.0, 1.0)
    return list(zip(curves.values / total, below / total, chances, strict=True))
