"""Rows of evidence as a record sees them: frozen values, known as of a moment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from lms.psychometrics import Evidence, Kind


class RowState(StrEnum):
    """What a row does in a record.

    A provisional row is what a case observed by itself in work that a rater may yet
    judge; it counts until then.
    """

    USED = "used"
    PROVISIONAL = "provisional"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRef:
    """A published version by what stays true of it anywhere.

    Attributes
    ----------
    id : int
        In this installation's database, to find the version again; no part of what
        is frozen or exported.
    """

    id: int
    kind: str
    slug: str
    label: str
    digest: str

    def to_dict(self) -> dict[str, str]:
        """Return what names the version outside this database."""
        return {
            "kind": self.kind,
            "slug": self.slug,
            "label": self.label,
            "digest": self.digest,
        }


class RecordRow(NamedTuple):
    """One row of evidence with everything that a record names.

    A tuple, since a record makes dozens of them each time that it is shown. What a row
    of the table says as it is stands first, by the table's names; what is looked up or
    worked out for it follows, from `steps` on.

    Attributes
    ----------
    steps : tuple of float
        Step difficulties in logits, as declared when the row was recorded.
    is_automatic : bool
        A case observed it by itself; no person judged it.
    superseded_by, superseded_at : UUID and datetime, or None
        The row that took its place, and when that became known.
    """

    id: UUID
    competency: str
    indicator: str
    kind: Kind
    source: str
    score: int
    maximum: int
    is_critical: bool
    work_kind: str
    work_id: UUID
    criterion: str | None
    position: int | None
    rater_id: UUID | None
    help_given: int
    episode: str
    done_on: date
    recorded_at: datetime
    steps: tuple[float, ...]
    is_automatic: bool
    content: VersionRef
    rubric: VersionRef | None
    superseded_by: UUID | None = None
    superseded_at: datetime | None = None

    def is_known(self, as_of: datetime) -> bool:
        """Say whether the work was done and known of; the day is read in its zone."""
        return self.recorded_at <= as_of and self.done_on <= as_of.date()

    def is_superseded(self, as_of: datetime) -> bool:
        """Say whether another row had taken its place by then."""
        return self.superseded_at is not None and self.superseded_at <= as_of

    def state(self, as_of: datetime) -> RowState:
        """Return what the row does in a record as of a moment."""
        if self.is_superseded(as_of):
            return RowState.SUPERSEDED
        if self.is_automatic and self.rubric is not None:
            return RowState.PROVISIONAL
        return RowState.USED

    def to_evidence(self) -> Evidence:
        """Return the row as the estimator takes it.

        The indicator is the row itself, since each row carries its own steps: a
        later change of an item's difficulty must not move an earlier showing.
        """
        name = str(self.id)
        return Evidence(
            id=name,
            indicator=name,
            kind=self.kind,
            score=self.score,
            maximum=self.maximum,
            done_on=self.done_on,
            recorded_at=self.recorded_at,
            rater=None if self.rater_id is None else str(self.rater_id),
            help_given=self.help_given,
            episode=self.episode,
            critical=self.is_critical,
        )


class EntryRow(NamedTuple):
    """A row within a record.

    Attributes
    ----------
    weight : int or None
        Per mille of its say in the estimate; nothing for a superseded row.
    """

    row: RecordRow
    state: RowState
    weight: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON-safe data without floats; steps in milli-logits."""
        row = self.row
        is_superseded = self.state is RowState.SUPERSEDED
        return {
            "id": str(row.id),
            "state": self.state.value,
            "weight": self.weight,
            "kind": row.kind,
            "source": row.source,
            "indicator": row.indicator,
            "score": row.score,
            "maximum": row.maximum,
            "steps": [round(1000 * step) for step in row.steps],
            "critical": row.is_critical,
            "work": {
                "kind": row.work_kind,
                "id": str(row.work_id),
                "criterion": row.criterion,
                "position": row.position,
            },
            "content": row.content.to_dict(),
            "rubric": row.rubric.to_dict() if row.rubric else None,
            "rater": str(row.rater_id) if row.rater_id else None,
            "help_given": row.help_given,
            "episode": row.episode,
            "done_on": row.done_on.isoformat(),
            "recorded_at": utc_text(row.recorded_at),
            "superseded_by": str(row.superseded_by) if is_superseded else None,
            "superseded_at": (
                utc_text(row.superseded_at)
                if is_superseded and row.superseded_at
                else None
            ),
        }


def utc_text(moment: datetime) -> str:
    """Return a moment in the one form that records use: UTC, microseconds, ``Z``."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='microseconds')}Z"


def row_order(row: RecordRow) -> tuple[Any, ...]:
    """Return the one order of rows in records: by the day of the work."""
    work, own = row.work_id.int, row.id.int  # which is how UUIDs compare, but slowly
    return (row.done_on, row.recorded_at, work, row.position or 0, own)
