"""Likelihoods with the abilities integrated out: marginal, or conditional on the sums.

Both are sums over points `z` of ``exp(T z - sum of log Z(z - severity))``, the chance
of a learner's ratings but for what does not hold `z`:

- marginal: the points are abilities, weighted by a normal density [1]_;
- conditional on the sum score `T`: the reciprocal of the coefficient of ``exp(T z)`` in
  the product of all `Z` [2]_, which Cauchy's integral takes from the values of the
  product on the way from ``t - i pi`` to ``t + i pi``; an even rule on that way is
  exact. With the real part `t` at the ability that the sum score tells, the integrand
  is concentrated and nothing cancels (the saddle point of Daniels, 1954 [3]_).

References
----------
.. [1] Bock, R. D., & Aitkin, M. (1981). Psychometrika, 46(4), 443-459.
   doi:10.1007/BF02293801
.. [2] Andersen, E. B. (1972). The numerical solution of a set of conditional
   estimation equations. Journal of the Royal Statistical Society B, 34(1), 42-54.
   doi:10.1111/j.2517-6161.1972.tb00887.x
.. [3] Daniels, H. E. (1954). Saddlepoint approximations in statistics. Annals of
   Mathematical Statistics, 25(4), 631-650. doi:10.1214/aoms/1177728652
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack, issparse

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.mfrm.curves import (
    Numbers,
    category_chances,
    spread_of_categories,
)
from lms.psychometrics.mfrm.design import Design
from lms.psychometrics.mfrm.layout import information_of_cells

# Numbers held at once for the slopes of patterns at one point.
_MOST_SLOPES = 2_000_000
# With more parameters than this, of which a learner touches less than this share,
# sparse products are quicker than dense ones.
_MANY, _FEW = 100, 0.15

# Dense or sparse.
Slopes = Any


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Patterns that are integrated over the same points.

    Attributes
    ----------
    rows : ndarray of int, shape (m,)
    points : ndarray, shape (q,)
        Real or complex.
    log_density : ndarray, shape (m, q), or None
        Of the abilities, times the gap of the points.
    """

    rows: Ints
    points: Numbers
    log_density: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Slopes of the integrand over the points, by pattern and summed.

    Attributes
    ----------
    mean : ndarray, shape (m, e)
    covariance : ndarray, shape (e, e)
        Summed over the patterns with their weights.
    """

    mean: Floats
    covariance: Floats


def weigh_points(
    design: Design, values: Floats, panel: Panel, sign: int
) -> tuple[Floats, Numbers, Numbers]:
    """Return log-integrals (m,), weights of points (m, q), chances of cells (C, q, K).

    Parameters
    ----------
    sign : int
        1 for the marginal, -1 for the conditional likelihood.
    """
    layout, cells = design.layout, design.cells
    severity = layout.split(values)[0][cells.rater]
    logits = layout.logits(values)[cells.criterion]
    eta = panel.points[None, :] - severity[:, None]
    log_norm, chances = category_chances(logits, eta)
    load = design.sheets[panel.rows] @ (design.contents @ log_norm)
    exponent = sign * (design.total[panel.rows][:, None] * panel.points - load)
    if panel.log_density is not None:
        exponent = exponent + panel.log_density
    top = exponent.real.max(axis=1)
    terms = np.exp(exponent - top[:, None])
    whole = np.maximum(terms.sum(axis=1).real, 1e-300)
    return np.log(whole) + top, terms / whole[:, None], chances


def split_rows(rows: Ints, n_columns: int) -> Sequence[Ints]:
    """Cut rows such that a table of them with so many columns stays small."""
    n_parts = -(-rows.size * n_columns // _MOST_SLOPES)
    return np.array_split(rows, max(n_parts, 1))


def cell_slopes(design: Design, chances: Numbers) -> Iterator[Slopes]:
    """Yield at each point the expected statistics of each kind of sheet, (s, p).

    Sparse where there are so many raters that a learner touches few of the columns.
    """
    layout, cells = design.layout, design.cells
    steps = np.arange(layout.n_categories)
    places = layout.places(cells.rater, cells.criterion)
    start = np.arange(cells.size + 1) * places.shape[1]
    shape = (cells.size, layout.size)
    touched = design.sheets.nnz / design.weight.size + layout.size - layout.n_raters
    is_sparse = layout.size > _MANY and touched < layout.size * _FEW
    for point in range(chances.shape[1]):
        own = chances[:, point]
        mean = own @ steps
        data = np.column_stack([-mean, -mean, own]).ravel()
        by_sheet = design.contents @ csr_array(
            (data, places.ravel(), start), shape=shape
        )
        yield csr_array(by_sheet) if is_sparse else by_sheet.toarray()


def slope_moments(
    design: Design,
    panel: Panel,
    weights: Numbers,
    slopes: Iterable[Slopes],
    more: Sequence[Floats] | None = None,
) -> Moments:
    """Average slopes of the integrand over the points.

    Parameters
    ----------
    weights : ndarray, shape (m, q)
    slopes : q arrays, shape (n_sheets, p)
        By kind of sheet.
    more : q arrays, shape (m, e), optional
        Slopes by further parameters.
    """
    sheets, weight = design.sheets[panel.rows], design.weight[panel.rows]
    size = design.layout.size + (more[0].shape[1] if more else 0)
    mean, second = np.zeros((panel.rows.size, size)), np.zeros((size, size))
    parts = split_rows(np.arange(panel.rows.size), size)
    for point, by_sheet in enumerate(slopes):
        for rows in parts:
            own = sheets[rows] @ by_sheet
            if more:
                own = _beside(own, more[point][rows])
            shares = weights[rows, point][:, None]
            if issparse(own):
                weighted = csr_array(own.multiply(shares))
                mean[rows] += weighted.real.toarray()
                carried = csr_array(weighted.multiply(weight[rows][:, None]))
                second += (own.T @ carried).real.toarray()
            else:
                weighted = own * shares
                mean[rows] += weighted.real
                second += (own.T @ (weighted * weight[rows][:, None])).real
    return Moments(mean, second - mean.T @ (mean * weight[:, None]))


def _beside(own: Slopes, more: Floats) -> Slopes:
    if issparse(own):
        return csr_array(hstack([own, csr_array(more)]))
    return np.hstack([own, more])


def complete_information(
    design: Design, panel: Panel, chances: Numbers, weights: Numbers
) -> Floats:
    """Return the information that there would be if the points were known."""
    mass = weights * design.weight[panel.rows][:, None]
    by_cell = design.contents.T @ (design.sheets[panel.rows].T @ mass)
    spread = spread_of_categories(chances, by_cell)
    cells = design.cells
    return information_of_cells(design.layout, cells.rater, cells.criterion, spread)
