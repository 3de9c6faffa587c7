"""Integrals between the points of the grid, against closed forms."""

import numpy as np
import pytest
from scipy.stats import norm

from lms.psychometrics.integrals import Densities

GRID = np.linspace(-6.0, 6.0, 61)


def test_cubic_is_integrated_exactly_between_and_on_the_points():
    # The integral of 4 x^3 + 1000 from -6 to x is x^4 + 1000 x + 4704.
    curve = Densities(GRID, (4 * GRID**3 + 1000)[None], (12 * GRID**2)[None])
    points = np.array([-6.0, -1.23, 0.0, 0.1, 5.99, 6.0])
    exact = points**4 + 1000 * points + 4704
    assert curve.below(points)[0] == pytest.approx(exact, abs=1e-8)


def test_mass_below_the_points_of_the_grid_is_the_integral_to_them():
    curve = Densities(GRID, np.ones((1, 61)), np.zeros((1, 61)))
    assert curve.below_nodes()[0] == pytest.approx(GRID + 6)


@pytest.mark.parametrize("sd", [0.2, 0.5, 1.0])
def test_normal_density_as_narrow_as_the_gap_is_integrated_to_a_thousandth(sd):
    density = norm.pdf(GRID, 0.05, sd)
    slope = -density * (GRID - 0.05) / sd**2
    curve = Densities(GRID, density[None], slope[None])
    points = np.array([-0.5, -0.07, 0.33, 1.0])
    assert curve.below(points)[0] == pytest.approx(norm.cdf(points, 0.05, sd), abs=1e-3)
