"""Sheets as marking reads them: in columns, and plain values.

Each draft that is saved while somebody types begins with its sheet. Objects of the
session would take longer to make than the query to answer.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session

from lms.db import read_rows
from lms.evidence.models import Evidence, Submission
from lms.grading.domain import Rating
from lms.grading.models import Sheet, SheetRating


class StoredSheet(NamedTuple):
    """One rater's marking of one submission, as it was when it was read."""

    id: int
    public_id: UUID
    rater_id: UUID
    rubric_version_id: int
    claimed_at: datetime
    claim_expires_at: datetime
    revision: int
    comment: str
    saved_at: datetime | None
    returned_at: datetime | None
    ratings: tuple[Rating, ...]


_OF_SHEET = tuple(
    getattr(Sheet, name) for name in StoredSheet._fields if name != "ratings"
)
_OF_RATING = (
    SheetRating.criterion,
    SheetRating.band,
    SheetRating.not_observed,
    SheetRating.comment.label("rating_comment"),
)
SHEET = (*_OF_SHEET, *_OF_RATING)
HAS_RATING = SheetRating.sheet_id == Sheet.id
_READ = select(*SHEET).outerjoin(SheetRating, HAS_RATING)
_OWN = _READ.where(
    Sheet.submission_id == bindparam("submission"),
    Sheet.rater_id == bindparam("rater_id"),
).order_by(SheetRating.id)
_BY_ID = _READ.where(Sheet.id == bindparam("sheet")).order_by(SheetRating.id)
_RETURNED = (
    _READ.join(Submission, Submission.id == Sheet.submission_id)
    .where(Submission.work_id == bindparam("work_id"), Sheet.returned_at.is_not(None))
    .order_by(Sheet.returned_at, Sheet.id, SheetRating.id)
)


def sheet_in(rows: Sequence[Row[Any]], *, first: int = 0) -> StoredSheet:
    """Return the sheet of some rows, one for each rating.

    Parameters
    ----------
    rows : sequence of Row
        With the columns `SHEET`, of one sheet.
    first : int
        Where these columns begin.
    """
    end = first + len(_OF_SHEET)
    ratings = tuple(Rating(*row[end:]) for row in rows if row.criterion is not None)
    return StoredSheet._make((*rows[0][first:end], ratings))


def find_sheet(
    session: Session, submission_id: int, rater_id: UUID
) -> StoredSheet | None:
    """Return the rater's sheet on a submission, or nothing."""
    given = {"submission": submission_id, "rater_id": rater_id}
    rows = read_rows(session, _OWN, given)
    return sheet_in(rows) if rows else None


def get_sheet(session: Session, sheet_id: int) -> StoredSheet:
    """Return a sheet that is known to be there, as it stands now."""
    return sheet_in(read_rows(session, _BY_ID, {"sheet": sheet_id}))


def is_marked(session: Session, work_id: UUID) -> bool:
    """Say whether some rater has returned a sheet on a work."""
    returned = (
        select(Sheet.id)
        .join(Submission, Submission.id == Sheet.submission_id)
        .where(Submission.work_id == work_id, Sheet.returned_at.is_not(None))
        .limit(1)
    )
    return session.scalar(returned) is not None


def list_returned_sheets(session: Session, work_id: UUID) -> list[StoredSheet]:
    """Return the sheets that raters have returned on a work, oldest first."""
    rows = read_rows(session, _RETURNED, {"work_id": work_id})
    return [sheet_in(list(own)) for _, own in groupby(rows, attrgetter("id"))]


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
