"""Tables of a many-facet result."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from lms.psychometrics.arrays import Flags, Floats, Ints
from lms.psychometrics.results import Result, floats_from_json
from lms.psychometrics.severity import SEVERITY_LIMIT, RaterSeverity

Label = str | int | float


class Table(Result):
    """Base of tables with a row for each label."""

    __slots__ = ()

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> Self:
        """Return the table that `to_dict` wrote."""
        values: dict[str, Any] = {}
        for field in fields(cls):  # type: ignore[arg-type]  # subclasses are dataclasses
            given = held[field.name]
            if field.name == "labels":
                given = tuple(given)
            elif field.type == Ints:
                given = np.array(given, dtype=np.int64)
            elif field.type == Flags:
                given = np.array(given, dtype=bool)
            elif field.type == Floats:
                given = floats_from_json(given)
            elif given is None:
                given = float("nan")
            values[field.name] = given
        return cls(**values)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FacetTable(Table):
    """Raters with their severities, or criteria with their difficulties.

    Attributes
    ----------
    labels : tuple
        Sorted.
    estimate : ndarray, shape (m,)
        Logits; positive is harsher, or harder. Sums to zero over all that are neither
        anchored nor extreme. NaN: nothing was rated, or no finite value is known.
    se : ndarray, shape (m,)
        From the full observed information. NaN for what was fixed: an anchor, or the
        only element.
    robust_se : ndarray, shape (m,)
        From the spread of the learners' contributions (sandwich): right as well where
        ratings of one learner depend on each other beyond the ability (halo), with
        some 50 learners or more.
    infit, outfit : ndarray, shape (m,)
        Mean squares, about 1.
    n, n_learners : ndarray of int, shape (m,)
        Ratings, and different learners among them.
    extreme : ndarray of bool, shape (m,)
        Lowest or highest scores throughout: `estimate` is Warm's, for given abilities.
    anchored : ndarray of bool, shape (m,)
    chi2_equal, p : float
        Wald test that all free elements are equal; NaN with fewer than two.
    df : int
    """

    labels: tuple[Label, ...]
    estimate: Floats
    se: Floats
    robust_se: Floats
    infit: Floats
    outfit: Floats
    n: Ints
    n_learners: Ints
    extreme: Flags
    anchored: Flags
    chi2_equal: float
    df: int
    p: float

    def severities(
        self, *, unlinked: Collection[object] = ()
    ) -> tuple[RaterSeverity, ...]:
        """Return the rows as a `SeverityPolicy` takes them; for a table of raters.

        With the larger of the two standard errors; what was fixed has none. Left out
        are raters who are extreme, whose error is not known, or whose severity is past
        what a policy takes: they count as unknown.

        Parameters
        ----------
        unlinked : collection of labels
            Raters without a common zero with the others.
        """
        is_fixed = self.anchored | (len(self.labels) == 1)
        errors = np.where(is_fixed, 0.0, np.fmax(self.se, self.robust_se))
        is_usable = ~self.extreme & np.isfinite(errors)
        is_usable &= np.abs(self.estimate) < SEVERITY_LIMIT
        return tuple(
            RaterSeverity(
                rater=str(self.labels[row]),
                severity=float(self.estimate[row]),
                se=float(errors[row]),
                n_learners=int(self.n_learners[row]),
                is_linked=self.labels[row] not in unlinked,
            )
            for row in np.flatnonzero(is_usable)
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LearnerTable(Table):
    """Learners with abilities and averages that a rater of severity zero would give.

    Attributes
    ----------
    labels : tuple
        Sorted.
    theta, se : ndarray, shape (m,)
        Warm's weighted likelihood estimate, and ``1 / sqrt(information)``: not shrunken
        towards anybody, so that learners with few and with many ratings are treated
        alike. NaN without ratings.
    calibration_se : ndarray, shape (m,)
        What the errors of severities and difficulties add to `se` (in squares).
    eap, eap_sd : ndarray, shape (m,)
        Mean and standard deviation of the posterior in the learner's population: for
        decisions that have a prior.
    fair_average : ndarray, shape (m,)
        Average score over all criteria to be expected from a rater of severity zero,
        at `theta`.
    raw_average : ndarray, shape (m,)
        Average of the scores given.
    extreme : ndarray of bool, shape (m,)
        Lowest or highest scores throughout.
    n, n_sheets : ndarray of int, shape (m,)
        Ratings that count for `theta`, and different raters among them.
    """

    labels: tuple[Label, ...]
    theta: Floats
    se: Floats
    calibration_se: Floats
    eap: Floats
    eap_sd: Floats
    fair_average: Floats
    raw_average: Floats
    extreme: Flags
    n: Ints
    n_sheets: Ints


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AdjustedScores(Result):
    """Averages without and with the raters' severities taken off.

    Attributes
    ----------
    labels : tuple
    raw, fair : ndarray, shape (m,)
        Average of the scores given, and to be expected from a rater of severity zero.
    adjustment : ndarray, shape (m,)
        ``fair - raw``.
    low, high : ndarray, shape (m,)
        95 % interval of `fair`, with the errors of the ability and of the severities.
    extreme : ndarray of bool, shape (m,)
    """

    labels: tuple[Label, ...]
    raw: Floats
    fair: Floats
    adjustment: Floats
    low: Floats
    high: Floats
    extreme: Flags


def reliability_of(estimate: Floats, se: Floats) -> tuple[float, float, float]:
    """Return reliability, separation and strata of a set of measures.

    Spread of the true measures over that of the estimates; the same in units of the
    error, ``G``; and ``(4 G + 1) / 3`` levels that can be told apart (Wright & Masters,
    1982, p. 106). NaN for fewer than two.
    """
    known = ~np.isnan(estimate) & ~np.isnan(se)
    if known.sum() < 2:
        return (float("nan"),) * 3
    whole = float(np.var(estimate[known], ddof=1))
    error = float((se[known] ** 2).mean())
    true = max(whole - error, 0.0)
    reliability = true / whole if whole > 0 else 0.0
    separation = float(np.sqrt(true / error)) if error > 0 else float("nan")
    return reliability, separation, (4 * separation + 1) / 3
