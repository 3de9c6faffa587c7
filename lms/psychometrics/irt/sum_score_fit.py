"""Orlando and Thissen's S-X2: categories observed and expected at each sum score."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.irt.bank import BINARY_MODELS, ItemBank
from lms.psychometrics.irt.curves import log_probabilities

# Fewer persons with the same items say nothing about a table of sum scores.
_LEAST_PERSONS = 30
_LEAST_ITEMS = 3
_NODES = 61
_SPAN = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Stratum:
    """Persons of one population who saw the same items.

    Attributes
    ----------
    places : ndarray of int
        Items seen.
    answers : ndarray of int, shape (n, number of items seen)
    """

    places: Ints
    answers: Ints
    mean: float
    sd: float


def sum_score_fit(
    strata: Sequence[Stratum], items: ItemBank, min_expected: float
) -> tuple[Floats, Floats, Floats]:
    """Return statistic, degrees of freedom (NaN if no table) and cells, each (J,)."""
    statistic, df, n_cells = np.zeros((3, items.n_items))
    for stratum in strata:
        if min(stratum.answers.shape) == 0 or (
            stratum.answers.shape[0] < _LEAST_PERSONS
            or stratum.places.size < _LEAST_ITEMS
        ):
            continue
        tables = _tables(stratum, items.subset(stratum.places))
        for place, (observed, expected) in zip(stratum.places, tables, strict=True):
            value, freedom, cells = _compare(observed, expected, min_expected)
            statistic[place] += value
            df[place] += freedom
            n_cells[place] += cells
    df = np.where(n_cells > 0, df - _n_parameters(items), np.nan)
    return statistic, df, n_cells


def _n_parameters(items: ItemBank) -> Ints:
    is_fixed = np.array([model in {"1PL", "Rasch", "PCM"} for model in items.model])
    is_binary = np.array([model in BINARY_MODELS for model in items.model])
    steps = np.where(is_binary, 1, items.n_categories - 1)
    return np.where(is_fixed, steps, steps + 1)


def _tables(stratum: Stratum, items: ItemBank) -> list[tuple[Floats, Floats]]:
    """Return observed and expected counts of each item, (sum scores, categories)."""
    theta = stratum.mean + stratum.sd * np.linspace(-_SPAN, _SPAN, _NODES)
    chances = np.exp(log_probabilities(items.coefficients(), theta))
    weights = np.exp(-(((theta - stratum.mean) / stratum.sd) ** 2) / 2)
    rest = _rest_scores(chances, items) * (weights / weights.sum())
    total = stratum.answers.sum(axis=1)
    persons = np.bincount(total, minlength=items.max_score + 1).astype(np.float64)
    tables = []
    for item, count in enumerate(items.n_categories):
        expected = np.zeros((items.max_score + 1, int(count)))
        for k in range(int(count)):
            # At sum score s the rest scored s - k.
            reach = rest[item, : items.max_score + 1 - k]
            expected[k:, k] = reach @ chances[item, k]
        shares = expected.sum(axis=1, keepdims=True)
        expected *= persons[:, None] / np.maximum(shares, 1e-300)
        cells = total * int(count) + stratum.answers[:, item]
        observed = np.bincount(cells, minlength=expected.size).reshape(expected.shape)
        # The lowest and the highest sum score leave no choice.
        tables.append((observed[1:-1].astype(np.float64), expected[1:-1]))
    return tables


def _rest_scores(chances: Floats, items: ItemBank) -> Floats:
    """Return the sum score of all but each item, shape (J, max_score + 1, q)."""
    n_items, _, n_nodes = chances.shape
    found = np.zeros((n_items, items.max_score + 1, n_nodes))
    found[:, 0] = 1.0
    for item, count in enumerate(items.n_categories):
        moved = found * chances[item, 0]
        for k in range(1, int(count)):
            moved[:, k:] += found[:, :-k] * chances[item, k]
        moved[item] = found[item]
        found = moved
    return found


def _compare(
    observed: Floats, expected: Floats, min_expected: float
) -> tuple[float, int, int]:
    """Return chi-square, degrees of freedom and cells of one item's table."""
    if observed.shape[1] == 2:
        observed, expected = _merge(observed, expected, min_expected)
        groups = [(o, e) for o, e in zip(observed, expected, strict=True) if e.all()]
    else:
        pairs = zip(observed, expected, strict=True)
        merged = (
            _merge(o[:, None], e[:, None], min_expected) for o, e in pairs if e.any()
        )
        groups = [(o[:, 0], e[:, 0]) for o, e in merged]
    groups = [(o, e) for o, e in groups if o.size > 1]
    value = sum(float((((o - e) ** 2) / e).sum()) for o, e in groups)
    cells = sum(o.size for o, _ in groups)
    return value, cells - len(groups), cells


def _merge(observed: Floats, expected: Floats, least: float) -> tuple[Floats, Floats]:
    """Merge neighbouring rows until every cell expects at least `least`."""
    edges, held = [0], np.zeros(expected.shape[1])
    for row, values in enumerate(expected):
        held = held + values
        if held.min() >= least:
            edges.append(row + 1)
            held = np.zeros_like(held)
    # What is left over joins the last group that was full.
    edges = edges[:-1] if len(edges) > 1 else edges
    return np.add.reduceat(observed, edges), np.add.reduceat(expected, edges)
