"""Rows of the audit trail, and the seals on them. None of them is ever changed."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, IntPk


class AuditEvent(Base):
    """One act of weight.

    `action` reads ``thing.done`` (``credential.revoked``); `object_kind` and
    `object_id` name what it was done to; `inputs` holds digests, versions and ids
    from which it followed, and no personal data.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(
            "ix_audit_events_object_kind_object_id_id", "object_kind", "object_id", "id"
        ),
        Index("ix_audit_events_object_id", "object_id", "id"),
        Index("ix_audit_events_action", "action", "id"),
        Index("ix_audit_events_at", "at"),
    )

    id: Mapped[IntPk]
    # By it many rows are matched with their ids when they are written in one statement.
    public_id: Mapped[UUID] = mapped_column(
        unique=True, default=uuid4, insert_sentinel=True
    )
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(index=True)
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    inputs: Mapped[dict[str, Any]]

    waiting: Mapped["AuditWaiting | None"] = relationship(cascade="all, delete-orphan")


class AuditWaiting(Base):
    """An event that is not sealed yet; the row goes when it is.

    A list of its own, because ids do not tell: an act that began early may commit
    late, with an id below those that are sealed already.
    """

    __tablename__ = "audit_waiting"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("audit_events.id"), primary_key=True, autoincrement=False
    )


class AuditBatch(Base):
    """A link of the chain: some events, sealed together.

    The primary key is the number, so that two sealers cannot both add the next link.
    """

    __tablename__ = "audit_batches"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_position: Mapped[int] = mapped_column(unique=True)
    last_position: Mapped[int]
    digest: Mapped[str]
    sealed_at: Mapped[datetime]


class AuditSeal(Base):
    """Where an event stands in the chain, and the digest of its row."""

    __tablename__ = "audit_seals"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("audit_events.id"), primary_key=True, autoincrement=False
    )
    batch_number: Mapped[int] = mapped_column(
        ForeignKey("audit_batches.number"), index=True
    )
    position: Mapped[int] = mapped_column(unique=True)
    digest: Mapped[str]
