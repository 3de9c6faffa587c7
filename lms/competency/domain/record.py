"""A competency record: what was known of one learner at one moment."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.competency.domain.entry import CompetencyEntry, Standing
from lms.competency.domain.rows import RecordRow, row_order
from lms.framework.domain import Ability, Framework
from lms.psychometrics import LevelEstimate

RECORD_FORMAT = "competency-record/1"


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """The one sentence of a record in figures; the three parts sum to `total`."""

    total: int
    reached: int
    open: int
    lacking: int

    def to_dict(self) -> dict[str, int]:
        """Return the figures as JSON-safe data."""
        return {
            "total": self.total,
            "reached": self.reached,
            "open": self.open,
            "lacking": self.lacking,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyRecord:
    """What was known of one learner at one moment, per competency.

    Attributes
    ----------
    as_of : datetime
        In the zone in which days are kept.
    open_flags : tuple of RecordRow
        Rows with a critical error that no panel had cleared by then, superseded ones
        and those outside the framework included.
    outside : tuple of RecordRow
        Evidence on competencies that this framework does not have.
    """

    subject_id: UUID
    as_of: datetime
    framework: Framework
    framework_digest: str
    entries: tuple[CompetencyEntry, ...]
    open_flags: tuple[RecordRow, ...]
    outside: tuple[RecordRow, ...]

    @property
    def confidence(self) -> int:
        """Return the chance that a claim must reach, per mille."""
        return round(1000 * self.framework.confidence)

    @property
    def summary(self) -> RecordSummary:
        """Return how many competencies are reached, open, lacking."""
        count = Counter(entry.standing for entry in self.entries)
        return RecordSummary(
            total=len(self.entries),
            reached=count[Standing.REACHED],
            open=count[Standing.OPEN],
            lacking=count[Standing.LACKING],
        )

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is known of the learner."""
        return not self.outside and not any(part.rows for part in self.entries)

    @property
    def rows(self) -> tuple[RecordRow, ...]:
        """Return all rows known, oldest work first."""
        placed = (entry.row for part in self.entries for entry in part.rows)
        return tuple(sorted((*placed, *self.outside), key=row_order))

    @property
    def by_ability(self) -> tuple[tuple[Ability, tuple[CompetencyEntry, ...]], ...]:
        """Return the entries under their abilities, in the framework's order."""
        found = {entry.competency.slug: entry for entry in self.entries}
        return tuple(
            (ability, tuple(found[row.slug] for row in ability.competencies))
            for ability in self.framework.abilities
        )

    def find_entry(self, slug: str) -> CompetencyEntry | None:
        """Return one competency of the record, or nothing."""
        return next((row for row in self.entries if row.competency.slug == slug), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON-safe data without floats, in a stable order.

        Chances are per mille, logits milli-logits: equal inputs give equal bytes.
        """
        framework = self.framework
        return {
            "format": RECORD_FORMAT,
            "subject_id": str(self.subject_id),
            "as_of": self.as_of.isoformat(timespec="microseconds"),
            "framework": {
                "slug": framework.slug,
                "version": framework.version,
                "edition": framework.edition,
                "digest": self.framework_digest,
            },
            "rule": _rule_dict(self.entries[0].estimate),
            "summary": self.summary.to_dict(),
            "competencies": [entry.to_dict() for entry in self.entries],
            "open_flags": [str(row.id) for row in self.open_flags],
            "outside": [str(row.id) for row in self.outside],
        }


def _rule_dict(estimate: LevelEstimate) -> dict[str, Any]:
    """Return the settings under which levels were estimated, floats in thousandths."""
    rule, scale = estimate.rule, estimate.scale
    return {
        "version": estimate.rule_version,
        "confidence": rule.confidence_per_mille,
        "weaker_kinds_cap": round(1000 * rule.weaker_kinds_cap),
        "episode_correlation": round(1000 * rule.episode_correlation),
        "half_life_days": {kind: round(days) for kind, days in rule.half_life_days},
        "nodes": rule.nodes,
        "cuts": [round(1000 * cut) for cut in scale.cuts],
        "needs": list(scale.needs),
        "prior_mean": round(1000 * scale.prior_mean),
        "prior_sd": round(1000 * scale.prior_sd),
    }
