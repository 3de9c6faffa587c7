"""Severities from what each learner's sum score leaves open (conditional likelihood).

Given a learner's sum score, the chance of how it came about does not hold the ability
[1]_ [2]_. So nothing need be known or assumed of the abilities, nor of how learners
came to their raters: that abler learners go to some raters does not disturb it.

References
----------
.. [1] Andersen, E. B. (1977). Sufficient statistics and latent trait models.
   Psychometrika, 42(1), 69-81. doi:10.1007/BF02293746
.. [2] Masters, G. N. (1982). A Rasch model for partial credit scoring. Psychometrika,
   47(2), 149-174. doi:10.1007/BF02296272
"""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats
from lms.psychometrics.mfrm.climb import Peak, Point, climb
from lms.psychometrics.mfrm.design import Design
from lms.psychometrics.mfrm.integrals import (
    Panel,
    cell_slopes,
    complete_information,
    slope_moments,
    weigh_points,
)
from lms.psychometrics.mfrm.layout import Freedom

# How far, in standard errors of an ability, the real part of the way may be off: the
# integral then loses e^4.5, two digits of sixteen.
_OFF = 3.0
# Points of the way, in standard deviations of a sum score: beyond, what is counted
# twice is less than rounding.
_REACH = 16.0


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalLikelihood:
    """The conditional likelihood of a design whose learners are not extreme."""

    design: Design
    freedom: Freedom
    panels: tuple[Panel, ...]

    def expected(self, values: Floats) -> tuple[float, Floats, Floats]:
        """Return log-likelihood, expected statistics of patterns, information."""
        design = self.design
        whole = float(design.observed @ values)
        expected = np.zeros((design.weight.size, design.layout.size))
        information = np.zeros((design.layout.size,) * 2)
        for panel in self.panels:
            logs, weights, chances = weigh_points(design, values, panel, -1)
            # The other half of the way is the mirror image.
            logs = logs + np.log(1 / panel.points.size)
            moments = slope_moments(
                design, panel, weights, cell_slopes(design, chances)
            )
            whole -= float(design.weight[panel.rows] @ logs)
            expected[panel.rows] = moments.mean
            information += moments.covariance
            information += complete_information(design, panel, chances, weights)
        return whole, expected, information

    def at(self, free: Floats) -> Point:
        """Return the likelihood by the free parameters."""
        whole, expected, information = self.expected(self.freedom.unfold(free))
        slope = self.design.observed - self.design.weight @ expected
        basis = self.freedom.basis
        return Point(whole, basis.T @ slope, basis.T @ information @ basis)


def make_conditional(
    design: Design, freedom: Freedom, theta: Floats, information: Floats
) -> ConditionalLikelihood:
    """Choose the ways around the origin.

    Parameters
    ----------
    theta, information : ndarray, shape (n_patterns,)
        An ability for each pattern, and its information.
    """
    largest = float(information.max(initial=1.0))
    width = 2 * _OFF / np.sqrt(largest)
    top = float((design.highest - design.lowest).max(initial=1.0)) + 1
    half = int(np.ceil(min(top, _REACH * np.sqrt(largest) + 4) / 2))
    # Halves of steps, so that the way never meets -1, where a binary Z may be zero.
    angle = np.pi * (np.arange(half) + 0.5) / half
    numbers = np.floor(theta / width).astype(np.int64)
    panels = []
    for number in np.unique(numbers):
        rows = np.flatnonzero(numbers == number)
        middle = theta[rows].mean()
        panels.append(Panel(rows, middle + 1j * angle))
    return ConditionalLikelihood(design, freedom, tuple(panels))


def fit_conditional(
    likelihood: ConditionalLikelihood, start: Floats, *, tol: float, max_iter: int
) -> Peak:
    """Climb to the maximum of the conditional likelihood, which has only one."""
    free = likelihood.freedom.project(start)
    return climb(likelihood.at, free, tol=tol, max_iter=max_iter)
