"""Probabilities of levels from log-densities on a grid, cuts with their error."""

from dataclasses import dataclass, field

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import ndtr

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.integrals import Densities
from lms.psychometrics.results import Result

# Nodes and weights over the error of a cut that is narrow against the posterior.
_CUT_POINTS, _CUT_WEIGHTS = hermegauss(21)
_CUT_WEIGHTS /= _CUT_WEIGHTS.sum()
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LevelPosterior(Result):
    """Level of each of `n` persons as a distribution over `K` levels, from 0.

    Attributes
    ----------
    prob : ndarray, shape (n, K)
    level : ndarray of int, shape (n,)
        The likeliest; of equally likely ones the lowest.
    p_at_or_above : ndarray, shape (n, K - 1)
        Of levels 1, 2, …
    eap, sd : ndarray, shape (n,)
        Mean and standard deviation of the ability.
    ci : ndarray, shape (n, 2)
        Central 95 % credible interval.
    cuts, cut_se : ndarray, shape (K - 1,)
    prior_mean, prior_sd : float
    n_answered : ndarray of int, shape (n,)
    raters : tuple of tuple of str
        Who judged each person, each once.
    conflict : ndarray, shape (n,)
        Of combined evidence: largest standardised difference between what two parts
        say; NaN for a single part.
    theta : ndarray, shape (q,)
        Even grid.
    log_density, log_slope : ndarray, shape (n, q)
        Logarithm of the density, 0 at its highest node, and its derivative.
    """

    prob: Floats
    level: Ints
    p_at_or_above: Floats
    eap: Floats
    sd: Floats
    ci: Floats
    cuts: Floats
    cut_se: Floats
    prior_mean: float
    prior_sd: float
    n_answered: Ints
    raters: tuple[tuple[str, ...], ...]
    conflict: Floats
    theta: Floats = field(repr=False)
    log_density: Floats = field(repr=False)
    log_slope: Floats = field(repr=False)

    @property
    def n_persons(self) -> int:
        """Return how many persons there are."""
        return int(self.eap.size)

    @property
    def density(self) -> Floats:
        """Return the densities on `theta`, shape (n, q)."""
        heights = np.exp(self.log_density)
        gap = self.theta[1] - self.theta[0]
        found: Floats = heights / (heights.sum(axis=1, keepdims=True) * gap)
        return found

    def person(self, index: int) -> "LevelPosterior":
        """Return what is known of one person, as a posterior of one."""
        row = slice(index, index + 1 or None)
        return summarise(
            Curves(self.theta, self.log_density[row], self.log_slope[row]),
            Question(self.cuts, self.cut_se, self.prior_mean, self.prior_sd),
            Sources(self.n_answered[row], self.raters[row], self.conflict[row]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Log-densities and their derivatives on an even grid."""

    theta: Floats
    logs: Floats
    slopes: Floats

    def refined(self) -> "Curves":
        """Return the curves on a grid with half the gap, cubic between the points."""
        gap = self.theta[1] - self.theta[0]
        left, right = self.logs[:, :-1], self.logs[:, 1:]
        rise, fall = self.slopes[:, :-1], self.slopes[:, 1:]
        middle = (left + right) / 2 + gap / 8 * (rise - fall)
        slope = 1.5 * (right - left) / gap - (rise + fall) / 4
        theta = np.linspace(self.theta[0], self.theta[-1], 2 * self.theta.size - 1)
        return Curves(
            theta, _interleave(self.logs, middle), _interleave(self.slopes, slope)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Where the levels begin, and what is believed before any evidence."""

    cuts: Floats
    cut_se: Floats
    mean: float
    sd: float


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What a posterior rests on."""

    n_answered: Ints
    raters: tuple[tuple[str, ...], ...]
    conflict: Floats


def summarise(curves: Curves, question: Question, sources: Sources) -> LevelPosterior:
    """Integrate the curves over the levels."""
    logs = curves.logs - curves.logs.max(axis=1, keepdims=True)
    heights = np.exp(logs)
    densities = Densities(curves.theta, heights, heights * curves.slopes)
    below = densities.below_nodes()
    total = below[:, -1:]
    mass = heights / heights.sum(axis=1, keepdims=True)
    eap = mass @ curves.theta
    square = mass @ (curves.theta - question.mean) ** 2 - (eap - question.mean) ** 2
    above = _above(densities, total, mass, question)
    whole = np.ones((above.shape[0], 1))
    edges = np.hstack([whole, above, 0 * whole])
    prob = edges[:, :-1] - edges[:, 1:]
    tail = (1 - _CONFIDENCE) / 2
    return LevelPosterior(
        prob=prob,
        # To the ninth decimal, so that rounding does not decide between equals.
        level=prob.round(9).argmax(axis=1),
        p_at_or_above=above,
        eap=eap,
        sd=np.sqrt(np.maximum(square, 0.0)),
        ci=np.column_stack(
            [_quantile(densities, below, share) for share in (tail, 1 - tail)]
        ),
        cuts=question.cuts,
        cut_se=question.cut_se,
        prior_mean=question.mean,
        prior_sd=question.sd,
        n_answered=sources.n_answered,
        raters=sources.raters,
        conflict=sources.conflict,
        theta=curves.theta,
        log_density=logs,
        log_slope=curves.slopes,
    )


def _above(
    densities: Densities, total: Floats, mass: Floats, question: Question
) -> Floats:
    """Return the chance of being at or above each cut, averaged over its error."""
    theta, gap = densities.theta, densities.gap
    chances = 1 - densities.below(np.clip(question.cuts, theta[0], theta[-1])) / total
    for place in np.flatnonzero(question.cut_se):
        cut, error = question.cuts[place], question.cut_se[place]
        if error > 2 * gap:
            chances[:, place] = mass @ ndtr((theta - cut) / error)
            continue
        at = np.clip(cut + error * _CUT_POINTS, theta[0], theta[-1])
        chances[:, place] = (1 - densities.below(at) / total) @ _CUT_WEIGHTS
    # Cuts of different error may cross in the tails; a higher level is never likelier.
    falling: Floats = np.minimum.accumulate(np.clip(chances, 0.0, 1.0), axis=1)
    return falling


def _quantile(densities: Densities, below: Floats, share: float) -> Floats:
    """Return the point with this share below, density linear within a cell."""
    aim = share * below[:, -1]
    last = densities.theta.size - 2
    cell = np.clip((below < aim[:, None]).sum(axis=1) - 1, 0, last)
    rows = np.arange(aim.size)
    missing = aim - below[rows, cell]
    start = densities.values[rows, cell]
    slope = (densities.values[rows, cell + 1] - start) / densities.gap
    root = np.sqrt(np.maximum(start**2 + 2 * slope * missing, 0.0))
    within = 2 * missing / np.maximum(start + root, 1e-300)
    found: Floats = densities.theta[cell] + np.clip(within, 0.0, densities.gap)
    return found


def _interleave(points: Floats, between: Floats) -> Floats:
    found = np.empty((points.shape[0], points.shape[1] + between.shape[1]))
    found[:, ::2], found[:, 1::2] = points, between
    return found
