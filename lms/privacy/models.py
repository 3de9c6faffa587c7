"""Requests to be erased, and what became of them; they name people by random id."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, IntPk


class Settlement(StrEnum):
    """How a request ended."""

    ERASED = "erased"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ErasureRequest(Base):
    """Somebody asks to be erased; one open request a person.

    The row outlives the erasure: it proves that it was done, and lets it be done
    again after an older backup was restored.
    """

    __tablename__ = "erasure_requests"
    __table_args__ = (
        Index(
            "uq_erasure_requests_open",
            "subject_id",
            unique=True,
            postgresql_where=text("settled_at IS NULL"),
            sqlite_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    subject_id: Mapped[UUID] = mapped_column(index=True)
    requested_at: Mapped[datetime]
    requested_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]
    settlement: Mapped[str | None]
    reason: Mapped[str] = mapped_column(Text, default="")
