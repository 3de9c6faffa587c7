"""Which options of a question were chosen, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.errors import DataError
from lms.psychometrics.results import Result


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OptionTable(Result):
    """The options of one item, the key among them; arrays have the shape (m,).

    Attributes
    ----------
    labels : tuple
        Options chosen by anyone, and the key.
    key : str or float
    count : ndarray of int
    share : ndarray
        Of those who answered.
    upper, lower : ndarray
        Share in the best and in the weakest group.
    rest_r : ndarray
        Correlation of choosing it with the share right of the other items; NaN where
        one does not vary.
    """

    labels: tuple[Any, ...]
    key: Any
    count: Ints
    share: Floats
    upper: Floats
    lower: Floats
    rest_r: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ChosenOptions:
    """Answers to choice questions: labels, their codes (-1 is missing), and scores."""

    labels: tuple[tuple[Any, ...], ...]
    keys: tuple[Any, ...]
    codes: Ints
    scores: Floats

    def answered(self) -> Self:
        """Return those of persons with any answer, as `as_item_scores` keeps them."""
        is_there = (self.codes >= 0).any(axis=1)
        return type(self)(
            self.labels, self.keys, self.codes[is_there], self.scores[is_there]
        )


def score_options(x: ArrayLike, key: Sequence[Any]) -> ChosenOptions:
    """Score choices by the key: 1 right, 0 wrong, NaN missing.

    Raises
    ------
    DataError
        Not a table, a key of another length, or an item with text and numbers mixed.
    """
    given = np.asarray(x, dtype=object)
    if given.ndim != 2 or given.size == 0:
        raise DataError(f"x: need a table (person x item), got shape {given.shape}")
    if len(key) != given.shape[1]:
        raise DataError(f"key: {len(key)} for {given.shape[1]} items")
    read = [
        _code_item(column, key[place], place) for place, column in enumerate(given.T)
    ]
    codes = np.column_stack([found for _, found in read])
    right = [labels.index(own) for (labels, _), own in zip(read, key, strict=True)]
    scores = np.where(codes < 0, np.nan, (codes == right).astype(np.float64))
    return ChosenOptions(tuple(labels for labels, _ in read), tuple(key), codes, scores)


def _code_item(
    column: NDArray[Any], key: Any, place: int
) -> tuple[tuple[Any, ...], Ints]:
    is_missing = np.array(
        [
            label is None or (isinstance(label, float) and isnan(label))
            for label in column
        ]
    )
    codes = np.full(column.size, -1, dtype=np.int64)
    held = [*column[~is_missing].tolist(), key]
    try:
        labels = sorted(set(held))
    except TypeError as error:
        raise DataError(f"item {place}: options of no one kind ({error})") from error
    where = {label: code for code, label in enumerate(labels)}
    codes[~is_missing] = [where[label] for label in held[:-1]]
    return tuple(labels), codes


def tabulate_options(
    chosen: ChosenOptions, upper: Floats, lower: Floats
) -> tuple[OptionTable, ...]:
    """Return each item's table, given how far persons belong to the groups."""
    seen = ~np.isnan(chosen.scores)
    right = np.nan_to_num(chosen.scores)
    n_others = seen.sum(axis=1, keepdims=True) - seen
    rest = (right.sum(axis=1, keepdims=True) - right) / np.maximum(n_others, 1)
    tables = []
    for place, labels in enumerate(chosen.labels):
        codes = chosen.codes[:, place]
        picks = (codes[:, None] == np.arange(len(labels))).astype(np.float64)
        known = seen[:, place] & (n_others[:, place] > 0)
        tables.append(
            OptionTable(
                labels=labels,
                key=chosen.keys[place],
                count=picks.sum(axis=0).astype(np.int64),
                share=_shares(picks, np.ones(codes.size)),
                upper=_shares(picks, upper),
                lower=_shares(picks, lower),
                rest_r=_correlate(picks[known], rest[known, place]),
            )
        )
    return tuple(tables)


def _shares(picks: Floats, weights: Floats) -> Floats:
    counts = weights @ picks
    total = counts.sum()
    return counts / total if total > 0 else np.full(counts.size, np.nan)


def _correlate(picks: Floats, rest: Floats) -> Floats:
    if rest.size == 0:
        return np.full(picks.shape[1], np.nan)
    x, y = picks - picks.mean(axis=0), rest - rest.mean()
    below = (x**2).sum(axis=0) * float(y @ y)
    is_known = below > 1e-18 * rest.size**2
    return np.where(is_known, y @ x / np.sqrt(np.where(is_known, below, 1.0)), np.nan)
