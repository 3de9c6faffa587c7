"""Covariances of items, from every pair of answers that was seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_table
from lms.psychometrics.errors import DataError

# A variance this far below the squared size of the scores is rounding.
_NOTHING = 1e-24


@dataclass(frozen=True, slots=True, eq=False)
class ItemCovariance:
    """Covariances of items and how many persons each rests on.

    Attributes
    ----------
    values : ndarray, shape (J, J)
        NaN where fewer than 2 persons answered both items.
    pairs : ndarray, shape (J, J)
        How many persons answered both.
    is_complete : bool
        No answer is missing.
    """

    values: Floats
    pairs: Floats
    is_complete: bool

    @property
    def n_items(self) -> int:
        """Return how many items there are."""
        return int(self.values.shape[0])

    def require_pairs(self) -> None:
        """Refuse items that nobody answered together."""
        is_alone = np.isnan(np.diagonal(self.values))
        if is_alone.any():
            item = int(np.argmax(is_alone))
            raise DataError(f"item {item}: fewer than 2 persons answered")
        if np.isnan(self.values).any():
            first, second = np.argwhere(np.isnan(self.values))[0]
            raise DataError(
                f"items {first} and {second}: fewer than 2 persons answered both; "
                "calibrate such a design with fit_irt"
            )


def as_item_scores(x: ArrayLike, *, min_items: int = 2) -> Floats:
    """Read scores of persons (rows) on items (columns); persons without any go.

    Raises
    ------
    DataError
        Not a table of numbers, too few items, or fewer than 2 persons with answers.
    """
    table = as_table(x, "x", rows="person", columns="item")
    if table.shape[1] < min_items:
        raise DataError(f"x: {table.shape[1]} item(s); need {min_items} or more")
    table = table[~np.isnan(table).all(axis=1)]
    if table.shape[0] < 2:
        raise DataError(f"x: {table.shape[0]} person(s) with answers; need 2 or more")
    return table


def item_covariance(table: Floats) -> ItemCovariance:
    """Return the covariances, each over the persons who answered both items.

    Examples
    --------
    >>> found = item_covariance(np.array([[0.0, 1.0], [2.0, 3.0], [np.nan, 5.0]]))
    >>> found.values.tolist()
    [[2.0, 2.0], [2.0, 4.0]]
    """
    seen = (~np.isnan(table)).astype(np.float64)
    held = np.nan_to_num(table)
    # Centred beforehand, so that large scores with a small spread keep their digits.
    held = (held - held.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)) * seen
    pairs = seen.T @ seen
    sums = held.T @ seen
    known = np.maximum(pairs, 2.0)
    values = (held.T @ held - sums * sums.T / known) / (known - 1)
    size = np.nan_to_num(np.abs(table)).max()
    places = np.diag_indices_from(values)
    own = values[places]
    values[places] = np.where(own > _NOTHING * size**2, own, 0.0)
    values[pairs < 2] = np.nan
    return ItemCovariance(values, pairs, bool(seen.all()))
