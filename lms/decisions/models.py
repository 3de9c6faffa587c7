"""Packs, decisions with an outcome per competency, and cleared critical flags.

Rows are facts and never changed: a correction is a new decision that names the one
it supersedes.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, IntPk

_OUTCOMES = "outcome IN ('award', 'more_evidence', 'not_this_time')"


class Pack(Base):
    """A candidate's competency record, frozen for a decision.

    `digest` is the SHA-256 of the document's canonical bytes; a decision is about
    exactly these. `standings` repeats the figures of the document that lists show, so
    that a list need not read whole documents.
    """

    __tablename__ = "packs"
    __table_args__ = (
        Index("ix_packs_cohort_id_subject_id", "cohort_id", "subject_id"),
    )

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    subject_id: Mapped[UUID]
    framework_version_id: Mapped[int] = mapped_column(ForeignKey("content_versions.id"))
    document: Mapped[dict[str, Any]]
    standings: Mapped[list[Any]]
    digest: Mapped[str]
    as_of: Mapped[datetime]
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[UUID]


class Decision(Base):
    """What a person decided on one pack, and why.

    `sequence` counts the decisions on one candidate in one cohort from 1, so that
    two people who decide at the same moment collide in the database: one decision
    is live, the one with the highest sequence.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("cohort_id", "subject_id", "sequence"),
        UniqueConstraint("supersedes_id"),
        CheckConstraint(_OUTCOMES, name="outcome_known"),
        CheckConstraint(
            "(sequence = 1) = (supersedes_id IS NULL)", name="correction_names_earlier"
        ),
    )

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    pack_id: Mapped[int] = mapped_column(ForeignKey("packs.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    subject_id: Mapped[UUID] = mapped_column(index=True)
    sequence: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[UUID]
    decided_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))

    pack: Mapped[Pack] = relationship(lazy="joined", innerjoin=True)
    outcomes: Mapped[list["DecisionOutcome"]] = relationship(
        order_by="DecisionOutcome.id", lazy="selectin"
    )


class DecisionOutcome(Base):
    """The outcome of one competency; the level comes from the pack, never typed."""

    __tablename__ = "decision_outcomes"
    __table_args__ = (
        UniqueConstraint("decision_id", "competency"),
        CheckConstraint(_OUTCOMES, name="outcome_known"),
    )

    id: Mapped[IntPk]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    competency: Mapped[str]
    outcome: Mapped[str]
    level: Mapped[int | None]
    required_level: Mapped[int]
    reason: Mapped[str]


class FlagClearance(Base):
    """A panel looked at a critical error and said why it stands in the way no more."""

    __tablename__ = "flag_clearances"
    __table_args__ = (UniqueConstraint("evidence_id"),)

    id: Mapped[IntPk]
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    reason: Mapped[str]
    cleared_by: Mapped[UUID]
    cleared_at: Mapped[datetime]
