"""Observed information of a calibration, for standard errors.

Louis' identity [1]_: the information in the answers is what it would be if abilities
were known, less the variance of the complete-data score that their being unknown adds.
Every cross-derivative is kept: a diagonal would understate the errors.

References
----------
.. [1] Louis, T. A. (1982). Finding the observed information matrix when using the EM
   algorithm. Journal of the Royal Statistical Society B, 44(2), 226-233.
   doi:10.1111/j.2517-6161.1982.tb01203.x
"""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.irt.coding import CodedResponses
from lms.psychometrics.irt.curves import (
    Coefficients,
    log_probabilities,
    parameter_slopes,
)
from lms.psychometrics.irt.expectation import Expectation, expected_counts
from lms.psychometrics.irt.form import Form, State
from lms.psychometrics.irt.maximisation import group_masses, item_gradient

# Step of the central differences of the gradient: error of the order of its square.
_STEP = 1e-5
# Patterns handled at once: bounds the memory.
_BLOCK = 4096
# Nodes that hold less of everybody's mass than this add nothing that can be seen.
_LEAST_MASS = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class _Scores:
    """The complete-data score of a pattern at a node: answers times `factors`.

    Attributes
    ----------
    columns : ndarray, shape (m, c)
        Indicators of the categories, of items seen, of groups, and a column of zeros.
    place : ndarray of int, shape (J, K)
        Column of each category; of category 0 stands the column of items seen.
    factors : ndarray, shape (J, K, P, q)
    of_group : ndarray, shape (G, 2, q)
        Score of mean and standard deviation; their columns are `group_place`.
    """

    columns: Floats
    place: Ints
    factors: Floats
    group_place: Ints
    of_group: Floats


def observed_information(
    coded: CodedResponses, found: Expectation, form: Form, state: State
) -> Floats:
    """Return the information of all parameters of all items and groups.

    Returns
    -------
    ndarray, shape (J (1 + M) + 2 G, the same)
        Slope and intercepts of each item, then mean and standard deviation of each
        group. Rows of what is fixed are to be left out by the caller.
    """
    scores = _scores(coded, found, state)
    return _complete(coded, found, form, state) - _missing(coded, found, scores)


def _complete(
    coded: CodedResponses, found: Expectation, form: Form, state: State
) -> Floats:
    """Return the information that there would be if abilities were known."""
    counts = expected_counts(coded, found)
    n_items, width = state.items.slope.size, state.items.intercepts.shape[1] + 1
    n_groups = state.mean.size
    total = np.zeros((n_items * width + 2 * n_groups,) * 2)
    items = np.arange(n_items) * width
    for place in range(width):
        below, above = (_nudged(state.items, place, step) for step in (-_STEP, _STEP))
        column = (
            _gradient_at(below, counts, found, form)
            - _gradient_at(above, counts, found, form)
        ) / (2 * _STEP)
        for other in range(width):
            total[items + other, items + place] = column[:, other]
    masses = group_masses(coded, found.posterior, n_groups)
    apart = found.theta - state.mean[:, None]
    n, first, second = (
        masses.sum(axis=1),
        (masses * apart).sum(axis=1),
        (masses * apart**2).sum(axis=1),
    )
    means = n_items * width + 2 * np.arange(n_groups)
    total[means, means] = n / state.sd**2
    total[means, means + 1] = total[means + 1, means] = 2 * first / state.sd**3
    total[means + 1, means + 1] = 3 * second / state.sd**4 - n / state.sd**2
    return (total + total.T) / 2


def _nudged(items: Coefficients, place: int, step: float) -> Coefficients:
    slope, intercepts = items.slope.copy(), items.intercepts.copy()
    if place == 0:
        slope += step
    else:
        intercepts[:, place - 1] += step
    return Coefficients(items.is_graded, slope, intercepts)


def _gradient_at(
    items: Coefficients, counts: Floats, found: Expectation, form: Form
) -> Floats:
    logs = log_probabilities(items, found.theta)
    return item_gradient(items, counts, found.theta, logs, form)


def _scores(coded: CodedResponses, found: Expectation, state: State) -> _Scores:
    factors = parameter_slopes(state.items, found.theta, found.logs)
    factors[:, 1:] -= factors[:, :1]
    n_patterns, n_columns = coded.indicator.shape
    seen = np.ones((n_patterns, 1)) if coded.seen is None else coded.seen
    groups = np.arange(state.mean.size)
    member = (coded.group[:, None] == groups).astype(np.float64)
    columns = np.hstack([coded.indicator, seen, member, np.zeros((n_patterns, 1))])
    place = np.full(found.logs.shape[:2], columns.shape[1] - 1)
    place[coded.item_of, coded.category_of] = np.arange(n_columns)
    place[:, 0] = n_columns + (0 if coded.seen is None else np.arange(coded.n_items))
    z = (found.theta - state.mean[:, None]) / state.sd[:, None]
    of_group = np.stack([z, z**2 - 1], axis=1) / state.sd[:, None, None]
    return _Scores(
        columns, place, factors, n_columns + seen.shape[1] + groups, of_group
    )


def _missing(coded: CodedResponses, found: Expectation, scores: _Scores) -> Floats:
    """Return the variance of the complete-data score within patterns, summed."""
    n_items, _, width, _ = scores.factors.shape
    size = n_items * width + scores.of_group.shape[0] * 2
    total = np.zeros((size, size))
    weights = np.maximum(coded.weights, 1e-300)
    for start in range(0, weights.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        mean = _mean_score(
            scores, scores.columns[block], found.posterior[block] / weights[block, None]
        )
        mean *= np.sqrt(coded.weights[block, None])
        total -= mean.T @ mean
    mass = found.posterior.sum(axis=0)
    for node in np.flatnonzero(mass > _LEAST_MASS * mass.sum()):
        scaled = scores.columns * np.sqrt(found.posterior[:, node, None])
        total += _spread(scores, scaled.T @ scaled, int(node))
    return total


def _mean_score(scores: _Scores, columns: Floats, posterior: Floats) -> Floats:
    """Return each pattern's expected score, shape (rows, all parameters)."""
    n_items, n_categories, width, n_nodes = scores.factors.shape
    total = np.zeros((columns.shape[0], n_items, width))
    for category in range(n_categories):
        factor = scores.factors[:, category].reshape(-1, n_nodes)
        expected = (posterior @ factor.T).reshape(total.shape)
        expected *= columns[:, scores.place[:, category], None]
        total += expected
    of_group = posterior @ scores.of_group.reshape(-1, n_nodes).T
    of_group *= np.repeat(columns[:, scores.group_place], 2, axis=1)
    return np.hstack([total.reshape(columns.shape[0], -1), of_group])


def _spread(scores: _Scores, products: Floats, node: int) -> Floats:
    """Return the sum of squares and products of the scores at one node."""
    factors = scores.factors[..., node]
    n_items, _, width = factors.shape
    of_group = scores.of_group[..., node]
    left = _contract(factors, products[scores.place], n_items * width)
    members = products[scores.group_place]
    both = np.repeat(members, 2, axis=0) * of_group.reshape(-1, 1)
    half = np.vstack([left, both])
    right = _contract(factors, half.T[scores.place], n_items * width)
    rest = np.repeat(half.T[scores.group_place], 2, axis=0) * of_group.reshape(-1, 1)
    return np.vstack([right, rest])


def _contract(factors: Floats, rows: Floats, size: int) -> Floats:
    """Sum an item's rows (J, K, c) by its factors (J, K, P): shape (J P, c)."""
    found: Floats = (factors.transpose(0, 2, 1) @ rows).reshape(size, -1)
    return found
