"""Ratings folded to what the likelihood depends on: who saw whom, and sum scores.

In Rasch models a learner's sum score is sufficient for the ability [1]_, so that
learners rated by the same raters on the same criteria with the same sum count as one.

References
----------
.. [1] Wright, B. D., & Masters, G. N. (1982). Rating scale analysis. MESA Press.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, eye_array

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.mfrm.curves import sums
from lms.psychometrics.mfrm.layout import Layout
from lms.psychometrics.mfrm.ratings import Ratings


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Pairs of rater and criterion that occur."""

    rater: Ints
    criterion: Ints

    @property
    def size(self) -> int:
        """Return how many there are."""
        return int(self.rater.size)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Learners by patterns: same raters, same criteria, same sum, same group.

    Attributes
    ----------
    sheets : csr_array, shape (n_patterns, n_sheets)
        How many sheets of each kind (a rater with a set of criteria; where few are
        alike, a rater with one criterion) a pattern has.
    contents : csr_array, shape (n_sheets, n_cells)
        What is on a sheet of each kind.
    total : ndarray, shape (n_patterns,)
        Sum of the scores.
    highest, lowest : ndarray, shape (n_patterns,)
        Largest and smallest sum there could be.
    weight : ndarray, shape (n_patterns,)
    group : ndarray of int, shape (n_patterns,)
    pattern_of : ndarray of int, shape (n_learners,)
        -1 for learners without ratings.
    observed : ndarray, shape (p,)
        Sufficient statistics of the parameters, in the places of the layout.
    """

    layout: Layout
    cells: Cells
    sheets: csr_array
    contents: csr_array
    total: Floats
    lowest: Floats
    highest: Floats
    weight: Floats
    group: Ints
    pattern_of: Ints
    observed: Floats

    def entries(self) -> tuple[Ints, Ints, Floats]:
        """Return pattern, cell and count of all that patterns hold."""
        whole = (self.sheets @ self.contents).tocoo()
        pattern, cell = (np.asarray(c, dtype=np.int64) for c in whole.coords)
        return pattern, cell, whole.data

    @property
    def is_extreme(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which patterns hold the lowest or the highest scores throughout."""
        found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
            self.total == self.lowest
        ) | (self.total == self.highest)
        return found


def make_design(ratings: Ratings, layout: Layout) -> Design:
    """Fold ratings."""
    n_learners, n_criteria = len(ratings.learners), layout.n_criteria
    pair = ratings.rater * n_criteria + ratings.criterion
    cell_codes, _ = np.unique(pair, return_inverse=True)
    cell_rater, cell_criterion = cell_codes // n_criteria, cell_codes % n_criteria
    sheet_learner, sheet_kind, kinds = _fold_sheets(ratings, n_criteria)
    total = ratings.count(ratings.learner, n_learners, ratings.score.astype(float))
    pattern_of, first = _fold_learners(
        sheet_learner, sheet_kind, total, ratings.group, n_learners
    )
    is_first = np.zeros(n_learners, dtype=bool)
    is_first[first] = True
    own = is_first[sheet_learner]
    sheets = csr_array(
        (np.ones(own.sum()), (pattern_of[sheet_learner[own]], sheet_kind[own])),
        shape=(first.size, kinds.shape[0]),
    )
    kind, criterion = np.nonzero(kinds[:, 1:])
    codes = kinds[kind, 0] * n_criteria + criterion
    contents = csr_array(
        (
            kinds[kind, 1 + criterion].astype(float),
            (kind, np.searchsorted(cell_codes, codes)),
        ),
        shape=(kinds.shape[0], cell_codes.size),
    )
    if kinds.shape[0] > cell_codes.size:
        # So few sheets are alike that kinds of them save nothing.
        sheets, contents = (
            csr_array(sheets @ contents),
            eye_array(cell_codes.size, format="csr"),
        )
    low, high = (end[layout.scale_of][cell_criterion] for end in layout.ends)
    seen = pattern_of >= 0
    return Design(
        layout=layout,
        cells=Cells(cell_rater, cell_criterion),
        sheets=sheets,
        contents=contents,
        total=total[first],
        lowest=sheets @ (contents @ low.astype(float)),
        highest=sheets @ (contents @ high.astype(float)),
        weight=sums(pattern_of[seen], ratings.weight[seen], first.size),
        group=ratings.group[first],
        pattern_of=pattern_of,
        observed=_statistics(ratings, layout),
    )


def _fold_sheets(ratings: Ratings, n_criteria: int) -> tuple[Ints, Ints, Ints]:
    """Return learner and kind of each sheet, and the kinds: rater, counts."""
    n_raters = len(ratings.raters)
    pairs, sheet = np.unique(
        ratings.learner * n_raters + ratings.rater, return_inverse=True
    )
    table = np.zeros((pairs.size, 1 + n_criteria), dtype=np.int64)
    np.add.at(table, (sheet, 1 + ratings.criterion), 1)
    table[:, 0] = pairs % n_raters
    kinds, kind = np.unique(table, axis=0, return_inverse=True)
    return pairs // n_raters, kind.reshape(-1).astype(np.int64), kinds


def _fold_learners(
    sheet_learner: Ints, sheet_kind: Ints, total: Floats, group: Ints, n_learners: int
) -> tuple[Ints, Ints]:
    """Return the pattern of each learner, and one learner of each pattern."""
    order = np.lexsort((sheet_kind, sheet_learner))
    learner, kind = sheet_learner[order], sheet_kind[order]
    count = np.bincount(learner, minlength=n_learners)
    start = np.concatenate([[0], count.cumsum()[:-1]])
    table = np.full((n_learners, 2 + int(count.max(initial=0))), -1, dtype=np.int64)
    table[:, 0], table[:, 1] = group, total
    table[learner, 2 + np.arange(learner.size) - start[learner]] = kind
    seen = np.flatnonzero(count > 0)
    _, first, inverse = np.unique(
        table[seen], axis=0, return_index=True, return_inverse=True
    )
    pattern_of = np.full(n_learners, -1, dtype=np.int64)
    pattern_of[seen] = inverse.reshape(-1)
    return pattern_of, seen[first]


def _statistics(ratings: Ratings, layout: Layout) -> Floats:
    """Return the sufficient statistics of all parameters."""
    places = layout.places(ratings.rater, ratings.criterion)
    weight = ratings.weight[ratings.learner]
    scored = weight * ratings.score
    kappa = np.take_along_axis(places, 2 + ratings.score[:, None], axis=1)[:, 0]
    found = sums(kappa, weight, layout.size)
    found -= sums(places[:, 0], scored, layout.size)
    found -= sums(places[:, 1], scored, layout.size)
    return found
