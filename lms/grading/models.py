"""Sheets: one rater's marking of one submission."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, IntPk


class Sheet(Base):
    """One rater's marking of one submission.

    A draft until `returned_at` is set; from then on nothing in it changes, and a
    correction would be a sheet of its own. `revision` counts the saved drafts: a
    page that was made from another revision may not overwrite this one.
    """

    __tablename__ = "sheets"
    __table_args__ = (
        UniqueConstraint("submission_id", "rater_id"),
        Index("ix_sheets_rater_id_submission_id", "rater_id", "submission_id"),
    )

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    rater_id: Mapped[UUID]
    rubric_version_id: Mapped[int] = mapped_column(ForeignKey("content_versions.id"))
    claimed_at: Mapped[datetime]
    claim_expires_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    comment: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]

    ratings: Mapped[list["SheetRating"]] = relationship(
        lazy="selectin", order_by="SheetRating.id"
    )


class SheetRating(Base):
    """What the rater says about one criterion, as last saved."""

    __tablename__ = "sheet_ratings"
    __table_args__ = (
        UniqueConstraint("sheet_id", "criterion"),
        CheckConstraint(
            "band IS NULL OR NOT not_observed", name="band_or_not_observed"
        ),
    )

    id: Mapped[IntPk]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"))
    criterion: Mapped[str]
    band: Mapped[int | None]
    not_observed: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(default="")
