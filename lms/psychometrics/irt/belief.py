"""What is believed of one person's ability, however it is given."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_vector
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.level_summary import LevelPosterior

Belief = float | tuple[ArrayLike, ArrayLike] | LevelPosterior


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of the scale with the mass of each; a point estimate is one point."""

    theta: Floats
    mass: Floats
    n_answered: int | None = None

    @property
    def mean(self) -> float:
        """Return the mean of the ability."""
        return float(self.mass @ self.theta)

    @property
    def sd(self) -> float:
        """Return the standard deviation of the ability."""
        return float(np.sqrt(self.mass @ (self.theta - self.mean) ** 2))


def read_belief(given: Belief) -> Points:
    """Return the belief as points.

    Raises
    ------
    DataError
        More than one person, or a density that is none.
    """
    if isinstance(given, LevelPosterior):
        if given.n_persons != 1:
            raise DataError(f"one person's posterior, not {given.n_persons}")
        heights = np.exp(given.log_density[0])
        count = int(given.n_answered[0])
        return Points(given.theta, heights / heights.sum(), count)
    if isinstance(given, tuple):
        theta = as_vector(given[0], "theta")
        density = as_vector(
            np.asarray(given[1]).reshape(-1), "density", size=theta.size
        )
        if (density < 0).any() or not density.any():
            raise DataError("density: none may be negative, and not all zero")
        return Points(theta, density / density.sum())
    return Points(
        as_vector(np.atleast_1d(np.asarray(given)), "theta", size=1), np.ones(1)
    )
