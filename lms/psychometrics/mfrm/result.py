"""What a many-facet calibration gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.errors import DataError
from lms.psychometrics.mfrm.abilities import fair_scores
from lms.psychometrics.mfrm.layout import NEVER
from lms.psychometrics.mfrm.tables import (
    AdjustedScores,
    FacetTable,
    Label,
    LearnerTable,
)
from lms.psychometrics.results import Result, floats_from_json
from lms.psychometrics.severity import RaterSeverity

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MFRMResult(Result):
    """Raters, criteria and learners on one scale.

    A severity is what a calibration made of the ratings of one time; it judges nobody.
    Show it with its standard error, and only from a fair number of learners on:
    `severities` hands it to a `SeverityPolicy`, which keeps to that.

    Attributes
    ----------
    raters, criteria : FacetTable
    thresholds, thresholds_se : ndarray, shape (K - 1,) or (n_criteria, K - 1)
        Steps from category to category, beyond the difficulty; each row sums to zero.
        NaN beside categories that nobody used. They may be out of order.
    learners : LearnerTable
    groups : tuple
        Labels, in the order of `mean`; empty if no groups were given.
    mean, sd : ndarray, shape (n_groups,)
        Abilities in each group, for the severities and difficulties found.
    loglik : float
        Maximum of what was climbed: the marginal, conditional or joint log-likelihood,
        by `assignment_method`. Compare like with like only.
    n_iter : int
    converged : bool
    message : str
        How the iteration ended, and everything that was done on the way.
    assignment_method : str
        "conditional" or "joint": whom a rater rates may depend on the ability. "one
        population": it must not, beyond the groups.
    categories : tuple of int
        Scores that the categories stand for.
    category_logits : ndarray, shape (n_criteria, K)
        Logits of the categories where ability and severity are equal.
    subset_of_rater : ndarray of int, shape (n_raters,)
        Severities can be compared within a subset. -1: not calibrated.
    reliability, separation, strata : mapping
        Of "learners", "raters", "criteria". For raters, a high reliability says that
        they differ, not that they agree.
    exact_agreement, expected_agreement : float
        Share of pairs of ratings (two raters, one learner, one criterion) that are
        equal, and that the model expects. Far above it, raters do not rate
        independently; far below it, the model does not hold.
    halo : float
        Correlation that ratings on one sheet have beyond the ability (Q3 within sheets
        less Q3 between); NaN if learners have one sheet each. `adjust` widens by it.
    """

    raters: FacetTable
    criteria: FacetTable
    thresholds: Floats
    thresholds_se: Floats
    learners: LearnerTable
    groups: tuple[Label, ...]
    mean: Floats
    sd: Floats
    loglik: float
    n_iter: int
    converged: bool
    message: str
    assignment_method: str
    categories: tuple[int, ...]
    category_logits: Floats
    subset_of_rater: Ints
    reliability: Mapping[str, float]
    separation: Mapping[str, float]
    strata: Mapping[str, float]
    exact_agreement: float
    expected_agreement: float
    halo: float

    def adjust(self, learner: Any = None) -> AdjustedScores:
        """Return averages with the raters' severities taken off.

        The interval holds the error of the ability, times the design effect
        ``1 + (m - 1) halo`` for `m` ratings on a sheet (Kish, 1965), and that of
        severities and difficulties; its ends are carried to the scale of the scores.

        Parameters
        ----------
        learner : label or sequence of labels, optional
            By default all.

        Raises
        ------
        DataError
            A label is not known.
        """
        table = self.learners
        rows = self._rows(learner)
        sheets = np.maximum(table.n_sheets[rows], 1)
        crowd = np.maximum(table.n[rows] / sheets - 1, 0)
        effect = 1 + crowd * max(0.0, np.nan_to_num(self.halo))
        added = np.nan_to_num(table.calibration_se[rows])
        off = _Z95 * np.sqrt(table.se[rows] ** 2 * effect + added**2)
        theta = table.theta[rows]
        logits = np.where(
            np.isneginf(self.category_logits), NEVER, self.category_logits
        )
        fair, low, high = (
            fair_scores(logits, at)[0] + self.categories[0]
            for at in (theta, theta - off, theta + off)
        )
        raw = table.raw_average[rows]
        return AdjustedScores(
            labels=tuple(table.labels[row] for row in rows),
            raw=raw,
            fair=fair,
            adjustment=fair - raw,
            low=low,
            high=high,
            extreme=table.extreme[rows],
        )

    def _rows(self, learner: Any) -> Ints:
        if learner is None:
            return np.arange(len(self.learners.labels))
        is_one = isinstance(learner, str) or np.ndim(learner) == 0
        wanted = [learner] if is_one else list(learner)
        places = {label: row for row, label in enumerate(self.learners.labels)}
        unknown = [label for label in wanted if label not in places]
        if unknown:
            raise DataError(f"learner: nobody is called {unknown[0]!r}")
        return np.array([places[label] for label in wanted], dtype=np.int64)

    def severities(self) -> tuple[RaterSeverity, ...]:
        """Return the raters' severities as a `SeverityPolicy` takes them.

        See `FacetTable.severities`. Where raters fall into subsets, none is linked.
        """
        known = self.subset_of_rater[self.subset_of_rater >= 0]
        is_one = np.unique(known).size <= 1
        return self.raters.severities(unlinked=() if is_one else self.raters.labels)

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> Self:
        """Return the result that `to_dict` wrote."""
        values = {field.name: held[field.name] for field in fields(cls)}
        for facet in ("raters", "criteria"):
            values[facet] = FacetTable.from_dict(held[facet])
        values["learners"] = LearnerTable.from_dict(held["learners"])
        for name in ("thresholds", "thresholds_se", "mean", "sd"):
            values[name] = floats_from_json(held[name])
        logits = floats_from_json(held["category_logits"])
        is_known = np.isfinite(logits).any(axis=1, keepdims=True)
        values["category_logits"] = np.where(
            np.isnan(logits) & is_known, -np.inf, logits
        )
        values["subset_of_rater"] = np.array(held["subset_of_rater"], dtype=np.int64)
        for name in ("groups", "categories"):
            values[name] = tuple(held[name])
        for name in ("exact_agreement", "expected_agreement", "halo"):
            values[name] = float("nan") if held[name] is None else held[name]
        for name in ("reliability", "separation", "strata"):
            values[name] = {
                key: float("nan") if value is None else value
                for key, value in held[name].items()
            }
        return cls(**values)
