"""Sheets on a learner's work: bands stay, words about the person go."""

from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.db import change_rows
from lms.evidence.models import Submission
from lms.grading.models import Sheet, SheetRating


class SheetData:
    """Marking of the person's work, and by the person as a rater."""

    name = "sheets"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return the sheets returned on the person's work, and those they wrote."""
        rows = session.execute(
            select(Sheet, Submission)
            .join(Submission, Submission.id == Sheet.submission_id)
            .where(
                or_(
                    (Submission.subject_id == person.subject_id)
                    & Sheet.returned_at.is_not(None),
                    Sheet.rater_id == person.subject_id,
                )
            )
            .order_by(Sheet.id)
        )
        return [
            {
                **plain_row(sheet, without=("submission_id", "rubric_version_id")),
                "work_kind": work.work_kind,
                "work_id": str(work.work_id),
                "ratings": [
                    plain_row(row, without=("sheet_id",)) for row in sheet.ratings
                ],
            }
            for sheet, work in rows
        ]

    def erase(self, session: Session, person: Person) -> int:
        """Blank the raters' words on the person's work; no band is touched."""
        mine = (
            select(Sheet.id)
            .join(Submission, Submission.id == Sheet.submission_id)
            .where(Submission.subject_id == person.subject_id)
        )
        return sum(
            change_rows(
                session,
                update(table)
                .where(key.in_(mine), table.comment != "")
                .values(comment=""),
            )
            for table, key in ((Sheet, Sheet.id), (SheetRating, SheetRating.sheet_id))
        )
