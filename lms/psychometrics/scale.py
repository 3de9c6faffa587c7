"""The latent scale of a competency: difficulties of indicators, cuts of levels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Any

from lms.psychometrics.errors import DataError
from lms.psychometrics.evidence import KINDS, Evidence, Kind, strength

# Beyond ten logits the odds are 22,000 to 1: a slip of the pen, not a difficulty.
LOGIT_LIMIT = 10.0
# Narrower than this the prior decides alone; wider than this it says nothing.
PRIOR_SD_RANGE = (0.2, 5.0)


def _require_logits(values: Iterable[float], owner: str) -> None:
    for value in values:
        if not (isfinite(value) and abs(value) <= LOGIT_LIMIT):
            raise DataError(f"{owner}: {value!r} is not within ±{LOGIT_LIMIT:g} logits")


@dataclass(frozen=True, slots=True)
class Bank:
    """Declared step difficulties of indicators, in logits.

    Parameters
    ----------
    steps : mapping of str to sequence of float
        For each indicator, the difficulty of the step from score ``k - 1`` to ``k``,
        for ``k = 1..maximum``. A right-or-wrong item has one. Steps may be disordered
        (a category that is seldom the likeliest): they are never sorted or merged.

    Raises
    ------
    DataError
        An indicator has no step, or a difficulty is not finite or absurd.

    Examples
    --------
    >>> bank = Bank({"item-1": [-0.4], "criterion-2": [-0.7, 0.5, 1.8]})
    >>> bank.steps["item-1"]
    (-0.4,)
    """

    steps: Mapping[str, tuple[float, ...]]

    def __init__(self, steps: Mapping[str, Iterable[float]]) -> None:
        frozen = {name: tuple(map(float, given)) for name, given in steps.items()}
        for name, values in frozen.items():
            if not values:
                raise DataError(f"indicator {name!r} has no step")
            _require_logits(values, f"indicator {name!r}")
        object.__setattr__(self, "steps", MappingProxyType(frozen))

    def steps_of(self, row: Evidence) -> tuple[float, ...]:
        """Return the steps of the row's indicator.

        Raises
        ------
        DataError
            The indicator is unknown, or its steps do not match the row's maximum.
        """
        steps = self.steps.get(row.indicator)
        if steps is None:
            raise DataError(
                f"evidence {row.id!r}: indicator {row.indicator!r} is not in the bank"
            )
        if len(steps) != row.maximum:
            raise DataError(
                f"evidence {row.id!r}: maximum {row.maximum}, but indicator "
                f"{row.indicator!r} has {len(steps)} step(s)"
            )
        return steps


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCuts:
    """Where the levels begin on the latent scale, and what each must rest on.

    Attributes
    ----------
    cuts : tuple of float
        Entry to level 1, 2, … in logits; strictly rising.
    needs : tuple of Kind
        The weakest kind of evidence that a claim of level 1, 2, … may rest on. It may
        not weaken from one level to the next: a higher level contains the lower.
    prior_mean, prior_sd : float
        Normal distribution of the candidates before anything is known of them.

    Raises
    ------
    DataError
        The lengths differ, the cuts do not rise, a need weakens or is unknown, or a
        figure is not finite or absurd.
    """

    cuts: tuple[float, ...]
    needs: tuple[Kind, ...]
    prior_mean: float
    prior_sd: float

    def __post_init__(self) -> None:
        # Lists come from parsed files; a frozen value holds tuples.
        object.__setattr__(self, "cuts", tuple(map(float, self.cuts)))
        object.__setattr__(self, "needs", tuple(self.needs))
        self._check_figures()
        self._check_needs()

    @property
    def top_level(self) -> int:
        """Return the highest level of the scale."""
        return len(self.cuts)

    def _check_figures(self) -> None:
        _require_logits(self.cuts, "cuts")
        _require_logits([self.prior_mean], "prior mean")
        low, high = PRIOR_SD_RANGE
        if not low <= self.prior_sd <= high:
            raise DataError(f"prior sd {self.prior_sd!r} is not within {low} to {high}")
        if not self.cuts:
            raise DataError("cuts: at least one level is needed")
        pairs = zip(self.cuts, self.cuts[1:], strict=False)
        if any(lower >= higher for lower, higher in pairs):
            raise DataError(f"cuts: {self.cuts} do not rise")

    def _check_needs(self) -> None:
        if len(self.needs) != len(self.cuts):
            raise DataError(f"{len(self.cuts)} cuts but {len(self.needs)} needs")
        unknown = [kind for kind in self.needs if kind not in KINDS]
        if unknown:
            raise DataError(f"needs: unknown kind {unknown[0]!r}; known: {KINDS}")
        ranks = [strength(kind) for kind in self.needs]
        if ranks != sorted(ranks):
            raise DataError(f"needs: {self.needs} weaken as levels rise")

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON-safe data."""
        return {
            "cuts": list(self.cuts),
            "needs": list(self.needs),
            "prior_mean": self.prior_mean,
            "prior_sd": self.prior_sd,
        }
