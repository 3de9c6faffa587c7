"""Integrals of densities on an even grid, from their values and slopes."""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.partial_credit import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Densities:
    """Curves on one grid, between its points taken as cubic Hermite polynomials.

    The slopes of a posterior are known exactly, so that its integral is right to the
    fourth order of the gap, and a cut need not lie on the grid. (A SciPy spline does
    the same; importing it alone takes longer than the package may.)

    Attributes
    ----------
    theta : ndarray, shape (q,)
        Evenly spaced.
    values, slopes : ndarray, shape (n, q)
        The curves, nowhere negative, and their first derivatives.
    """

    theta: Floats
    values: Floats
    slopes: Floats

    @property
    def gap(self) -> float:
        """Return the distance between two points of the grid."""
        return float(self.theta[1] - self.theta[0])

    def below_nodes(self) -> Floats:
        """Return the integrals from the first point to each point, shape (n, q)."""
        ends = self.values[:, :-1] + self.values[:, 1:]
        bends = self.slopes[:, :-1] - self.slopes[:, 1:]
        cells = self.gap / 2 * ends + self.gap**2 / 12 * bends
        below = np.zeros_like(self.values)
        np.cumsum(cells, axis=1, out=below[:, 1:])
        # Rounding in an empty tail must not make the mass fall.
        rising: Floats = np.maximum.accumulate(below, axis=1)
        return rising

    def below(self, points: Floats) -> Floats:
        """Return the integrals from the first point to `points`, shape (n, m)."""
        last = self.theta.size - 2
        left = np.clip(np.searchsorted(self.theta, points) - 1, 0, last)
        s = (points - self.theta[left]) / self.gap
        # Integrals from 0 to s of the four Hermite basis polynomials.
        start = s - s**3 + s**4 / 2
        end = s**3 - s**4 / 2
        start_slope = s**2 / 2 - 2 * s**3 / 3 + s**4 / 4
        end_slope = s**4 / 4 - s**3 / 3
        values = self.values[:, left] * start + self.values[:, left + 1] * end
        slopes = (
            self.slopes[:, left] * start_slope + self.slopes[:, left + 1] * end_slope
        )
        within: Floats = self.gap * values + self.gap**2 * slopes
        return self.below_nodes()[:, left] + within
