"""Answers to items. The first answer to an item counts; later ones are practice."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, IntPk


class Response(Base):
    """One answer to one version of an item.

    `number` counts a learner's answers to the item over all its versions, so that
    two simultaneous first answers collide in the database.
    """

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("subject_id", "item_slug", "number"),
        UniqueConstraint("subject_id", "action_id"),
    )

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    subject_id: Mapped[UUID]
    action_id: Mapped[UUID]
    item_slug: Mapped[str]
    number: Mapped[int]
    item_version_id: Mapped[int] = mapped_column(ForeignKey("content_versions.id"))
    answer: Mapped[list[Any]]
    score: Mapped[int]
    maximum: Mapped[int]
    language: Mapped[str]
    answered_at: Mapped[datetime]
