"""Mean squares of a complete table of ratings, and the correlations they give."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import fdtrc, fdtri

from lms.psychometrics.arrays import Floats
from lms.psychometrics.intervals import NO_INTERVAL, Interval

# Sums of squares this far below the total are rounding.
_NOTHING = 1e-13


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Mean squares of units, raters, the rest, and within units."""

    n: int
    k: int
    unit: float
    rater: float
    rest: float
    within: float

    @classmethod
    def of(cls, table: Floats) -> Self:
        """Return those of a table without missing cells, shape (n, k)."""
        n, k = table.shape
        mean = table.mean()
        rows, columns = table.mean(axis=1), table.mean(axis=0)
        total = float(((table - mean) ** 2).sum())
        unit = k * float(((rows - mean) ** 2).sum())
        rater = n * float(((columns - mean) ** 2).sum())
        rest = float(((table - rows[:, None] - columns + mean) ** 2).sum())
        kept = [
            part if part > _NOTHING * total else 0.0 for part in (unit, rater, rest)
        ]
        unit, rater, rest = kept
        return cls(
            n=n,
            k=k,
            unit=unit / (n - 1),
            rater=rater / (k - 1),
            rest=rest / ((n - 1) * (k - 1)),
            within=(rater + rest) / (n * (k - 1)),
        )

    def single(self, form: str) -> float:
        """Return the correlation of single ratings; NaN where it is undefined."""
        error = self.within if form == "1" else self.rest
        below = self.unit + (self.k - 1) * error
        if form == "2":
            below += self.k * (self.rater - error) / self.n
        # Without residuals, raters that differ alone leave form 2 at 0.
        return (self.unit - error) / below if below > 0 else float("nan")

    def components(self, form: str) -> dict[str, float]:
        """Return unbiased variances, which may be negative."""
        if form == "1":
            return {
                "unit": (self.unit - self.within) / self.k,
                "rater": float("nan"),
                "residual": self.within,
            }
        return {
            "unit": (self.unit - self.rest) / self.k,
            "rater": (self.rater - self.rest) / self.n,
            "residual": self.rest,
        }

    def test(self, form: str) -> tuple[float, tuple[float, float], float]:
        """Return F, its degrees of freedom, and p."""
        error = self.within if form == "1" else self.rest
        df = self._df(form)
        if error == 0:
            return (np.inf, df, 0.0) if self.unit > 0 else (np.nan, df, np.nan)
        statistic = self.unit / error
        return statistic, df, float(fdtrc(*df, statistic))

    def _df(self, form: str) -> tuple[float, float]:
        of_error = self.n if form == "1" else self.n - 1
        return float(self.n - 1), float(of_error * (self.k - 1))


def anova_interval(
    squares: MeanSquares, form: str, confidence_level: float
) -> Interval:
    """Return the interval of single ratings (McGraw & Wong 1996, Table 7)."""
    tail = (1 + confidence_level) / 2
    if form == "2":
        return _interval_of_agreement(squares, tail)
    statistic, (above, below), _ = squares.test(form)
    if np.isnan(statistic):
        return NO_INTERVAL
    if np.isinf(statistic):
        return 1.0, 1.0
    low = statistic / float(fdtri(above, below, tail))
    high = statistic * float(fdtri(below, above, tail))
    k = squares.k
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _interval_of_agreement(squares: MeanSquares, tail: float) -> Interval:
    """Return bounds with Satterthwaite's degrees of freedom."""
    n, k = squares.n, squares.k
    unit, rater, rest = squares.unit, squares.rater, squares.rest
    value = squares.single("2")
    if rest == 0 and rater == 0:
        return 1.0, 1.0
    if value >= 1:
        return NO_INTERVAL
    ratio = k * value / (n * (1 - value))
    of_rater, of_rest = ratio * rater, (1 + ratio * (n - 1)) * rest
    spread = of_rater**2 / (k - 1) + of_rest**2 / ((n - 1) * (k - 1))
    if spread == 0:
        return NO_INTERVAL
    df = (of_rater + of_rest) ** 2 / spread
    error = k * rater + (k * n - k - n) * rest
    f_low, f_high = float(fdtri(n - 1, df, tail)), float(fdtri(df, n - 1, tail))
    low = n * (unit - f_low * rest) / (f_low * error + n * unit)
    high = n * (f_high * unit - rest) / (error + n * f_high * unit)
    return low, high
