"""Where a rater is harsher than elsewhere: on a criterion, with a group."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.errors import DataError
from lms.psychometrics.mfrm.curves import sums
from lms.psychometrics.mfrm.interaction import free_places, project_out, see_ratings
from lms.psychometrics.mfrm.ratings import Label, Ratings, read_ratings
from lms.psychometrics.mfrm.residual_fit import divide
from lms.psychometrics.mfrm.result import MFRMResult
from lms.psychometrics.results import Result

# Share of a cell's information below which it says nothing of its own: the rater was
# seen there alone, so that bias and severity are one.
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BiasTable(Result):
    """Severity of each rater on each criterion, or with each group, beyond the model.

    Attributes
    ----------
    by : str
        "criterion" or "group": what the columns are.
    raters, columns : tuple of labels
    n : ndarray of int, shape (n_raters, n_columns)
        Ratings by learners who are not extreme.
    observed, expected : ndarray, shape (n_raters, n_columns)
        Average score, given and as the model says.
    bias, se : ndarray, shape (n_raters, n_columns)
        Logits; positive is harsher here than elsewhere. NaN where nothing can be told.
    z, p : ndarray, shape (n_raters, n_columns)
    p_adjusted : ndarray, shape (n_raters, n_columns)
        Holm's, over all cells of the table.
    """

    by: str
    raters: tuple[Label, ...]
    columns: tuple[Label, ...]
    n: Ints
    observed: Floats
    expected: Floats
    bias: Floats
    se: Floats
    z: Floats
    p: Floats
    p_adjusted: Floats

    def flagged(self, alpha: float = 0.05) -> tuple[tuple[Label, Label], ...]:
        """Return rater and column of the cells with an adjusted `p` up to `alpha`."""
        with np.errstate(invalid="ignore"):
            places = np.argwhere(self.p_adjusted <= alpha)
        return tuple((self.raters[row], self.columns[col]) for row, col in places)


def rater_bias(
    result: MFRMResult,
    learner: ArrayLike,
    rater: ArrayLike,
    criterion: ArrayLike,
    score: ArrayLike,
    *,
    group: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> BiasTable:
    """Test whether raters treat criteria, or groups of learners, alike.

    Each cell gets a severity of its own beyond that of the rater (an interaction, the
    "bias" of [1]_), by a score test: its slope and information at the result, with
    those of the abilities, severities, difficulties and thresholds projected out [2]_.
    That `z` is normal, as fixing them at their estimates would leave it too small.
    `bias` is the one Newton step from zero. A cell is set against the rater's other
    cells, so that one that stands far out pushes them the other way a little.

    Parameters
    ----------
    result : MFRMResult
    learner, rater, criterion, score : array_like, shape (n_ratings,)
        Those that the result was calibrated on, or others of its learners, raters and
        criteria.
    group : array_like, shape (n_ratings,), optional
        Label of the learner's group. Given: a table of raters by groups.
    weights : array_like, shape (n_ratings,), optional
        As in `fit_mfrm`.

    Returns
    -------
    BiasTable

    Raises
    ------
    DataError
        A label or a score that the result has not got.

    References
    ----------
    .. [1] Linacre, J. M. (1994). Many-facet Rasch measurement (2nd ed.). MESA Press.
    .. [2] Neyman, J. (1959). Optimal asymptotic tests of composite statistical
       hypotheses. In U. Grenander (Ed.), Probability and statistics (pp. 213-234).
       Wiley.
    .. [3] Holm, S. (1979). A simple sequentially rejective multiple test procedure.
       Scandinavian Journal of Statistics, 6(2), 65-70.
    """
    ratings = _align(
        result,
        read_ratings(
            learner,
            rater,
            criterion,
            score,
            group=group,
            weights=weights,
            n_categories=result.categories[-1] + 1,
        ),
    )
    seen = see_ratings(result, ratings)
    own = seen.ratings
    columns = own.criteria if group is None else own.groups
    column = own.criterion if group is None else own.group[own.learner]
    cell, shape = own.rater * len(columns) + column, (len(own.raters), len(columns))
    size = shape[0] * shape[1]
    slope, kept, whole = project_out(seen, cell, size, free_places(result, seen.layout))
    with np.errstate(invalid="ignore", divide="ignore"):
        known = np.where(kept > _NOTHING * np.maximum(whole, 1e-12), kept, np.nan)
        z = slope / np.sqrt(known)
        bias, se = slope / known, 1 / np.sqrt(known)
    p = 2 * ndtr(-np.abs(z))
    count = sums(cell, seen.weight, size)
    given = divide(sums(cell, seen.weight * own.score, size), count)
    off = divide(sums(cell, seen.weight * seen.residual, size), count)
    figures = {
        "n": np.bincount(cell, minlength=size),
        "observed": given + own.lowest,
        "expected": given - off + own.lowest,
        "bias": bias,
        "se": se,
        "z": z,
        "p": p,
        "p_adjusted": holm(p),
    }
    return BiasTable(
        by="criterion" if group is None else "group",
        raters=own.raters,
        columns=columns,
        **{name: values.reshape(shape) for name, values in figures.items()},
    )


def holm(p: Floats) -> Floats:
    """Return Holm's adjusted probabilities; NaN is not a test, and stays."""
    found = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    factor = order.size - np.arange(order.size)
    found[order] = np.minimum(np.maximum.accumulate(p[order] * factor), 1.0)
    return found


def _align(result: MFRMResult, ratings: Ratings) -> Ratings:
    """Return the ratings in the codes of the result."""
    codes: dict[str, Ints] = {}
    tables = {
        "learner": (result.learners.labels, ratings.learners),
        "rater": (result.raters.labels, ratings.raters),
        "criterion": (result.criteria.labels, ratings.criteria),
    }
    for name, (known, given) in tables.items():
        place = {label: code for code, label in enumerate(known)}
        unknown = [label for label in given if label not in place]
        if unknown:
            raise DataError(f"{name}: the result has no {unknown[0]!r}")
        codes[name] = np.array([place[label] for label in given], dtype=np.int64)
    size = len(result.learners.labels)
    weight, group = np.zeros(size), np.zeros(size, dtype=np.int64)
    weight[codes["learner"]] = ratings.weight
    group[codes["learner"]] = ratings.group
    lowest = result.categories[0]
    own = ratings.score + ratings.lowest - lowest
    if (own < 0).any():
        row = int(np.argmax(own < 0))
        raise DataError(f"score: {own[row] + lowest} is below {lowest}, the lowest")
    return replace(
        ratings,
        learner=codes["learner"][ratings.learner],
        rater=codes["rater"][ratings.rater],
        criterion=codes["criterion"][ratings.criterion],
        score=own,
        learners=result.learners.labels,
        raters=result.raters.labels,
        criteria=result.criteria.labels,
        weight=weight,
        group=group,
        lowest=lowest,
        n_categories=len(result.categories),
    )
