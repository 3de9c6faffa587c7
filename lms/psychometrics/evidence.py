"""Rows of evidence: what one learner showed once, and how strong a showing it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from lms.psychometrics.errors import DataError

Kind = Literal["knowledge", "simulation", "practice", "supervision"]

# From the weakest to the strongest showing: knows, shows how, does, guides others
# (Miller, 1990, Academic Medicine 65(9), S63-S67).
KINDS: tuple[Kind, ...] = ("knowledge", "simulation", "practice", "supervision")


def strength(kind: Kind) -> int:
    """Return the place of `kind` among `KINDS`, 0 for the weakest.

    Examples
    --------
    >>> strength("knowledge") < strength("practice")
    True
    """
    return KINDS.index(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing shown by one learner for one competency.

    Attributes
    ----------
    id : str
        Names the row in every result and error; unique within one estimate.
    indicator : str
        What was answered or judged (an item, a case task, a rubric criterion); a key
        of the `Bank`.
    score, maximum : int
        Category reached, 0 to `maximum`.
    done_on : date
        Day on which the work was done.
    recorded_at : datetime
        When the system learned of it; aware.
    rater : str, optional
        Who judged it; None when it was scored by rule.
    help_given : int
        0 for none; each further level of help halves the weight of the row. A bool
        counts as 0 or 1.
    episode : str, optional
        Rows that hang on one occasion (the scenes of one case attempt, the criteria
        of one sheet) share it and are treated as dependent. Items of one sitting
        stand for themselves: leave it None.
    critical : bool
        A critical error was seen. It never enters the estimate; it is listed for the
        people who decide.

    Raises
    ------
    DataError
        A value is impossible; the message names the row.
    """

    id: str
    indicator: str
    kind: Kind
    score: int
    maximum: int
    done_on: date
    recorded_at: datetime
    rater: str | None = None
    help_given: int = 0
    episode: str | None = None
    critical: bool = False

    def __post_init__(self) -> None:
        if not self.id:
            raise DataError("a row of evidence has an empty id")
        fault = self._fault()
        if fault:
            raise DataError(f"evidence {self.id!r}: {fault}")

    def _fault(self) -> str | None:
        """Return the first thing that cannot be right, or None."""
        if not self.indicator:
            return "names no indicator"
        if self.kind not in KINDS:
            return f"unknown kind {self.kind!r}; known: {KINDS}"
        return self._score_fault() or self._time_fault()

    def _score_fault(self) -> str | None:
        is_whole = _is_whole(self.score) and _is_whole(self.maximum)
        if not is_whole or not 0 <= self.score <= self.maximum:
            return f"score {self.score!r} is no whole number from 0 to {self.maximum!r}"
        if self.maximum == 0:
            return "maximum 0 leaves nothing to show"
        if not isinstance(self.help_given, int) or self.help_given < 0:
            return f"help_given {self.help_given!r} is no whole number from 0"
        return None

    def _time_fault(self) -> str | None:
        if isinstance(self.done_on, datetime):
            return "done_on is a day, not a moment"
        if self.recorded_at.utcoffset() is None:
            return "recorded_at has no time zone"
        return None


def _is_whole(value: object) -> bool:
    """Tell a whole number; True and False are answers, not scores."""
    return isinstance(value, int) and not isinstance(value, bool)
