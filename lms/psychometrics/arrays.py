"""How arguments are read: shapes, types and missing values, refused by name.

Every table is float64 with NaN for what was not seen; it is copied, never changed.
"""

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lms.psychometrics.errors import DataError

if TYPE_CHECKING:  # pages draw nothing at random, and it is a quarter of NumPy's size
    from numpy.random import Generator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def as_table(values: ArrayLike, name: str, *, rows: str, columns: str) -> Floats:
    """Read a table of numbers, NaN (or None) where nothing was seen.

    Parameters
    ----------
    values : array_like, shape (n, m)
        A masked array's masked cells become NaN.
    name, rows, columns : str
        Words of the error: what the table is, and what its rows and columns are.

    Raises
    ------
    DataError
        Not a table of numbers, without cells, or with an infinite cell.
    """
    try:
        if isinstance(values, np.ma.MaskedArray):
            values = np.ma.filled(values.astype(np.float64), np.nan)
        table = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: not a table of numbers ({error})") from error
    if table.ndim != 2 or table.size == 0:
        raise DataError(
            f"{name}: need a table ({rows} x {columns}), got shape {table.shape}"
        )
    if np.isinf(table).any():
        row, column = np.argwhere(np.isinf(table))[0]
        raise DataError(f"{name}: {rows} {row}, {columns} {column} is infinite")
    return table


def as_responses(responses: ArrayLike) -> Floats:
    """Read answers as categories 0, 1, 2, …; NaN is not seen, which is not wrong.

    Raises
    ------
    DataError
        Not a table of numbers, or a cell is not a whole number from 0.
    """
    table = as_table(responses, "responses", rows="person", columns="item")
    # NaN differs from its own floor, and is let through by the second test.
    is_wrong = ((table != np.floor(table)) | (table < 0)) & ~np.isnan(table)
    if is_wrong.any():
        row, column = np.argwhere(is_wrong)[0]
        raise DataError(
            f"responses: person {row}, item {column} is {table[row, column]:g}, "
            "not a category 0, 1, 2, …"
        )
    return table


def as_vector(values: ArrayLike, name: str, *, size: int | None = None) -> Floats:
    """Read a vector of finite numbers.

    Raises
    ------
    DataError
        Not a vector, of another length than `size`, or not finite throughout.
    """
    try:
        vector = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: not numbers ({error})") from error
    if vector.ndim != 1 or (size is not None and vector.size != size):
        wanted = "a vector" if size is None else f"{size} values"
        raise DataError(f"{name}: need {wanted}, got shape {vector.shape}")
    if not np.isfinite(vector).all():
        place = int(np.flatnonzero(~np.isfinite(vector))[0])
        raise DataError(f"{name}: value {place} is {vector[place]}")
    return vector


def as_codes(
    labels: ArrayLike, name: str, *, size: int | None = None
) -> tuple[tuple[str | int | float, ...], Ints]:
    """Read labels (of groups, raters, learners …) as sorted labels and their codes.

    Returns
    -------
    labels : tuple
        Each label once, sorted.
    codes : ndarray of int, shape (n,)
        Place of each given label among them.

    Raises
    ------
    DataError
        Not a vector, of another length than `size`, or a label is missing.
    """
    given = np.asarray(labels)
    if given.ndim != 1 or (size is not None and given.size != size):
        wanted = "a vector" if size is None else f"{size} labels"
        raise DataError(f"{name}: need {wanted}, got shape {given.shape}")
    is_missing = [x is None or (isinstance(x, float) and isnan(x)) for x in given]
    if any(is_missing):
        raise DataError(f"{name}: row {is_missing.index(True)} has no label")
    try:
        found, codes = np.unique(given, return_inverse=True)
    except TypeError as error:
        raise DataError(f"{name}: text and numbers mixed ({error})") from error
    return tuple(found.tolist()), codes.astype(np.int64).reshape(-1)


def as_cuts(cuts: ArrayLike, name: str = "cuts") -> Floats:
    """Read cuts between levels: at least one, finite, strictly rising.

    Raises
    ------
    DataError
        There is none, one is not finite, or they do not rise.
    """
    found = as_vector(np.atleast_1d(np.asarray(cuts)), name)
    if found.size == 0 or (np.diff(found) <= 0).any():
        raise DataError(f"{name}: need at least one, strictly rising: {found.tolist()}")
    return found


def as_rng(rng: "int | Generator") -> "Generator":
    """Return the generator, or the one that a whole number seeds."""
    from numpy.random import default_rng  # see above

    return default_rng(rng)


def name_item(index: int, ids: Sequence[str] | None = None) -> str:
    """Return what an error calls the item: its place, and its id if it has one."""
    return f"item {index}" if ids is None else f"item {index} ({ids[index]!r})"
