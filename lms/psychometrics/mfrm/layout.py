"""Parameters of a many-facet model, and what of them is free."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Flags, Floats, Ints
from lms.psychometrics.mfrm.curves import sums

# Stands for minus infinity: the logit of a category that nobody used. Finite, so that
# products with zero stay zero.
NEVER = -1e6


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Places of the parameters: severities, difficulties, cumulated thresholds.

    A category ``k`` of criterion ``c`` seen by rater ``r`` has the logit
    ``k (theta - severity_r - difficulty_c) + kappa_(h)k``; `kappa` is minus the sum of
    the thresholds up to ``k``, and zero at the ends of the scale that are used. A
    category that nobody used has the chance zero, which is where its likelihood is
    greatest (Wilson & Masters, 1993, Psychometrika, 58(1), 87-99,
    doi:10.1007/BF02294473); the others keep their values.

    Attributes
    ----------
    scale_of : ndarray of int, shape (n_criteria,)
        Which thresholds each criterion has.
    is_used : ndarray of bool, shape (n_scales, n_categories)
    """

    n_raters: int
    scale_of: Ints
    is_used: Flags

    @property
    def n_criteria(self) -> int:
        """Return how many criteria there are."""
        return int(self.scale_of.size)

    @property
    def n_categories(self) -> int:
        """Return how many categories the scale has."""
        return int(self.is_used.shape[1])

    @property
    def size(self) -> int:
        """Return the number of places, free or not."""
        return self.n_raters + self.n_criteria + int(self.is_used.size)

    @property
    def ends(self) -> tuple[Ints, Ints]:
        """Return the lowest and the highest used category of each scale."""
        low = np.argmax(self.is_used, axis=1)
        high = self.n_categories - 1 - np.argmax(self.is_used[:, ::-1], axis=1)
        return low.astype(np.int64), high.astype(np.int64)

    @property
    def is_inner(self) -> Flags:
        """Return which cumulated thresholds are parameters, as `is_used`."""
        inner = self.is_used.copy()
        rows = np.arange(inner.shape[0])
        low, high = self.ends
        inner[rows, low] = inner[rows, high] = False
        return inner

    def split(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """Return severities, difficulties and cumulated thresholds."""
        first, second = self.n_raters, self.n_raters + self.n_criteria
        return (
            values[:first],
            values[first:second],
            values[second : self.size].reshape(self.is_used.shape),
        )

    def logits(self, values: Floats) -> Floats:
        """Return the logits of the categories at ``theta = severity``, (C, K)."""
        _, difficulty, kappa = self.split(values)
        steps = np.arange(self.n_categories, dtype=np.float64)
        own = np.where(self.is_used, kappa, NEVER)[self.scale_of]
        own -= difficulty[:, None] * steps
        return np.asarray(own, dtype=np.float64)

    def places(self, rater: Ints, criterion: Ints) -> Ints:
        """Return the places that cells touch: rater, criterion, K thresholds."""
        start = self.n_raters + self.n_criteria
        steps = np.arange(self.n_categories)
        kappa = start + self.scale_of[criterion][:, None] * self.n_categories + steps
        return np.column_stack([rater, self.n_raters + criterion, kappa])


@dataclass(frozen=True, slots=True, eq=False)
class Freedom:
    """What may move: ``values = fixed + basis @ free``.

    Attributes
    ----------
    fixed : ndarray, shape (p,)
    basis : ndarray, shape (p, f)
    is_anchored : ndarray of bool, shape (p,)
    """

    fixed: Floats
    basis: Floats
    is_anchored: Flags

    def project(self, values: Floats) -> Floats:
        """Return the free parameters that come nearest to `values`."""
        square = self.basis.T @ self.basis
        found = np.linalg.solve(square, self.basis.T @ (values - self.fixed))
        return np.asarray(found, dtype=np.float64)

    def unfold(self, free: Floats) -> Floats:
        """Return all parameters."""
        return self.fixed + self.basis @ free


def make_freedom(
    layout: Layout,
    subset: Ints,
    anchors: Mapping[str, Mapping[int, float]],
    is_active: tuple[Flags, Flags],
) -> Freedom:
    """Return what may move, given the anchors.

    Parameters
    ----------
    subset : ndarray of int, shape (n_raters,)
        Raters whose severities sum to zero together, unless one of them is anchored.
    anchors : mapping of "raters" and "criteria" to mapping of code to value
    is_active : two arrays of bool
        Raters and criteria that are calibrated; the others stay at zero.
    """
    fixed, is_anchored = np.zeros(layout.size), np.zeros(layout.size, dtype=bool)
    raters, criteria = anchors["raters"], anchors["criteria"]
    for start, facet in ((0, raters), (layout.n_raters, criteria)):
        for code, value in facet.items():
            fixed[start + code], is_anchored[start + code] = value, True
    whole = np.zeros(layout.n_criteria, dtype=np.int64)
    columns = [
        *_columns(subset, raters, is_active[0], 0),
        *_columns(whole, criteria, is_active[1], layout.n_raters),
    ]
    start = layout.n_raters + layout.n_criteria
    columns += [{start + int(i): 1.0} for i in np.flatnonzero(layout.is_inner)]
    basis = np.zeros((layout.size, len(columns)))
    for place, column in enumerate(columns):
        for row, value in column.items():
            basis[row, place] = value
    return Freedom(fixed, basis, is_anchored)


def _columns(
    subset: Ints, anchored: Mapping[int, float], is_active: Flags, start: int
) -> list[dict[int, float]]:
    """Return one column for each free element: sum to zero without an anchor."""
    columns = []
    for number in np.unique(subset):
        members = [int(i) for i in np.flatnonzero((subset == number) & is_active)]
        free = [i for i in members if i not in anchored]
        if len(free) < len(members):
            columns += [{start + i: 1.0} for i in free]
        else:
            columns += [{start + i: 1.0, start + free[-1]: -1.0} for i in free[:-1]]
    return columns


def information_of_cells(
    layout: Layout, rater: Ints, criterion: Ints, spread: Floats
) -> Floats:
    """Return the information of all parameters, shape (p, p).

    Parameters
    ----------
    rater, criterion : ndarray of int, shape (m,)
        Of each cell.
    spread : ndarray, shape (m, K, K)
        Summed covariances of the categories in each cell.
    """
    count = layout.n_categories
    # What multiplies severity, difficulty and thresholds in the logit of a category.
    local = np.zeros((count, 2 + count))
    local[:, 0] = local[:, 1] = -np.arange(count)
    local[:, 2:] = np.eye(count)
    held = local.T @ spread @ local
    places = layout.places(rater, criterion)
    pairs = places[:, :, None] * layout.size + places[:, None, :]
    found = sums(pairs.ravel(), held.ravel(), layout.size**2)
    return found.reshape(layout.size, layout.size)
