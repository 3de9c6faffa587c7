"""Labels of two raters, numbers or text, made into places in one list of categories."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lms.psychometrics.arrays import Flags, Ints
from lms.psychometrics.errors import DataError


@dataclass(frozen=True, slots=True, eq=False)
class _Labels:
    """Labels of one kind, float or text, and which of them are missing."""

    name: str
    values: NDArray[Any]
    is_missing: Flags

    @property
    def is_text(self) -> bool:
        return self.values.dtype.kind == "U"


def code_pairs(
    a: ArrayLike, b: ArrayLike, categories: Sequence[Any] | None, *, needs_order: bool
) -> tuple[list[Any], Ints, Ints]:
    """Return the categories and the places among them of the pairs that are complete.

    Parameters
    ----------
    needs_order : bool
        Refuse to sort text, which has no order of its own.

    Raises
    ------
    DataError
        No pair is complete, text and numbers are mixed, or a label is no category.
    """
    first, second = _read_labels(a, "a"), _read_labels(b, "b")
    if first.values.size != second.values.size:
        raise DataError(
            f"a, b: {first.values.size} and {second.values.size} labels; need one of "
            "each rater for each unit"
        )
    is_pair = ~(first.is_missing | second.is_missing)
    if not is_pair.any():
        raise DataError("a, b: no unit has a label of both raters")
    if first.is_text != second.is_text:
        raise DataError("a, b: one has text, the other numbers")
    if categories is None:
        if needs_order and first.is_text:
            raise DataError(
                "weights: text has no order of its own; give categories in their order"
            )
        both = first.values[is_pair], second.values[is_pair]
        held = np.unique(np.concatenate(both))
    else:
        held = _read_categories(categories, first.is_text)
    return (
        held.tolist(),
        _places(first, held, is_pair),
        _places(second, held, is_pair),
    )


def _read_labels(labels: ArrayLike, name: str) -> _Labels:
    if isinstance(labels, np.ma.MaskedArray):
        labels = np.ma.filled(labels.astype(np.float64), np.nan)
    given = np.asarray(labels)
    if given.ndim != 1 or given.size == 0:
        raise DataError(f"{name}: need a vector of labels, got shape {given.shape}")
    if given.dtype.kind == "U":
        # A list that holds text turns None and NaN into words: read it as it came.
        given = np.asarray(labels, dtype=object)
    if given.dtype != object:
        numbers = given.astype(np.float64)
        return _Labels(name, numbers, np.isnan(numbers))
    is_missing = np.array(
        [
            label is None or (isinstance(label, float) and isnan(label))
            for label in given
        ]
    )
    kinds = {issubclass(kind, str) for kind in set(map(type, given[~is_missing]))}
    if kinds == {True}:
        return _Labels(name, np.where(is_missing, "", given).astype(str), is_missing)
    try:
        if True in kinds:
            raise TypeError("text and numbers mixed")
        return _Labels(
            name, np.where(is_missing, np.nan, given).astype(np.float64), is_missing
        )
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: labels of no one kind ({error})") from error


def _read_categories(categories: Sequence[Any], is_text: bool) -> NDArray[Any]:
    held = np.asarray(categories)
    if held.ndim != 1 or held.size == 0 or np.unique(held).size < held.size:
        raise DataError(f"categories: need each label once, got {categories!r}")
    if (held.dtype.kind == "U") != is_text:
        raise DataError("categories: text or numbers, as the labels are")
    return held if is_text else held.astype(np.float64)


def _places(labels: _Labels, categories: NDArray[Any], is_pair: Flags) -> Ints:
    given = labels.values[is_pair]
    order = np.argsort(categories)
    spots = np.searchsorted(categories[order], given)
    found = order[np.minimum(spots, categories.size - 1)]
    is_wrong = categories[found] != given
    if is_wrong.any():
        place = int(np.flatnonzero(is_wrong)[0])
        row, label = int(np.flatnonzero(is_pair)[place]), given[place].item()
        raise DataError(
            f"{labels.name}: row {row} is {label!r}, not one of {categories.tolist()}"
        )
    return found.astype(np.int64)
