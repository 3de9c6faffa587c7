"""Attempts at cases: an append-only log of actions, and nothing derived from it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, IntPk


class Attempt(Base):
    """One learner's passage through one published version of a case.

    Only facts are stored; scene, minutes and points are derived by `domain.play`.
    `number` counts the learner's attempts at the case: the first one is evidence,
    later ones are rehearsals.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("subject_id", "case_slug", "number"),
        Index("ix_attempts_subject_id_id", "subject_id", "id"),
        Index(
            "uq_attempts_running",
            "subject_id",
            "case_slug",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
            sqlite_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    subject_id: Mapped[UUID]
    case_slug: Mapped[str]
    case_version_id: Mapped[int] = mapped_column(ForeignKey("content_versions.id"))
    number: Mapped[int]
    engine: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    actions: Mapped[list["AttemptAction"]] = relationship(
        order_by="AttemptAction.position", lazy="selectin", back_populates="attempt"
    )
    drafts: Mapped[list["AttemptDraft"]] = relationship(cascade="all, delete-orphan")
    notebook: Mapped["AttemptNotebook | None"] = relationship(
        cascade="all, delete-orphan"
    )

    @property
    def is_rehearsal(self) -> bool:
        """Say whether this attempt leaves no evidence."""
        return self.number > 1


class AttemptAction(Base):
    """One action of the learner; the page made its id before sending it."""

    __tablename__ = "attempt_actions"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        UniqueConstraint("attempt_id", "action_id"),
    )

    id: Mapped[IntPk]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    position: Mapped[int]
    action_id: Mapped[UUID]
    action: Mapped[dict[str, Any]]
    language: Mapped[str]
    shown_digest: Mapped[str]
    recorded_at: Mapped[datetime]

    attempt: Mapped[Attempt] = relationship(back_populates="actions")
    texts: Mapped[list["AttemptText"]] = relationship(lazy="selectin")


class AttemptText(Base):
    """What a learner wrote, apart from the log so that it can be erased."""

    __tablename__ = "attempt_texts"
    __table_args__ = (UniqueConstraint("attempt_action_id", "place"),)

    id: Mapped[IntPk]
    attempt_action_id: Mapped[int] = mapped_column(ForeignKey("attempt_actions.id"))
    place: Mapped[str]
    text: Mapped[str]


class AttemptDraft(Base):
    """What a learner has typed in a scene and not sent yet: the latest state alone.

    The row goes when the scene is acted upon. `revision` counts the saves: a page
    that was made from another revision may not overwrite this one.

    Attributes
    ----------
    fields : dict
        Values of the form's fields by name, each a list of texts.
    """

    __tablename__ = "attempt_drafts"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    id: Mapped[IntPk]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    position: Mapped[int]
    fields: Mapped[dict[str, Any]]
    revision: Mapped[int]
    saved_at: Mapped[datetime]


class AttemptNotebook(Base):
    """What a learner notes beside the talk; it stays through the whole attempt.

    Nobody else reads it, and nothing is concluded from it.
    """

    __tablename__ = "attempt_notebooks"

    id: Mapped[IntPk]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), unique=True)
    text: Mapped[str]
    revision: Mapped[int]
    saved_at: Mapped[datetime]


class ChoiceCount(Base):
    """How many learners took a choice first at a scene, in their first attempt.

    Raised by the transaction that finishes an attempt, so that no page counts
    attempts. It says nothing about anybody, and stays when somebody is erased.
    """

    __tablename__ = "choice_counts"

    case_version_id: Mapped[int] = mapped_column(
        ForeignKey("content_versions.id"), primary_key=True
    )
    scene: Mapped[str] = mapped_column(primary_key=True)
    choice: Mapped[str] = mapped_column(primary_key=True)
    learners: Mapped[int]
