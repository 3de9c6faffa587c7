"""A bank of items: for each its model, slope, difficulties or steps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, Ints, name_item
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.curves import Coefficients
from lms.psychometrics.results import Result, floats_from_json

MODELS = ("1PL", "Rasch", "2PL", "PCM", "GPCM", "GRM")
# Right-or-wrong items only; the others take any number of categories.
BINARY_MODELS = ("1PL", "Rasch", "2PL")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ItemBank(Result):
    """Parameters of `J` items in the logistic metric (D = 1).

    For all but the graded model, the odds of category ``k`` against ``k - 1`` are
    ``exp(a (theta - b_k))`` [1]_ [2]_; a right-or-wrong item has one `b`, its
    difficulty. For the graded model ("GRM"), `b_k` is where the chance of ``k`` or more
    is one half: ``P(X >= k) = 1 / (1 + exp(-a (theta - b_k)))`` [3]_.

    Parameters
    ----------
    model : str or sequence of str
        "1PL", "Rasch", "2PL" (right or wrong), "PCM", "GPCM" or "GRM", for all items
        or for each.
    a : float or array_like, shape (J,)
        Slopes; NaN is not known. Default 1.
    b : array_like, shape (J,) or (J, Kmax - 1)
        Difficulties, steps or thresholds, NaN past an item's last.
    n_categories : array_like of int, shape (J,), optional
        By default one more than an item's `b` up to its last known one.
    ids : sequence of str, optional
        Names of the items.

    Raises
    ------
    DataError
        Shapes, models or categories do not fit each other, thresholds of a graded item
        do not rise, or an id is there twice. The message names the item.

    References
    ----------
    .. [1] Masters, G. N. (1982). Psychometrika, 47(2), 149-174.
       doi:10.1007/BF02296272
    .. [2] Muraki, E. (1992). Applied Psychological Measurement, 16(2), 159-176.
       doi:10.1177/014662169201600206
    .. [3] Samejima, F. (1969). Psychometrika Monograph Supplement, 17.

    Examples
    --------
    >>> bank = ItemBank("2PL", a=[1.0, 1.5], b=[-0.5, 0.8], ids=["q1", "q2"])
    >>> bank.subset([1]).ids
    ('q2',)
    >>> ItemBank("PCM", b=[[-1.0, 0.0, 1.0], [0.2, np.nan, np.nan]]).n_categories
    array([4, 2])
    """

    model: tuple[str, ...]
    a: Floats
    b: Floats
    n_categories: Ints
    ids: tuple[str, ...] | None = None

    def __init__(
        self,
        model: str | Sequence[str],
        a: ArrayLike = 1.0,
        b: ArrayLike = 0.0,
        n_categories: ArrayLike | None = None,
        ids: Iterable[str] | None = None,
    ) -> None:
        steps = np.array(b, dtype=np.float64)
        steps = steps.reshape(-1, 1) if steps.ndim < 2 else steps
        if steps.ndim != 2 or steps.size == 0:
            raise DataError(f"b: need (items, steps), got shape {steps.shape}")
        n_items = steps.shape[0]
        models = (model,) * n_items if isinstance(model, str) else tuple(model)
        names = None if ids is None else tuple(ids)
        known = ~np.isnan(steps)
        last = steps.shape[1] - np.argmax(known[:, ::-1], axis=1)
        inferred = np.where(known.any(axis=1), last + 1, 2)
        fields = {
            "model": models,
            "a": _fill("a", a, n_items).astype(np.float64),
            "b": steps,
            "n_categories": _fill(
                "n_categories",
                inferred if n_categories is None else n_categories,
                n_items,
            ).astype(np.int64),
            "ids": names,
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        Result.__post_init__(self)
        self._check()

    def _check(self) -> None:
        if len(self.model) != self.n_items:
            raise DataError(f"model: {len(self.model)} for {self.n_items} items")
        if self.ids is not None and len(self.ids) != self.n_items:
            raise DataError(f"ids: {len(self.ids)} for {self.n_items} items")
        if self.ids is not None and len(set(self.ids)) < self.n_items:
            twice = next(name for name in self.ids if self.ids.count(name) > 1)
            raise DataError(f"ids: {twice!r} is there twice")
        for index, model in enumerate(self.model):
            self._check_item(index, model)

    def _check_item(self, index: int, model: str) -> None:
        name, count = name_item(index, self.ids), int(self.n_categories[index])
        if model not in MODELS:
            raise DataError(f"{name}: model {model!r} is none of {', '.join(MODELS)}")
        if not 2 <= count <= self.b.shape[1] + 1:
            raise DataError(f"{name}: {count} categories, b has {self.b.shape[1]}")
        if model in BINARY_MODELS and count != 2:
            raise DataError(f"{name}: {model} has 2 categories, not {count}")
        own = self.b[index]
        if not np.isnan(own[count - 1 :]).all():
            raise DataError(f"{name}: b goes past its {count} categories")
        if np.isinf(own).any() or np.isinf(self.a[index]):
            raise DataError(f"{name}: a parameter is infinite")
        if model == "GRM" and (np.diff(own[: count - 1]) <= 0).any():
            raise DataError(f"{name}: thresholds do not rise: {own[: count - 1]}")

    @property
    def n_items(self) -> int:
        """Return how many items there are."""
        return int(self.b.shape[0])

    @property
    def max_score(self) -> int:
        """Return the largest sum score."""
        return int((self.n_categories - 1).sum())

    @property
    def is_graded(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which items follow the graded model."""
        return np.array([model == "GRM" for model in self.model])

    def coefficients(self) -> Coefficients:
        """Return slopes and intercepts.

        Raises
        ------
        DataError
            A parameter is not known; the message names the item.
        """
        inside = np.arange(self.b.shape[1]) < self.n_categories[:, None] - 1
        is_blank = np.isnan(self.a) | (np.isnan(self.b) & inside).any(axis=1)
        if is_blank.any():
            index = int(np.flatnonzero(is_blank)[0])
            raise DataError(f"{name_item(index, self.ids)}: a parameter is not known")
        return Coefficients.of(self.is_graded, self.a, self.b, inside)

    def subset(self, idx: ArrayLike) -> Self:
        """Return the bank of the items at `idx` (places, or one flag an item)."""
        places = np.arange(self.n_items)[np.asarray(idx)].reshape(-1)
        width = int(self.n_categories[places].max(initial=2)) - 1
        return type(self)(
            [self.model[place] for place in places],
            self.a[places],
            self.b[places, :width],
            self.n_categories[places],
            None if self.ids is None else [self.ids[place] for place in places],
        )

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> Self:
        """Return the bank that `to_dict` wrote."""
        return cls(
            held["model"],
            floats_from_json(held["a"]),
            floats_from_json(held["b"]),
            held["n_categories"],
            held.get("ids"),
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ItemErrors(Result):
    """Standard errors of a bank's parameters, in the same places.

    Attributes
    ----------
    a : ndarray, shape (J,)
    b : ndarray, shape (J, Kmax - 1)
        NaN for what was fixed, is not there, or could not be computed.
    """

    a: Floats
    b: Floats

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> Self:
        """Return the errors that `to_dict` wrote."""
        return cls(floats_from_json(held["a"]), floats_from_json(held["b"]))


def _fill(name: str, values: ArrayLike, n_items: int) -> np.ndarray[Any, Any]:
    found = np.asarray(values)
    if found.ndim == 0:
        found = np.full(n_items, found)
    if found.shape != (n_items,):
        raise DataError(f"{name}: need {n_items} values, got shape {found.shape}")
    return found
