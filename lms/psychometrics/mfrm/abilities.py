"""Abilities for given facets: weighted likelihood, and expectation a posteriori."""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.mfrm.curves import category_chances, cumulants, sums
from lms.psychometrics.mfrm.design import Design
from lms.psychometrics.mfrm.integrals import Panel, weigh_points
from lms.psychometrics.mfrm.marginal import Population

_MOST_STEPS = 100
_TOL = 1e-9
# No rubric tells apart what lies further out.
_FAR = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """Ratings as seen from what is estimated: a learner, a rater, a criterion.

    Attributes
    ----------
    unit : ndarray of int, shape (m,)
    offset : ndarray, shape (m,)
        Taken from the unit's location.
    logits : ndarray, shape (m, K)
    count : ndarray, shape (m,)
        How many ratings each row stands for.
    """

    unit: Ints
    offset: Floats
    logits: Floats
    count: Floats

    def moments(self, location: Floats) -> list[Floats]:
        """Return summed mean, variance, third and fourth cumulant of each unit."""
        eta = location[self.unit] - self.offset
        chances = category_chances(self.logits, eta)[1]
        return [
            sums(self.unit, self.count * own, location.size)
            for own in cumulants(chances)
        ]


def weighted_likelihood(exposure: Exposure, total: Floats) -> tuple[Floats, Floats]:
    """Return Warm's estimates and their information.

    The root of ``T - E + J / (2 I)``, with the third cumulant `J` (Warm, 1989,
    Psychometrika, 54(3), 427-450, doi:10.1007/BF02294627); finite for the lowest and
    the highest sums as well. NaN and 0 for units without ratings.
    """
    has = np.bincount(exposure.unit, minlength=total.size) > 0
    location = np.zeros(total.size)
    information = np.ones(total.size)
    for _ in range(_MOST_STEPS):
        mean, variance, third, fourth = exposure.moments(location)
        information = np.maximum(variance, 1e-12)
        bias = third / (2 * information)
        bend = information - fourth / (2 * information) + 2 * bias**2
        safe = np.where(bend > 0.1 * information, bend, information)
        move = np.where(has, np.clip((total - mean + bias) / safe, -1, 1), 0.0)
        location = np.clip(location + move, -_FAR, _FAR)
        if np.abs(move).max(initial=0.0) < _TOL:
            break
    return np.where(has, location, np.nan), np.where(has, information, 0.0)


def pattern_exposure(design: Design, values: Floats) -> Exposure:
    """Return the ratings of the patterns of a design."""
    pattern, cell, count = design.entries()
    layout, cells = design.layout, design.cells
    return Exposure(
        unit=pattern,
        offset=layout.split(values)[0][cells.rater[cell]],
        logits=layout.logits(values)[cells.criterion[cell]],
        count=count,
    )


def expect_abilities(
    design: Design,
    values: Floats,
    population: Population,
    *,
    nodes: int,
    information: float,
) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each pattern's posterior."""
    points = population.grid(nodes, information)
    rows = np.arange(design.weight.size)
    panel = Panel(rows, points, population.log_density(points, design.group))
    weights = weigh_points(design, values, panel, 1)[1]
    middle = points.mean()
    mean = weights @ (points - middle)
    square = weights @ (points - middle) ** 2 - mean**2
    return mean + middle, np.sqrt(np.maximum(square, 0.0))


def fair_scores(logits: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """Return expected average by a rater of severity zero over all criteria, and slope.

    Parameters
    ----------
    logits : ndarray, shape (C, K)
        Rows of NaN: criteria that are not calibrated, which are left out.
    theta : ndarray, shape (n,)

    Returns
    -------
    average : ndarray, shape (n,)
        In categories from 0.
    slope : ndarray, shape (n,)
        By the ability.
    """
    known = logits[~np.isnan(logits).any(axis=1)]
    eta = np.broadcast_to(np.nan_to_num(theta), (known.shape[0], theta.size))
    mean, variance, _, _ = cumulants(category_chances(known, eta)[1])
    is_blank = np.isnan(theta)
    average: Floats = np.where(is_blank, np.nan, mean.mean(axis=0))
    slope: Floats = np.where(is_blank, np.nan, variance.mean(axis=0))
    return average, slope
