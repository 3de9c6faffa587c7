"""Evidence: one row per thing that a learner has shown. Rows are never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, IntPk


class Evidence(Base):
    """One thing shown, with the versions and the rater that it came from.

    `steps` are the declared step difficulties at that time, so that an estimate can
    be recomputed from the row alone. `key` names the showing itself: the same
    showing can be recorded once.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("score >= 0 AND score <= maximum", name="score_in_range"),
        Index("ix_evidence_subject_id_competency", "subject_id", "competency"),
        Index("ix_evidence_work_id_criterion", "work_id", "criterion"),
    )

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    key: Mapped[str]
    subject_id: Mapped[UUID]
    competency: Mapped[str]
    indicator: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    score: Mapped[int]
    maximum: Mapped[int]
    steps: Mapped[list[Any]]
    is_critical: Mapped[bool] = mapped_column(default=False)
    work_kind: Mapped[str]
    work_id: Mapped[UUID]
    criterion: Mapped[str | None]
    position: Mapped[int | None]
    content_version_id: Mapped[int] = mapped_column(ForeignKey("content_versions.id"))
    rubric_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("content_versions.id")
    )
    rater_id: Mapped[UUID | None]
    help_given: Mapped[int] = mapped_column(default=0)
    episode: Mapped[str]
    done_on: Mapped[date]
    recorded_at: Mapped[datetime]


class Supersession(Base):
    """A later row takes the place of an earlier one; both stay."""

    __tablename__ = "evidence_supersessions"

    evidence_id: Mapped[int] = mapped_column(
        ForeignKey("evidence.id"), primary_key=True
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    recorded_at: Mapped[datetime]


class Submission(Base):
    """Work handed in for marking: what the queue of the raters is made of."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("work_kind", "work_id"),
        Index("ix_submissions_subject_id_id", "subject_id", "id"),
        Index("ix_submissions_work_id", "work_id"),
    )

    id: Mapped[IntPk]
    work_kind: Mapped[str]
    work_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    content_version_id: Mapped[int] = mapped_column(ForeignKey("content_versions.id"))
    rubric_version_id: Mapped[int] = mapped_column(ForeignKey("content_versions.id"))
    submitted_at: Mapped[datetime]
