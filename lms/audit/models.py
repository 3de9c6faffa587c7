"""Rows of the audit trail. They name people by random id and are never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, IntPk


class AuditEvent(Base):
    """One act of weight.

    `action` reads ``thing.done`` (``credential.revoked``); `object_kind` and
    `object_id` name what it was done to; `inputs` holds digests, versions and reasons
    from which it followed, and no personal data.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(
            "ix_audit_events_object_kind_object_id_id", "object_kind", "object_id", "id"
        ),
    )

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(index=True)
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    inputs: Mapped[dict[str, Any]]
