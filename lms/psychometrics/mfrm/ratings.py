"""Ratings as they are given: labels, scores and weights, refused by name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Flags, Floats, Ints, as_codes, as_vector
from lms.psychometrics.errors import DataError

Label = str | int | float
Numbers = TypeVar("Numbers", Floats, Ints)


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Who rated whom on what, in codes.

    Attributes
    ----------
    learner, rater, criterion, score : ndarray of int, shape (n_ratings,)
        Codes; scores are counted from the lowest category.
    learners, raters, criteria, groups : tuple
        Labels, sorted, of everybody who was given, rated or not.
    weight : ndarray, shape (n_learners,)
        How many learners each one stands for.
    group : ndarray of int, shape (n_learners,)
    lowest : int
        Score that is category 0.
    n_categories : int
    n_missing : int
        Rows without a score.
    """

    learner: Ints
    rater: Ints
    criterion: Ints
    score: Ints
    learners: tuple[Label, ...]
    raters: tuple[Label, ...]
    criteria: tuple[Label, ...]
    groups: tuple[Label, ...]
    weight: Floats
    group: Ints
    lowest: int
    n_categories: int
    n_missing: int

    def take(self, rows: Flags) -> Self:
        """Return the ratings of some rows, with all labels."""
        return replace(
            self,
            learner=self.learner[rows],
            rater=self.rater[rows],
            criterion=self.criterion[rows],
            score=self.score[rows],
        )

    def count(self, facet: Ints, size: int, weights: Floats | None = None) -> Floats:
        """Return how many ratings (or what sum) each element of a facet has."""
        return np.bincount(facet, weights, minlength=size).astype(np.float64)


def read_ratings(
    learner: ArrayLike,
    rater: ArrayLike,
    criterion: ArrayLike,
    score: ArrayLike,
    *,
    group: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    n_categories: int | None = None,
) -> Ratings:
    """Read four vectors of one length.

    Raises
    ------
    DataError
        Names the row, learner or rater.
    """
    values = _read_scores(score)
    size = values.size
    learners, of_learner = as_codes(learner, "learner", size=size)
    raters, of_rater = as_codes(rater, "rater", size=size)
    criteria, of_criterion = as_codes(criterion, "criterion", size=size)
    is_seen = ~np.isnan(values)
    if not is_seen.any():
        raise DataError("score: nothing was rated")
    _require_whole(
        values,
        lambda row: (
            f"learner {learners[of_learner[row]]!r}, rater {raters[of_rater[row]]!r}"
        ),
    )
    lowest, count = _read_scale(values, n_categories)
    groups, of_row = _read_groups(group, size)
    weight = (
        np.ones(size) if weights is None else as_vector(weights, "weights", size=size)
    )
    if (weight < 0).any():
        raise DataError(f"weights: row {int(np.argmax(weight < 0))} is below zero")
    return Ratings(
        learner=of_learner[is_seen],
        rater=of_rater[is_seen],
        criterion=of_criterion[is_seen],
        score=(values[is_seen] - lowest).astype(np.int64),
        learners=learners,
        raters=raters,
        criteria=criteria,
        groups=groups,
        weight=_one_per_learner(weight, of_learner, learners, "weights"),
        group=_one_per_learner(of_row, of_learner, learners, "group"),
        lowest=lowest,
        n_categories=count,
        n_missing=int((~is_seen).sum()),
    )


def _read_scores(score: ArrayLike) -> Floats:
    try:
        if isinstance(score, np.ma.MaskedArray):
            score = np.ma.filled(score.astype(np.float64), np.nan)
        values = np.array(score, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"score: not numbers ({error})") from error
    if values.ndim != 1 or values.size == 0:
        raise DataError(f"score: need a vector of ratings, got shape {values.shape}")
    return values


def _require_whole(values: Floats, name_row: Callable[[int], str]) -> None:
    is_wrong = ~np.isnan(values) & (
        ~np.isfinite(values) | (values < 0) | (values != np.floor(values))
    )
    if is_wrong.any():
        row = int(np.argmax(is_wrong))
        raise DataError(
            f"score: row {row} ({name_row(row)}) is {values[row]:g}, "
            "not a category 0, 1, 2, …"
        )


def _read_scale(values: Floats, n_categories: int | None) -> tuple[int, int]:
    low, high = int(np.nanmin(values)), int(np.nanmax(values))
    if low == high:
        raise DataError(f"score: every rating is {low}; nothing can be told apart")
    if n_categories is None:
        return low, high - low + 1
    if high >= n_categories:
        row = int(np.nanargmax(values))
        raise DataError(
            f"score: row {row} is {high}, but n_categories={n_categories} means 0 to "
            f"{n_categories - 1}"
        )
    return 0, int(n_categories)


def _read_groups(group: ArrayLike | None, size: int) -> tuple[tuple[Label, ...], Ints]:
    if group is None:
        return (), np.zeros(size, dtype=np.int64)
    return as_codes(group, "group", size=size)


def _one_per_learner(
    values: Numbers, learner: Ints, learners: tuple[Label, ...], name: str
) -> Numbers:
    """Return the value of each learner, which all rows of the learner must share."""
    first = np.zeros(len(learners), dtype=np.int64)
    first[learner[::-1]] = np.arange(learner.size)[::-1]
    found = values[first]
    is_odd = values != found[learner]
    if is_odd.any():
        row = int(np.argmax(is_odd))
        raise DataError(
            f"{name}: row {row} differs from an earlier row of learner "
            f"{learners[learner[row]]!r}"
        )
    return found
