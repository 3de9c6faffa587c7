"""Which categories the answers use, and what to do about those nobody gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, Ints, name_item
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.bank import BINARY_MODELS, ItemBank
from lms.psychometrics.irt.coding import require_categories


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """Categories of each item.

    Attributes
    ----------
    count : ndarray of int, shape (J,)
        After collapsing.
    collapsed : mapping of int to tuple of int
        For each item with categories that nobody used: those used, in order; they are
        counted from 0 anew.
    """

    count: Ints
    collapsed: Mapping[int, tuple[int, ...]]


def collapse(table: Floats, collapsed: Mapping[int, tuple[int, ...]]) -> Floats:
    """Return the answers with the used categories of these items counted from 0.

    Raises
    ------
    DataError
        A category that was not there when the item was calibrated.
    """
    if not collapsed:
        return table
    table = table.copy()
    for item, used in collapsed.items():
        own = table[:, item]
        is_new = ~np.isnan(own) & ~np.isin(own, used)
        if is_new.any():
            row = int(np.flatnonzero(is_new)[0])
            raise DataError(
                f"person {row}, item {item}: category {own[row]:g} was not used when "
                f"the item was calibrated (used: {', '.join(map(str, used))})"
            )
        table[:, item] = np.where(np.isnan(own), np.nan, np.searchsorted(used, own))
    return table


def read_categories(
    table: Floats,
    models: Sequence[str],
    given: ArrayLike | None,
    anchored: Mapping[int, ItemBank],
    *,
    collapse_unused: bool,
) -> Categories:
    """Find the categories of each item, and refuse what cannot be calibrated.

    Raises
    ------
    DataError
        An item has no answers, or only one category (no variance), or a category that
        nobody used while `collapse_unused` is off, or one that its model has not got.
    """
    count = _declared(table, models, given, anchored)
    require_categories(table, count)
    collapsed: dict[int, tuple[int, ...]] = {}
    for item in range(table.shape[1]):
        if item in anchored:
            continue
        own = table[:, item]
        used = tuple(int(x) for x in np.unique(own[~np.isnan(own)]))
        _require_variance(item, used)
        if len(used) < count[item]:
            _require_consent(item, used, int(count[item]), is_given=collapse_unused)
            collapsed[item] = used
            count[item] = len(used)
    return Categories(count, collapsed)


def _declared(
    table: Floats,
    models: Sequence[str],
    given: ArrayLike | None,
    anchored: Mapping[int, ItemBank],
) -> Ints:
    n_items = table.shape[1]
    if given is None:
        highest = np.where(np.isnan(table), -1.0, table).max(axis=0)
        count: Ints = np.maximum(highest.astype(np.int64) + 1, 2)
    else:
        count = np.array(np.broadcast_to(np.asarray(given), (n_items,)), dtype=np.int64)
    is_binary = np.array([model in BINARY_MODELS for model in models])
    count[is_binary] = 2
    for item, bank in anchored.items():
        count[item] = bank.n_categories[0]
    if (count < 2).any():
        item = int(np.flatnonzero(count < 2)[0])
        raise DataError(f"n_categories: item {item} has {count[item]}; at least 2")
    return count


def _require_variance(item: int, used: tuple[int, ...]) -> None:
    name = name_item(item)
    if not used:
        raise DataError(f"{name}: nobody answered it; leave it out or anchor it")
    if len(used) == 1:
        raise DataError(
            f"{name}: every answer is {used[0]}: no variance, so that no difficulty "
            "can be estimated; leave it out or anchor it"
        )


def _require_consent(
    item: int, used: tuple[int, ...], count: int, *, is_given: bool
) -> None:
    if is_given:
        return
    unused = sorted(set(range(count)) - set(used))
    raise DataError(
        f"{name_item(item)}: nobody used category {', '.join(map(str, unused))} of "
        f"0 to {count - 1}; merge it, or let collapse_unused=True count the used ones "
        "from 0"
    )
