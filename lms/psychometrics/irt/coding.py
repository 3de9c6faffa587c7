"""Answers as indicator columns, equal patterns collapsed: sums become products."""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Flags, Floats, Ints, as_responses, name_item
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.bank import ItemBank

_MOST_CATEGORIES = 100


@dataclass(frozen=True, slots=True, eq=False)
class CodedResponses:
    """The `m` different patterns of answers, each with the weight of its persons.

    Attributes
    ----------
    categories : ndarray of int8, shape (m, J)
        -1 where nothing was seen.
    indicator : ndarray, shape (m, C)
        1 where the answer is this category; a column for each category from 1 of each
        item.
    item_of, category_of : ndarray of int, shape (C,)
        What a column stands for.
    seen : ndarray, shape (m, J), or None
        1 where the item was seen; None if everybody saw every item.
    weights : ndarray, shape (m,)
        Weights of the persons with this pattern, added up.
    group : ndarray of int, shape (m,)
    pattern_of : ndarray of int, shape (n,)
        Pattern of each person.
    """

    categories: np.ndarray[tuple[int, int], np.dtype[np.int8]]
    indicator: Floats
    item_of: Ints
    category_of: Ints
    seen: Floats | None
    weights: Floats
    group: Ints
    pattern_of: Ints

    @property
    def n_items(self) -> int:
        """Return how many items there are."""
        return self.categories.shape[1]

    def is_seen(self) -> Floats:
        """Return `seen`, written out where everybody saw every item."""
        return np.ones(self.categories.shape) if self.seen is None else self.seen

    def n_answered(self) -> Ints:
        """Return how many items were seen in each pattern, shape (m,)."""
        found: Ints = (self.categories >= 0).sum(axis=1)
        return found

    def sum_seen(self, values: Floats) -> Floats:
        """Add up the items' rows of `values` (J, q) over the items seen."""
        total: Floats = values.sum(axis=0) if self.seen is None else self.seen @ values
        return total

    def log_likelihood(self, logs: Floats) -> Floats:
        """Return the log-likelihood of each pattern, shape (m, q).

        Parameters
        ----------
        logs : ndarray, shape (J, K, q)
            From `log_probabilities`.
        """
        against_zero = logs[self.item_of, self.category_of] - logs[self.item_of, 0]
        total: Floats = self.indicator @ against_zero
        total += self.sum_seen(logs[:, 0])
        return total


def code_responses(
    table: Floats,
    n_categories: Ints,
    *,
    weights: Floats | None = None,
    group: Ints | None = None,
) -> CodedResponses:
    """Collapse equal rows of `table` (n, J), which hold categories or NaN."""
    categories = np.where(np.isnan(table), -1.0, table).astype(np.int8)
    n_persons = categories.shape[0]
    groups = np.zeros(n_persons, dtype=np.int64) if group is None else group
    keys = np.hstack([categories, groups[:, None].view(np.int8)])
    rows = np.ascontiguousarray(keys).view([("", f"V{keys.shape[1]}")]).ravel()
    _, first, pattern_of = np.unique(rows, return_index=True, return_inverse=True)
    categories = categories[first]
    width = n_categories - 1
    item_of = np.repeat(np.arange(width.size), width)
    category_of = np.concatenate([np.arange(1, k + 1) for k in width])
    is_missing = categories < 0
    return CodedResponses(
        categories=categories,
        indicator=(categories[:, item_of] == category_of).astype(np.float64),
        item_of=item_of,
        category_of=category_of,
        seen=(~is_missing).astype(np.float64) if is_missing.any() else None,
        weights=np.bincount(pattern_of, weights=weights).astype(np.float64),
        group=groups[first],
        pattern_of=pattern_of,
    )


def read_for_bank(responses: object, items: ItemBank) -> Floats:
    """Read answers to the items of a bank; one person may be a plain vector.

    Raises
    ------
    DataError
        Another number of items, or a category that an item has not got.
    """
    given = np.asarray(responses)
    table = as_responses(given[None] if given.ndim == 1 else given)
    if table.shape[1] != items.n_items:
        raise DataError(
            f"responses: {table.shape[1]} items, but the bank has {items.n_items}"
        )
    require_categories(table, items.n_categories, items.ids)
    return table


def require_categories(
    table: Floats, n_categories: Ints, ids: tuple[str, ...] | None = None
) -> None:
    """Refuse a category that its item has not got."""
    if n_categories.max() > _MOST_CATEGORIES:
        index = int(n_categories.argmax())
        raise DataError(
            f"{name_item(index, ids)}: {n_categories[index]} categories; "
            f"at most {_MOST_CATEGORIES} can be told apart"
        )
    is_above: Flags = table > n_categories - 1
    if is_above.any():
        row, column = np.argwhere(is_above)[0]
        raise DataError(
            f"person {row}, {name_item(int(column), ids)}: category "
            f"{table[row, column]:g}, but the item has {n_categories[column]} "
            f"(0 to {n_categories[column] - 1})"
        )
