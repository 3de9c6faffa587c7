"""The chain: its head, its batches with their rows, and what is not in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.audit.domain import BatchHead, EventFacts
from lms.audit.models import AuditBatch, AuditEvent, AuditSeal, AuditWaiting

_FRESH = {"populate_existing": True}


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A seal, and the row under it unless that is gone."""

    seal: AuditSeal
    event: AuditEvent | None


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


def head_of(batch: AuditBatch) -> BatchHead:
    """Return a batch without its rows."""
    return BatchHead(
        number=batch.number,
        first_position=batch.first_position,
        last_position=batch.last_position,
        sealed_at=batch.sealed_at,
    )


def find_head(session: Session) -> AuditBatch | None:
    """Return the last link of the chain."""
    return session.scalar(
        select(AuditBatch).order_by(AuditBatch.number.desc()).limit(1)
    )


def find_batch_after(session: Session, number: int) -> AuditBatch | None:
    """Return the first link whose number is higher."""
    return session.scalar(
        select(AuditBatch)
        .where(AuditBatch.number > number)
        .order_by(AuditBatch.number)
        .limit(1)
        .execution_options(**_FRESH)
    )


def list_sealed_rows(session: Session, batch: AuditBatch) -> list[SealedRow]:
    """Return the seals of a batch in order, each with its row."""
    rows = session.execute(
        select(AuditSeal, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .where(AuditSeal.batch_number == batch.number)
        .order_by(AuditSeal.position)
        .execution_options(**_FRESH)
    )
    return [SealedRow(seal, event) for seal, event in rows]


def list_loose_seals(session: Session, *, upto: int, limit: int) -> Sequence[AuditSeal]:
    """Return seals of batches, up to a number, that do not exist."""
    return session.scalars(
        select(AuditSeal)
        .outerjoin(AuditBatch, AuditBatch.number == AuditSeal.batch_number)
        .where(AuditBatch.number.is_(None), AuditSeal.batch_number <= upto)
        .order_by(AuditSeal.position)
        .limit(limit)
    ).all()


def list_rows_outside(session: Session, *, limit: int) -> Sequence[AuditEvent]:
    """Return rows that are neither sealed nor wait for it."""
    return session.scalars(
        select(AuditEvent)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .outerjoin(AuditWaiting)
        .where(AuditSeal.event_id.is_(None), AuditWaiting.event_id.is_(None))
        .order_by(AuditEvent.id)
        .limit(limit)
    ).all()


def list_waiting_since(
    session: Session, before: datetime, *, limit: int
) -> Sequence[AuditEvent]:
    """Return rows from before a moment that still wait for their seal."""
    return session.scalars(
        select(AuditEvent)
        .join(AuditWaiting)
        .where(AuditEvent.at < before)
        .order_by(AuditEvent.id)
        .limit(limit)
    ).all()


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
