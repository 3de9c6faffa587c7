"""Disagreement within units and between any two ratings, on each kind of scale."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal, Self

import numpy as np

from lms.psychometrics.arrays import Flags, Floats, Ints

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS = ("nominal", "ordinal", "interval", "ratio")

# Rows of a table of all pairs of values that are held at a time.
_BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class CodedRatings:
    """Ratings as places among the values seen.

    Attributes
    ----------
    values : ndarray, shape (K,)
    codes : ndarray of int, shape (n, m)
        0 where nothing was seen.
    seen : ndarray of bool, shape (n, m)
    """

    values: Floats
    codes: Ints
    seen: Flags

    @classmethod
    def of(cls, table: Floats) -> Self:
        """Code a table in which every unit has two ratings or more."""
        seen = ~np.isnan(table)
        values, places = np.unique(table[seen], return_inverse=True)
        codes = np.zeros(table.shape, dtype=np.int64)
        codes[seen] = places.reshape(-1)
        return cls(values, codes, seen)

    def disagreements(self, weights: Floats, level: Level) -> tuple[Floats, Floats]:
        """Return mean disagreements within units and between all.

        Parameters
        ----------
        weights : ndarray, shape (B, n)
            How often each unit counts, a row for each sample.

        Returns
        -------
        within, between : ndarray, shape (B,)
        """
        others = self.seen.sum(axis=1) - 1.0
        n = weights @ (others + 1)
        if level in {"nominal", "ratio"}:
            own = self._pairs_in_units(level)
            totals = np.array([self._totals(row) for row in weights])
            between = self._pairs_of_all(totals, level)
            return weights @ (own / others) / n, between / (n * (n - 1))
        sums = [
            _squared(self._positions(row, level), self.seen, row, others)
            for row in weights
        ]
        within, between = np.array(sums).T
        return within / n, between / (n * (n - 1))

    def _totals(self, weights: Floats) -> Floats:
        """Return how often each value was given, units counted by their weights."""
        given = np.broadcast_to(weights[:, None], self.seen.shape)[self.seen]
        found = np.bincount(
            self.codes[self.seen], weights=given, minlength=self.values.size
        )
        return found.astype(np.float64)

    def _positions(self, weights: Floats, level: Level) -> Floats:
        """Return where ratings lie on a scale whose metric is a squared distance.

        The ordinal metric counts the ratings between two values, those at the ends
        half: the distance of their mean ranks in the sample.
        """
        places = self.values - self.values.mean()
        if level == "ordinal":
            totals = self._totals(weights)
            places = totals.cumsum() - (totals + totals.sum()) / 2
        return np.where(self.seen, places[self.codes], 0.0)

    def _pairs_in_units(self, level: Level) -> Floats:
        """Return each unit's disagreement, summed over all ordered pairs of raters."""
        ratings = self.values[self.codes]
        found = np.zeros(self.seen.shape[0])
        for i, j in combinations(range(self.seen.shape[1]), 2):
            both = self.seen[:, i] & self.seen[:, j]
            found += 2 * both * _metric(ratings[:, i], ratings[:, j], level)
        return found

    def _pairs_of_all(self, totals: Floats, level: Level) -> Floats:
        if level == "nominal":
            same: Floats = totals.sum(axis=1) ** 2 - (totals**2).sum(axis=1)
            return same
        found = np.zeros(totals.shape[0])
        for start in range(0, self.values.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            metric = _metric(self.values[part, None], self.values, level)
            found += (totals[:, part] * (totals @ metric.T)).sum(axis=1)
        return found


def _metric(a: Floats, b: Floats, level: Level) -> Floats:
    if level == "nominal":
        return np.where(a == b, 0.0, 1.0)
    total = a + b
    found: Floats = ((a - b) / np.where(total > 0, total, 1.0)) ** 2
    return found


def _squared(
    x: Floats, seen: Flags, weights: Floats, others: Floats
) -> tuple[float, float]:
    """Sum squared distances of all ordered pairs, in units and overall, by moments."""
    count = others + 1
    sums, squares = x.sum(axis=1), (x**2).sum(axis=1)
    centred = np.where(seen, x - (sums / count)[:, None], 0.0)
    within = float(weights @ (2 * count * (centred**2).sum(axis=1) / others))
    n, total = float(weights @ count), float(weights @ sums)
    return within, 2 * (n * float(weights @ squares) - total**2)
