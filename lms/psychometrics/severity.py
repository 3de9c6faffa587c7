"""How harsh raters are known to be, and the policy by which that may count."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any, Self

from lms.psychometrics.errors import DataError, PsychometricsError

if TYPE_CHECKING:
    from lms.psychometrics.mfrm.tables import FacetTable

# Below this count of learners a severity says more about whom somebody happened to
# rate than about the rater.
MIN_LEARNERS = 8
# A severity known no better than this leaves as much room as the step between bands.
MAX_SE = 0.5
# Three logits move an even chance to 95 in 100: harsher than that is a slip of the pen.
SEVERITY_LIMIT = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterSeverity:
    """How harsh one rater is, as a calibration found it.

    Attributes
    ----------
    rater : str
        As in `Evidence.rater`.
    severity : float
        In logits; positive is harsher than the average rater.
    se : float
        Standard error of `severity`.
    n_learners : int
        Different learners from whom it was found.
    is_linked : bool
        The calibration linked this rater to the others through shared learners; a
        severity without a link has no common zero.

    Raises
    ------
    DataError
        A figure is impossible; the message names the rater.
    """

    rater: str
    severity: float
    se: float
    n_learners: int
    is_linked: bool = True

    def __post_init__(self) -> None:
        checks = {
            "severity": isfinite(self.severity) and abs(self.severity) < SEVERITY_LIMIT,
            "se": isfinite(self.se) and self.se >= 0,
            "n_learners": self.n_learners >= 0,
        }
        for name, is_right in checks.items():
            if not is_right:
                raise DataError(f"rater {self.rater!r}: {name} {getattr(self, name)!r}")


@dataclass(frozen=True, slots=True)
class AssumedSeverity:
    """What is taken for a rater's severity: a normal distribution, in logits."""

    severity: float
    sd: float


@dataclass(frozen=True, slots=True, init=False)
class SeverityPolicy:
    """Whose severity is adjusted for, and what is assumed of all others.

    Adjusting is a policy of the programme and never happens by itself: a wrong
    severity does more harm than none. A rater counts as known with at least
    `min_learners` learners, a standard error of at most `max_se` and a link to the
    others.

    Parameters
    ----------
    raters : iterable of RaterSeverity
        The calibration; each rater once.
    min_learners : int
    max_se : float
    spread : float
        Standard deviation of severities among raters, in logits. Raters who are not
        known count as drawn from it: it widens, and moves nothing. 0 takes their
        judgements as those of an average rater.

    Raises
    ------
    DataError
        A rater is there twice.
    PsychometricsError
        A setting is out of range.

    Examples
    --------
    >>> policy = SeverityPolicy(
    ...     [RaterSeverity(rater="r-1", severity=0.4, se=0.1, n_learners=30)],
    ...     spread=0.5,
    ... )
    >>> policy.of("r-1")
    AssumedSeverity(severity=0.4, sd=0.1)
    >>> policy.of("r-2")
    AssumedSeverity(severity=0.0, sd=0.5)
    >>> policy.of(None) is None
    True
    """

    raters: tuple[RaterSeverity, ...]
    min_learners: int
    max_se: float
    spread: float

    def __init__(
        self,
        raters: Iterable[RaterSeverity],
        *,
        min_learners: int = MIN_LEARNERS,
        max_se: float = MAX_SE,
        spread: float = 0.0,
    ) -> None:
        found = tuple(sorted(raters, key=lambda row: row.rater))
        names = [row.rater for row in found]
        twice = [a for a, b in pairwise(names) if a == b]
        if twice:
            raise DataError(f"rater {twice[0]!r} has two severities")
        if min_learners < 1 or not max_se > 0 or not 0 <= spread < SEVERITY_LIMIT:
            raise PsychometricsError(
                "severity policy: need min_learners >= 1, max_se > 0 and "
                f"0 <= spread < {SEVERITY_LIMIT:g}"
            )
        object.__setattr__(self, "raters", found)
        object.__setattr__(self, "min_learners", min_learners)
        object.__setattr__(self, "max_se", max_se)
        object.__setattr__(self, "spread", spread)

    @classmethod
    def of_calibration(
        cls,
        raters: "FacetTable",
        *,
        unlinked: Collection[object] = (),
        min_learners: int = MIN_LEARNERS,
        max_se: float = MAX_SE,
        spread: float = 0.0,
    ) -> Self:
        """Make a policy from the raters of a many-facet calibration.

        See `FacetTable.severities` for who is left out, and so counts as unknown. An
        anchored severity is taken as free of error.

        Parameters
        ----------
        raters : FacetTable
            ``fit_mfrm(…).raters``. Labels become text, as raters are named in evidence.
        unlinked : collection of labels
            Raters outside the largest connected part of the design.
        """
        found = raters.severities(unlinked=unlinked)
        return cls(found, min_learners=min_learners, max_se=max_se, spread=spread)

    def is_known(self, row: RaterSeverity) -> bool:
        """Tell whether the policy lets this severity count."""
        is_sure = row.se <= self.max_se and row.n_learners >= self.min_learners
        return row.is_linked and is_sure

    def of(self, rater: str | None) -> AssumedSeverity | None:
        """Return what is taken for a rater; None where nothing is adjusted."""
        if rater is None:
            return None
        for row in self.raters:
            if row.rater == rater and self.is_known(row):
                return AssumedSeverity(row.severity, row.se)
        return AssumedSeverity(0.0, self.spread) if self.spread else None

    def to_dict(self) -> dict[str, Any]:
        """Return the policy as JSON-safe data; of the raters, those who are known."""
        return {
            "min_learners": self.min_learners,
            "max_se": self.max_se,
            "spread": self.spread,
            "known": {
                row.rater: [row.severity, row.se]
                for row in self.raters
                if self.is_known(row)
            },
        }
