"""Cohorts of a programme."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, IntPk


class Cohort(Base):
    """People who go through the programme together, under one framework version."""

    __tablename__ = "cohorts"

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    slug: Mapped[str] = mapped_column(unique=True)
    name_ja: Mapped[str]
    name_en: Mapped[str]
    framework_version_id: Mapped[int] = mapped_column(ForeignKey("content_versions.id"))
    started_on: Mapped[date]


class Enrolment(Base):
    """A learner's place in a cohort; `number` stands for the name while blind."""

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("cohort_id", "subject_id"),
        UniqueConstraint("cohort_id", "number"),
    )

    id: Mapped[IntPk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    subject_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str]
    enrolled_at: Mapped[datetime]
