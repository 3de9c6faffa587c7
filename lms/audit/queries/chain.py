"""The chain: its head, its batches with their rows, and what is not in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lms.audit.domain import BatchHead, EventFacts
from lms.audit.models import AuditBatch, AuditEvent, AuditSeal, AuditWaiting
from lms.audit.queries.stored import UNREADABLE, Stored, read_stored

_EVENT = (
    AuditEvent.id,
    AuditEvent.public_id,
    AuditEvent.at,
    AuditEvent.actor_id,
    AuditEvent.action,
    AuditEvent.object_kind,
    AuditEvent.object_id,
    AuditEvent.inputs,
)
_HEAD = (
    AuditBatch.number,
    AuditBatch.first_position,
    AuditBatch.last_position,
    AuditBatch.sealed_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBatch:
    """A batch as it lies there; what cannot be read is None."""

    number: int
    head: BatchHead | None
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """A row of the trail as it lies there, with its seal if it has one.

    Attributes
    ----------
    event_id : int or None
        Of the row itself; None when it is gone.
    facts : EventFacts or None
        None when they cannot be read.
    """

    event_id: int | None
    public_id: UUID | None
    facts: EventFacts | None
    batch: int | None = None
    position: int | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is not sealed yet."""

    count: int
    oldest_at: datetime | None


def facts_of(event: AuditEvent) -> EventFacts:
    """Return what a row says."""
    return EventFacts(
        id=event.id,
        public_id=event.public_id,
        at=event.at,
        actor_id=event.actor_id,
        action=event.action,
        object_kind=event.object_kind,
        object_id=event.object_id,
        inputs=event.inputs,
    )


def find_head(session: Session) -> AuditBatch | None:
    """Return the last link of the chain."""
    return session.scalar(
        select(AuditBatch).order_by(AuditBatch.number.desc()).limit(1)
    )


def find_batch_after(session: Session, number: int) -> StoredBatch | None:
    """Return the first link whose number is higher."""
    batches = _list_batches(session, AuditBatch.number > number, limit=1)
    return batches[0] if batches else None


def list_batches_below_first(session: Session, *, limit: int) -> Sequence[StoredBatch]:
    """Return batches with numbers that no link of the chain has."""
    return _list_batches(session, AuditBatch.number < 1, limit=limit)


def list_sealed_rows(session: Session, number: int) -> list[StoredRow]:
    """Return the seals of a batch in order, each with its row."""
    rows = read_stored(
        session,
        select(AuditSeal.batch_number, AuditSeal.position, AuditSeal.digest, *_EVENT)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .where(AuditSeal.batch_number == number)
        .order_by(AuditSeal.position),
    )
    return [_row(row) for row in rows]


def list_loose_seals(session: Session, *, limit: int) -> list[StoredRow]:
    """Return seals that are of no link of the chain, each with its row."""
    is_link = and_(AuditBatch.number == AuditSeal.batch_number, AuditBatch.number >= 1)
    rows = read_stored(
        session,
        select(AuditSeal.batch_number, AuditSeal.position, AuditSeal.digest, *_EVENT)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .outerjoin(AuditBatch, is_link)
        .where(AuditBatch.number.is_(None))
        .order_by(AuditSeal.position)
        .limit(limit),
    )
    return [_row(row) for row in rows]


def list_rows_outside(session: Session, *, limit: int) -> list[StoredRow]:
    """Return rows that are neither sealed nor wait for it."""
    rows = read_stored(
        session,
        select(*_EVENT)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .outerjoin(AuditWaiting, AuditWaiting.event_id == AuditEvent.id)
        .where(AuditSeal.event_id.is_(None), AuditWaiting.event_id.is_(None))
        .order_by(AuditEvent.id)
        .limit(limit),
    )
    return [_row(row) for row in rows]


def list_waiting_rows(session: Session, *, limit: int) -> list[StoredRow]:
    """Return what waits for its seal, oldest first, rows that are gone among it."""
    rows = read_stored(
        session,
        select(*_EVENT)
        .select_from(AuditWaiting)
        .outerjoin(AuditEvent, AuditEvent.id == AuditWaiting.event_id)
        .order_by(AuditWaiting.event_id)
        .limit(limit),
    )
    return [_row(row) for row in rows]


def find_waiting_moment(session: Session, action: str) -> datetime | None:
    """Return when the last act of a sort was that still waits, if one does."""
    rows = read_stored(
        session,
        select(AuditEvent.at)
        .join(AuditWaiting, AuditWaiting.event_id == AuditEvent.id)
        .where(AuditEvent.action == action)
        .order_by(AuditEvent.id.desc())
        .limit(1),
    )
    return _known(rows[0]["at"]) if rows else None


def count_events(session: Session) -> int:
    """Count all rows of the trail."""
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def count_waiting(session: Session) -> int:
    """Count the rows that wait; the moment of none is read, which may be no moment."""
    rows = select(func.count()).select_from(AuditWaiting).join(AuditEvent)
    return session.scalar(rows) or 0


def _list_batches(session: Session, which: Any, *, limit: int) -> list[StoredBatch]:
    rows = read_stored(
        session,
        select(*_HEAD, AuditBatch.digest)
        .where(which)
        .order_by(AuditBatch.number)
        .limit(limit),
    )
    return [
        StoredBatch(
            number=row["number"],
            head=BatchHead(**_only(_HEAD, row)) if _is_whole(_HEAD, row) else None,
            digest=_known(row["digest"]),
        )
        for row in rows
    ]


def _row(row: Stored) -> StoredRow:
    seal = {"batch_number": None, "position": None, "digest": None, **row}
    return StoredRow(
        event_id=row["id"],
        public_id=_known(row["public_id"]),
        facts=EventFacts(**_only(_EVENT, row)) if _is_whole(_EVENT, row) else None,
        batch=_known(seal["batch_number"]),
        position=_known(seal["position"]),
        digest=_known(seal["digest"]),
    )


def _only(columns: Sequence[Any], row: Stored) -> Stored:
    return {column.key: row[column.key] for column in columns}


def _is_whole(columns: Sequence[Any], row: Stored) -> bool:
    return UNREADABLE not in _only(columns, row).values()


def _known(value: Any) -> Any:
    return None if value is UNREADABLE else value


def has_waiting(session: Session) -> bool:
    """Say whether anything is to be sealed."""
    return session.scalar(select(AuditWaiting.event_id).limit(1)) is not None


def get_waiting(session: Session) -> Waiting:
    """Count what is not sealed yet."""
    count, oldest = session.execute(
        select(func.count(), func.min(AuditEvent.at))
        .select_from(AuditWaiting)
        .join(AuditEvent)
    ).one()
    return Waiting(count, oldest)
