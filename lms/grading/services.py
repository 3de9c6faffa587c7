"""Marking: claim a piece of work, keep the draft, return the sheet."""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Update, bindparam, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from lms.audit.services import record_audit
from lms.clock import local_day
from lms.content.queries import Published
from lms.db import Base
from lms.errors import ConflictError, InvalidInputError, message
from lms.evidence.models import Evidence, Submission
from lms.evidence.services import record_evidence, supersede_automatic
from lms.framework.domain import Criterion, Rubric
from lms.grading.domain import (
    Rating,
    SheetDraft,
    Showing,
    evidence_of,
    missing_criteria,
)
from lms.grading.models import Sheet, SheetRating
from lms.grading.queries.sheets import (
    find_sheet,
    help_given_in,
)

SOURCE = "sheet"
# Long enough for one marking with an interruption; short enough that work claimed
# and forgotten is free again on the same day.
CLAIM = timedelta(hours=2)


# The busiest write of marking; built once, since building costs what running does.
_OPEN = (
    update(Base.metadata.tables[Sheet.__tablename__])
    .where(
        Sheet.id == bindparam("sheet_id"),
        Sheet.revision == bindparam("expected"),
        Sheet.returned_at.is_(None),
    )
    .values(revision=bindparam("next"))
)
_SAVE = _OPEN.values(
    {name: bindparam(name) for name in ("claim_expires_at", "saved_at", "comment")}
)
_RETURN = _OPEN.values(returned_at=bindparam("returned_at"))


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


class IncompleteSheetError(InvalidInputError):
    """The sheet cannot be returned while criteria are open.

    Attributes
    ----------
    missing : tuple of Criterion
        Those that are neither rated nor marked as not observed.
    """

    default: ClassVar[str] = message("Some criteria are still open.")

    def __init__(self, missing: tuple[Criterion, ...]) -> None:
        super().__init__()
        self.missing = missing


def claim_sheet(
    session: Session, submission: Submission, *, rater_id: UUID, now: datetime
) -> Sheet:
    """Take a piece of work for two hours, or renew the claim on it.

    Another rater's claim does not stand in the way: several may mark one work.
    """
    sheet = find_sheet(session, submission, rater_id)
    if sheet is None:
        sheet = _open_sheet(session, submission, rater_id=rater_id, now=now)
    _renew_claim(sheet, now)
    return sheet


def draft_of(sheet: Sheet, rubric: Rubric) -> SheetDraft:
    """Return what is stored in a sheet."""
    ratings = (
        Rating(row.criterion, row.band, row.not_observed, row.comment)
        for row in sheet.ratings
    )
    return SheetDraft.on(rubric, ratings, sheet.comment)


def save_draft(
    session: Session,
    sheet: Sheet,
    draft: SheetDraft,
    *,
    rubric: Rubric,
    revision: int,
    now: datetime,
) -> None:
    """Keep what the rater has typed so far, and renew their claim.

    A draft that says what is stored already changes nothing, whatever its revision:
    a second click is no conflict.

    Raises
    ------
    StaleSheetError
        Another window saved something else, or the sheet has been returned.
    """
    stored = draft_of(sheet, rubric)
    if draft == stored:
        _renew_claim(sheet, now)
        return
    values = {
        "claim_expires_at": max(sheet.claim_expires_at, now + CLAIM),
        "saved_at": now,
        "comment": draft.comment,
    }
    if not _take_revision(session, _SAVE, sheet, revision, values):
        stored = draft_of(sheet, rubric)
        if draft != stored:
            raise StaleSheetError(stored, draft)
        return
    _store_ratings(sheet, draft)


