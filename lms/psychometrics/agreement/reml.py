"""Variances of units and raters where cells are missing: restricted likelihood."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import chdtri

from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import Interval

# Where a share of variance counts as all of it; the likelihood has no value at 1.
_MOST = 1 - 1e-7
_GRID = np.array(
    [0.0, 0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.87, 0.95, 0.99, 0.9999, _MOST]
)


@dataclass(frozen=True, slots=True)
class RemlFit:
    """Correlation of single ratings, its interval, and the variances."""

    value: float
    ci: Interval
    components: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class RemlTable:
    """Sums of a table with missing cells, from which any likelihood follows.

    The model is ``y = mean + unit + rater + residual``. Units are absorbed one by one
    (their block is inverted by hand), which leaves one small system of the raters.
    """

    form: str
    n_ratings: int
    seen: Floats
    per_unit: Floats
    sum_unit: Floats
    sum_rater: Floats
    square: float

    @classmethod
    def of(cls, table: Floats, form: str) -> Self:
        """Read a table, NaN for missing cells, centred about 0; form "1", "2", "3"."""
        seen = (~np.isnan(table)).astype(np.float64)
        if form == "3" and seen.sum() <= table.shape[1]:
            raise DataError(
                f"ratings: {seen.sum():.0f} ratings by {table.shape[1]} raters; form 3 "
                "needs more ratings than raters"
            )
        held = np.nan_to_num(table)
        return cls(
            form=form,
            n_ratings=int(seen.sum()),
            seen=seen,
            per_unit=seen.sum(axis=1),
            sum_unit=held.sum(axis=1),
            sum_rater=held.sum(axis=0),
            square=float((held**2).sum()),
        )

    def fit(self, confidence_level: float) -> RemlFit:
        """Maximise, and find where the profile falls by the chi-square's half."""
        value, least = _minimise(self.profile)
        limit = least + float(chdtri(1, 1 - confidence_level)) / 2

        def excess(share: float) -> float:
            return self.profile(share) - limit

        low = 0.0 if excess(0.0) <= 0 else float(brentq(excess, 0.0, value))
        high = 1.0 if excess(_MOST) <= 0 else float(brentq(excess, value, _MOST))
        return RemlFit(value, (low, high), self._components(value))

    def profile(self, share: float) -> float:
        """Return the least deviance, halved, at this share of the units."""
        return self._best_rater(share)[1]

    def _best_rater(self, share: float) -> tuple[float, float]:
        """Return the raters' share of what units leave, and the deviance there."""
        if self.form != "2":
            return 0.0, self._deviance(share / (1 - share), 0.0)[0]

        def deviance(of_rest: float) -> float:
            rater = of_rest / (1 - of_rest)
            return self._deviance(share * (1 + rater) / (1 - share), rater)[0]

        return _minimise(deviance)

    def _components(self, share: float) -> dict[str, float]:
        of_rest, _ = self._best_rater(share)
        rater = of_rest / (1 - of_rest)
        unit = share * (1 + rater) / (1 - share)
        residual = self._deviance(unit, rater)[1]
        return {
            "unit": unit * residual,
            "rater": rater * residual if self.form == "2" else float("nan"),
            "residual": residual,
        }

    def _deviance(self, unit: float, rater: float) -> tuple[float, float]:
        """Return half the restricted deviance, and the residual variance.

        `unit` and `rater` are variances as multiples of the residual's.
        """
        shrink = unit / (1 + unit * self.per_unit)
        # Products of design and ratings, after the units' inverse.
        crossed = np.diag(self.seen.sum(axis=0)) - (self.seen.T * shrink) @ self.seen
        of_rater = self.sum_rater - self.seen.T @ (shrink * self.sum_unit)
        square = self.square - float(shrink @ self.sum_unit**2)
        logs = float(np.log1p(unit * self.per_unit).sum())
        if self.form == "3":
            design, target = crossed, of_rater
        else:
            ones = crossed.sum(axis=1)
            design = np.array([[ones.sum()]])
            target = np.array([of_rater.sum()])
            if rater > 0:
                inner = np.eye(ones.size) + rater * crossed
                solved = np.linalg.solve(inner, np.column_stack([ones, of_rater]))
                design = design - rater * ones @ solved[:, :1]
                target = target - rater * ones @ solved[:, 1:]
                square -= rater * float(of_rater @ solved[:, 1])
                logs += float(np.linalg.slogdet(inner)[1])
        df = self.n_ratings - target.size
        effects = np.linalg.lstsq(design, target, rcond=None)[0]
        rest = max(square - float(target @ effects), 1e-14)
        logs += float(np.linalg.slogdet(design)[1])
        return (df * np.log(rest / df) + logs) / 2, rest / df


def _minimise(function: Callable[[float], float]) -> tuple[float, float]:
    """Return where a function of a share is least, and how much it is there."""
    values = [function(float(share)) for share in _GRID]
    place = int(np.argmin(values))
    found = minimize_scalar(
        function,
        bounds=(_GRID[max(place - 1, 0)], _GRID[min(place + 1, _GRID.size - 1)]),
        method="bounded",
        options={"xatol": 1e-10},
    )
    # The search never tries the ends themselves.
    if values[place] <= found.fun:
        return float(_GRID[place]), values[place]
    return float(found.x), float(found.fun)
