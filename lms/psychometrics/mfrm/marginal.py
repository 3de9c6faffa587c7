"""Facets and populations together, abilities normal within each group."""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats, Ints
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

# The grid reaches so many standard deviations past the outer means.
_SPAN = 6.0
# Largest gap of the grid in standard deviations of the narrowest posterior: the even
# rule is then off by exp(-2 pi^2 / 0.8^2), 4e-14.
_GAP = 0.8
# Below, a population is a point.
SMALLEST_SD = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Means and standard deviations of groups."""

    mean: Floats
    sd: Floats

    def grid(self, nodes: int, information: float) -> Floats:
        """Return points that hold all groups, close enough for every posterior."""
        low = float((self.mean - _SPAN * self.sd).min())
        high = float((self.mean + _SPAN * self.sd).max())
        narrow = 1 / np.sqrt(information + 1 / float(self.sd.min()) ** 2)
        needed = int(np.ceil((high - low) / (_GAP * narrow))) + 1
        return np.linspace(low, high, max(nodes, needed))

    def log_density(self, points: Floats, group: Ints) -> Floats:
        """Return the log-density of the points, times their gap, by pattern (m, q)."""
        mean, sd = self.mean[:, None], self.sd[:, None]
        logs = -0.5 * ((points - mean) / sd) ** 2 - np.log(sd * np.sqrt(2 * np.pi))
        found: Floats = (logs + np.log(points[1] - points[0]))[group]
        return found

    def slopes(self, points: Floats, group: Ints) -> list[Floats]:
        """Return derivatives of the log-density by means and log-deviations."""
        rows, count = np.arange(group.size), self.mean.size
        found = []
        for point in points:
            off = (point - self.mean) / self.sd
            own = np.zeros((group.size, 2 * count))
            own[rows, group] = (off / self.sd)[group]
            own[rows, count + group] = (off**2 - 1)[group]
            found.append(own)
        return found

    def information(self, points: Floats, mass: Floats) -> Floats:
        """Return the information that there would be if the abilities were known.

        Parameters
        ----------
        mass : ndarray, shape (n_groups, q)
            Weights of the points in each group.
        """
        count = self.mean.size
        off = (points - self.mean[:, None]) / self.sd[:, None]
        whole, cross, square = ((mass * off**n).sum(axis=1) for n in (0, 1, 2))
        found = np.zeros((2 * count, 2 * count))
        at = np.arange(count)
        found[at, at] = whole / self.sd**2
        found[at, count + at] = found[count + at, at] = 2 * cross / self.sd
        found[count + at, count + at] = 2 * square
        return found


@dataclass(frozen=True, slots=True, eq=False)
class MarginalLikelihood:
    """The marginal likelihood of a design.

    Free parameters: those of the facets, means, logarithms of the deviations.
    """

    design: Design
    freedom: Freedom
    nodes: int
    largest_information: float

    def population(self, free: Floats) -> Population:
        """Return means and deviations."""
        mean, logs = np.split(free[self.freedom.basis.shape[1] :], 2)
        return Population(mean, np.exp(np.clip(logs, np.log(SMALLEST_SD), 5.0)))

    def values(self, free: Floats) -> Floats:
        """Return the parameters of the facets."""
        return self.freedom.unfold(free[: self.freedom.basis.shape[1]])

    def expected(
        self, values: Floats, population: Population
    ) -> tuple[float, Floats, Floats]:
        """Return log-likelihood, slopes of patterns (m, p + e), information."""
        design = self.design
        rows = np.arange(design.weight.size)
        points = population.grid(self.nodes, self.largest_information)
        panel = Panel(rows, points, population.log_density(points, design.group))
        logs, weights, chances = weigh_points(design, values, panel, 1)
        facets = (-own for own in cell_slopes(design, chances))
        moments = slope_moments(
            design, panel, weights, facets, population.slopes(points, design.group)
        )
        mass = np.zeros((population.mean.size, points.size))
        np.add.at(mass, design.group, weights * design.weight[:, None])
        information = -moments.covariance
        size = design.layout.size
        information[:size, :size] += complete_information(
            design, panel, chances, weights
        )
        information[size:, size:] += population.information(points, mass)
        whole = float(design.observed @ values + design.weight @ logs)
        return whole, moments.mean, information

    @property
    def basis(self) -> Floats:
        """Return how free parameters move all."""
        size, free = self.freedom.basis.shape
        more = 2 * (int(self.design.group.max(initial=0)) + 1)
        found = np.zeros((size + more, free + more))
        found[:size, :free] = self.freedom.basis
        found[size:, free:] = np.eye(more)
        return found

    def at(self, free: Floats) -> Point:
        """Return the likelihood by the free parameters."""
        whole, mean, information = self.expected(
            self.values(free), self.population(free)
        )
        slope = self.design.weight @ mean
        slope[: self.design.layout.size] += self.design.observed
        basis = self.basis
        return Point(whole, basis.T @ slope, basis.T @ information @ basis)


def fit_marginal(
    likelihood: MarginalLikelihood,
    start: Floats,
    population: Population,
    *,
    tol: float,
    max_iter: int,
) -> Peak:
    """Climb to the maximum of the marginal likelihood."""
    free = np.concatenate(
        [likelihood.freedom.project(start), population.mean, np.log(population.sd)]
    )
    return climb(likelihood.at, free, tol=tol, max_iter=max_iter)


def fit_population(
    design: Design,
    values: Floats,
    start: Population,
    *,
    nodes: int,
    information: float,
    tol: float = 1e-7,
    max_iter: int = 500,
) -> tuple[Population, float]:
    """Return the populations for given facets (EM), and the log-likelihood.

    Groups in which no learner counts keep their start.
    """
    population, rows = start, np.arange(design.weight.size)
    count = np.bincount(design.group, design.weight, minlength=start.mean.size)
    has = count > 0
    whole = 0.0
    for _ in range(max_iter):
        points = population.grid(nodes, information)
        panel = Panel(rows, points, population.log_density(points, design.group))
        logs, weights, _ = weigh_points(design, values, panel, 1)
        whole = float(design.observed @ values + design.weight @ logs)
        mass = np.zeros((count.size, points.size))
        np.add.at(mass, design.group, weights * design.weight[:, None])
        share = mass[has] / count[has][:, None]
        mean, sd = population.mean.copy(), population.sd.copy()
        mean[has] = share @ points
        off = (share * (points - mean[has][:, None]) ** 2).sum(axis=1)
        sd[has] = np.maximum(np.sqrt(off), SMALLEST_SD)
        moved = max(
            np.abs(mean - population.mean).max(), np.abs(sd - population.sd).max()
        )
        population = Population(mean, sd)
        if moved < tol:
            break
    return population, whole