def return_sheet(
    session: Session,
    sheet: Sheet,
    *,
    submission: Submission,
    rubric: Published,
    time_zone: str,
    now: datetime,
) -> None:
    """Give the sheet back to the learner: it becomes evidence and never changes again.

    What the work recorded by itself is superseded for every rated criterion, and
    stands where nothing was observed. Returning twice changes nothing.

    Parameters
    ----------
    time_zone : str
        Zone in which the day of the hand-in is told.

    Raises
    ------
    IncompleteSheetError
        Criteria are open; the error lists them.
    StaleSheetError
        Another window saved the sheet at this moment.
    """
    if sheet.returned_at is not None:
        return
    draft = draft_of(sheet, rubric.content)
    missing = missing_criteria(rubric.content, draft)
    if missing:
        raise IncompleteSheetError(missing)
    values = {"returned_at": now}
    if not _take_revision(session, _RETURN, sheet, sheet.revision, values):
        if sheet.returned_at is None:
            raise StaleSheetError(draft_of(sheet, rubric.content), draft)
        return
    showings = evidence_of(rubric.content, rubric.digest, draft)
    helped = help_given_in(
        session, submission.work_id, [row.criterion for row in showings]
    )
    rows = [_evidence(sheet, submission, showing) for showing in showings]
    for row in rows:
        row.done_on = local_day(submission.submitted_at, time_zone)
        row.recorded_at = now
        row.help_given = helped.get(row.criterion or "", 0)
    kept = record_evidence(session, rows)
    for row in kept:
        supersede_automatic(session, row, now=now)
    record_audit(
        session,
        "sheet.returned",
        ("sheet", sheet.public_id),
        actor=sheet.rater_id,
        now=now,
        work=str(submission.work_id),
        rubric=rubric.digest,
        evidence=sorted(str(row.public_id) for row in kept),
    )


def _open_sheet(
    session: Session, submission: Submission, *, rater_id: UUID, now: datetime
) -> Sheet:
    """Add the rater's sheet, unless another click of theirs was faster."""
    sheet = Sheet(
        submission_id=submission.id,
        rater_id=rater_id,
        rubric_version_id=submission.rubric_version_id,
        claimed_at=now,
        claim_expires_at=now + CLAIM,
        revision=0,
        comment="",
    )
    try:
        with session.begin_nested():
            session.add(sheet)
    except IntegrityError:
        found = find_sheet(session, submission, rater_id)
        if found is None:
            raise
        return found
    return sheet


def _renew_claim(sheet: Sheet, now: datetime) -> None:
    if sheet.returned_at is None:
        sheet.claim_expires_at = max(sheet.claim_expires_at, now + CLAIM)


def _take_revision(
    session: Session,
    statement: Update,
    sheet: Sheet,
    revision: int,
    values: dict[str, Any],
) -> bool:
    """Move an open sheet on from `revision`; False if somebody else was faster.

    The condition stands in the statement itself, so that of two simultaneous writers
    the database lets one through; the other then sees what was stored.
    """
    given = {"sheet_id": sheet.id, "expected": revision, "next": revision + 1}
    # Past the session: an object that changed is looked at from all sides.
    taken = session.connection().execute(statement, {**given, **values}).rowcount
    if not taken:
        session.flush()
        session.refresh(sheet)
        return False
    for name, value in {"revision": revision + 1, **values}.items():
        set_committed_value(sheet, name, value)
    return True


def _store_ratings(sheet: Sheet, draft: SheetDraft) -> None:
    rows = {row.criterion: row for row in sheet.ratings}
    for rating in draft.ratings:
        row = rows.get(rating.criterion)
        if row is None:
            row = SheetRating(criterion=rating.criterion)
            sheet.ratings.append(row)
        said = rating.band, rating.not_observed, rating.comment
        if said != (row.band, row.not_observed, row.comment):  # else nothing to flush
            row.band, row.not_observed, row.comment = said


def _evidence(sheet: Sheet, submission: Submission, showing: Showing) -> Evidence:
    return Evidence(
        key=f"sheet:{sheet.public_id}:{showing.criterion}",
        subject_id=submission.subject_id,
        competency=showing.competency,
        indicator=showing.indicator,
        kind=showing.kind,
        source=SOURCE,
        score=showing.score,
        maximum=showing.maximum,
        steps=list(showing.steps),
        is_critical=showing.is_critical,
        work_kind=submission.work_kind,
        work_id=submission.work_id,
        criterion=showing.criterion,
        content_version_id=submission.content_version_id,
        rubric_version_id=sheet.rubric_version_id,
        rater_id=sheet.rater_id,
        # the occasion of the work's own rows: what hangs on one attempt is dependent
        episode=f"{submission.work_kind}:{submission.work_id}",
    )
