"""The result of estimating a level: everything that a page or a record may show."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from lms.psychometrics.claims import Claim
from lms.psychometrics.errors import PsychometricsError
from lms.psychometrics.evidence import Kind
from lms.psychometrics.kind_posteriors import ThetaSummary
from lms.psychometrics.rule import LevelRule
from lms.psychometrics.scale import LevelCuts
from lms.psychometrics.weights import IgnoredRow

RULE_VERSION = "level-rule/1"


class UsedRow(NamedTuple):
    """A row that entered the estimate; a tuple, since a record makes dozens of them.

    Attributes
    ----------
    weight : int
        Per mille of its say that counted for the highest level shown: the share of its
        log-likelihood (episode, help, cap) times its freshness.
    is_capped : bool
        Its kind is weaker than that level needs, and the cap took something from it.
    freshness : int
        Per mille of the variance of today's ability that the ability of the day of the
        work explains; 1000 where its kind does not age.
    severity, severity_sd : float or None
        What was taken for its rater's severity and the error of that, in logits to
        three decimals; None where nothing was adjusted.
    """

    id: str
    kind: Kind
    weight: int
    is_capped: bool
    freshness: int = 1000
    severity: float | None = None
    severity_sd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelEstimate:
    """A learner's level in one competency as a distribution, with all it rests on.

    Without evidence there is no estimate: the fields with a default of None stay None.

    Attributes
    ----------
    as_of : datetime
        Only what was done and known by then was used.
    claims : tuple of Claim
        Level 1 and up.
    attested_level : int or None
        Highest level whose claim is reached, 0 if none is.
    level_probabilities, p_at_or_above : tuple of int, or None
        Per mille, by level from 0. The former sum to 1000, the latter begin with it.
    level_interval : tuple of int, or None
        Lowest and highest level of the central interval of the rule's confidence.
    theta : ThetaSummary or None
        Under the posterior of the highest level shown.
    n_by_kind : tuple of (Kind, int)
        Rows used, for every kind from the weakest.
    n_raters, n_episodes : int
        Different raters and episodes among the rows used.
    critical_ids : tuple of str
        Rows used that carry a critical error.
    """

    as_of: datetime
    rule: LevelRule
    scale: LevelCuts
    claims: tuple[Claim, ...]
    ignored: tuple[IgnoredRow, ...]
    n_by_kind: tuple[tuple[Kind, int], ...]
    n_raters: int
    n_episodes: int
    critical_ids: tuple[str, ...]
    used: tuple[UsedRow, ...] = ()
    attested_level: int | None = None
    level_probabilities: tuple[int, ...] | None = None
    p_at_or_above: tuple[int, ...] | None = None
    level_interval: tuple[int, int] | None = None
    theta: ThetaSummary | None = None
    rule_version: str = RULE_VERSION

    @property
    def has_evidence(self) -> bool:
        """Tell whether anything was known; if not, there is a state and no level."""
        return bool(self.used)

    @property
    def used_ids(self) -> tuple[str, ...]:
        """Return the ids of the rows that entered the estimate."""
        return tuple(row.id for row in self.used)

    def missing_kinds(self, required: int) -> tuple[Kind, ...]:
        """Return the kinds that level `required` and those below it still lack.

        A kind is lacking while nothing was shown by it or by a stronger one. The last
        one named is what the required level itself needs; empty means that more or
        better evidence of the kinds at hand can settle it.

        Raises
        ------
        PsychometricsError
            The scale has no such level.
        """
        if not 0 <= required <= self.scale.top_level:
            raise PsychometricsError(f"the scale has no level {required!r}")
        lacking = (c.needs for c in self.claims[:required] if not c.is_shown)
        return tuple(dict.fromkeys(lacking))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-safe data; equal estimates give equal data."""
        return {
            "rule_version": self.rule_version,
            "as_of": self.as_of.isoformat(),
            "rule": self.rule.to_dict(),
            "scale": self.scale.to_dict(),
            "has_evidence": self.has_evidence,
            "attested_level": self.attested_level,
            "claims": [asdict(claim) for claim in self.claims],
            "level_probabilities": _to_list(self.level_probabilities),
            "p_at_or_above": _to_list(self.p_at_or_above),
            "level_interval": _to_list(self.level_interval),
            "theta": asdict(self.theta) if self.theta else None,
            "used": [row._asdict() for row in self.used],
            "ignored": [asdict(row) for row in self.ignored],
            "n_by_kind": dict(self.n_by_kind),
            "n_raters": self.n_raters,
            "n_episodes": self.n_episodes,
            "critical_ids": list(self.critical_ids),
        }


def _to_list(values: tuple[int, ...] | None) -> list[int] | None:
    return None if values is None else list(values)
