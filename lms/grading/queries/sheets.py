"""Sheets: the rater's own, and what came back to a learner."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from lms.evidence.models import Evidence, Submission
from lms.grading.models import Sheet

# Every page of marking runs it, so it is built once.
_SHEET = (
    select(Sheet)
    .options(joinedload(Sheet.ratings))
    .where(
        Sheet.submission_id == bindparam("submission"),
        Sheet.rater_id == bindparam("rater_id"),
    )
)


def find_sheet(
    session: Session, submission: Submission, rater_id: UUID
) -> Sheet | None:
    """Return the rater's sheet on a submission, or nothing."""
    given = {"submission": submission.id, "rater_id": rater_id}
    return session.scalars(_SHEET, given).unique().one_or_none()


def is_marked(session: Session, work_id: UUID) -> bool:
    """Say whether some rater has returned a sheet on a work."""
    returned = (
        select(Sheet.id)
        .join(Submission, Submission.id == Sheet.submission_id)
        .where(Submission.work_id == work_id, Sheet.returned_at.is_not(None))
        .limit(1)
    )
    return session.scalar(returned) is not None


def list_returned_sheets(session: Session, work_id: UUID) -> list[Sheet]:
    """Return the sheets that raters have returned on a work, oldest first."""
    return list(
        session.scalars(
            select(Sheet)
            .join(Submission, Submission.id == Sheet.submission_id)
            .where(Submission.work_id == work_id, Sheet.returned_at.is_not(None))
            .order_by(Sheet.returned_at, Sheet.id)
        )
    )


def help_given_in(
    session: Session, work_id: UUID, criteria: Iterable[str]
) -> dict[str, int]:
    """Return the most help that the work recorded for each criterion."""
    rows = session.execute(
        select(Evidence.criterion, func.max(Evidence.help_given))
        .where(
            Evidence.work_id == work_id,
            Evidence.criterion.in_(list(criteria)),
            Evidence.rater_id.is_(None),
        )
        .group_by(Evidence.criterion)
    )
    return {criterion: level for criterion, level in rows if criterion}
