"""Claim a piece of work, and keep the draft of its sheet."""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Update, bindparam, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db import Base
from lms.errors import ConflictError, message
from lms.evidence.domain import SubmittedWork
from lms.framework.domain import Rubric
from lms.grading.domain import SheetDraft
from lms.grading.models import Sheet, SheetRating
from lms.grading.queries.sheets import StoredSheet, find_sheet, get_sheet

# Long enough for one marking with an interruption; short enough that work claimed
# and forgotten is free again on the same day.
CLAIM = timedelta(hours=2)

# The busiest writes of marking, past the unit of work, which costs as much as the
# database; built once, since building costs what running does.
_SHEETS, _RATINGS = (
    Base.metadata.tables[row.__tablename__] for row in (Sheet, SheetRating)
)
_ADD = insert(_SHEETS).returning(_SHEETS.c.id)
_WHILE_OPEN = (_SHEETS.c.id == bindparam("sheet"), _SHEETS.c.returned_at.is_(None))
_RENEW = (
    update(_SHEETS)
    .where(*_WHILE_OPEN, _SHEETS.c.claim_expires_at < bindparam("until"))
    .values(claim_expires_at=bindparam("until"))
)
TAKING = (
    update(_SHEETS)
    .where(*_WHILE_OPEN, _SHEETS.c.revision == bindparam("expected"))
    .values(revision=bindparam("next"))
)
_SAVE = TAKING.values(
    {name: bindparam(name) for name in ("claim_expires_at", "saved_at", "comment")}
)
_SAID: dict[str, Any] = {
    name: bindparam(name) for name in ("band", "not_observed", "comment")
}
_ON: dict[str, Any] = {
    "sheet_id": bindparam("sheet"),
    "criterion": bindparam("about"),
}
_ADD_RATINGS = insert(_RATINGS).values({**_ON, **_SAID})
_CHANGE_RATINGS = (
    update(_RATINGS)
    .where(*(_RATINGS.c[name] == value for name, value in _ON.items()))
    .values(_SAID)
)


class StaleSheetError(ConflictError):
    """The sheet was saved or returned since the rater's page was made.

    Attributes
    ----------
    stored, typed : SheetDraft
        Both sides, so that the page can show them and nothing typed is lost.
    """

    default: ClassVar[str] = message(
        "This sheet was changed in another window. Nothing that you typed was lost."
    )

    def __init__(self, stored: SheetDraft, typed: SheetDraft) -> None:
        super().__init__()
        self.stored = stored
        self.typed = typed


def claim_sheet(
    session: Session, submission: SubmittedWork, *, rater_id: UUID, now: datetime
) -> StoredSheet:
    """Take a piece of work for two hours, or renew the claim on it.

    Another rater's claim does not stand in the way: several may mark one work.
    """
    sheet = find_sheet(session, submission.id, rater_id)
    if sheet is None:
        sheet = _open_sheet(session, submission, rater_id=rater_id, now=now)
    return _renew_claim(session, sheet, now)


def draft_of(sheet: StoredSheet, rubric: Rubric) -> SheetDraft:
    """Return what is stored in a sheet."""
    return SheetDraft.on(rubric, sheet.ratings, sheet.comment)


def save_draft(
    session: Session,
    sheet: StoredSheet,
    draft: SheetDraft,
    *,
    rubric: Rubric,
    revision: int,
    now: datetime,
) -> StoredSheet:
    """Keep what the rater has typed so far, renew their claim; return what stands now.

    A draft that says what is stored already changes nothing, whatever its revision:
    a second click is no conflict. The sheet may have been read before `session` began
    to write; what it said then is compared, so nothing newer may be written over.

    Raises
    ------
    StaleSheetError
        Another window saved something else, or the sheet has been returned.
    """
    if draft == draft_of(sheet, rubric):
        return _renew_claim(session, sheet, now)
    values = {
        "claim_expires_at": max(sheet.claim_expires_at, now + CLAIM),
        "saved_at": now,
        "comment": draft.comment,
    }
    kept = None
    if revision == sheet.revision:
        kept = take_revision(session, _SAVE, sheet, values)
    if kept is None:
        found = get_sheet(session, sheet.id)
        stored = draft_of(found, rubric)
        if draft != stored:
            raise StaleSheetError(stored, draft)
        return found
    _store_ratings(session, sheet, draft)
    return kept._replace(ratings=draft.ratings)


def _open_sheet(
    session: Session, submission: SubmittedWork, *, rater_id: UUID, now: datetime
) -> StoredSheet:
    """Add the rater's sheet, unless another click of theirs was faster."""
    given = {
        "public_id": uuid4(),
        "submission_id": submission.id,
        "rater_id": rater_id,
        "rubric_version_id": submission.rubric_version_id,
        "claimed_at": now,
        "claim_expires_at": now + CLAIM,
        "revision": 0,
        "comment": "",
    }
    try:
        with session.begin_nested():
            number = session.connection().execute(_ADD, given).scalar_one()
    except IntegrityError:
        found = find_sheet(session, submission.id, rater_id)
        if found is None:
            raise
        return found
    return get_sheet(session, number)


def _renew_claim(session: Session, sheet: StoredSheet, now: datetime) -> StoredSheet:
    until = now + CLAIM
    if sheet.returned_at is not None or until <= sheet.claim_expires_at:
        return sheet
    session.connection().execute(_RENEW, {"sheet": sheet.id, "until": until})
    return sheet._replace(claim_expires_at=until)


def take_revision(
    session: Session,
    statement: Update,
    sheet: StoredSheet,
    values: dict[str, Any],
) -> StoredSheet | None:
    """Move an open sheet on from what was read; None if somebody else was faster.

    The condition stands in the statement itself, so that of two simultaneous writers
    the database lets one through; the other then sees what was stored.
    """
    revision = sheet.revision + 1
    given = {"sheet": sheet.id, "expected": sheet.revision, "next": revision}
    taken = session.connection().execute(statement, {**given, **values}).rowcount
    return sheet._replace(revision=revision, **values) if taken else None


def _store_ratings(session: Session, sheet: StoredSheet, draft: SheetDraft) -> None:
    """Write what is said anew; the revision that was taken keeps others out."""
    before = {row.criterion: row for row in sheet.ratings}
    new, changed = [], []
    for row in draft.ratings:
        said = {
            "band": row.band,
            "not_observed": row.not_observed,
            "comment": row.comment,
        }
        given = {"sheet": sheet.id, "about": row.criterion, **said}
        if row.criterion not in before:
            new.append(given)
        elif row != before[row.criterion]:
            changed.append(given)
    connection = session.connection()
    if new:
        connection.execute(_ADD_RATINGS, new)
    if changed:
        connection.execute(_CHANGE_RATINGS, changed)
