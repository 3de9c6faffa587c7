"""Give a sheet back to the learner: what it shows becomes evidence."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from lms.audit.services import record_audit
from lms.clock import local_day
from lms.content.domain import digest_of
from lms.content.queries import Published
from lms.errors import InvalidInputError, message
from lms.evidence.domain import SubmittedWork
from lms.evidence.models import Evidence
from lms.evidence.services import record_evidence, supersede_automatic
from lms.framework.domain import Criterion
from lms.grading.domain import (
    MARK_COLUMNS,
    SOURCE,
    SheetDraft,
    Showing,
    evidence_of,
    key_of,
    marking_document,
    missing_criteria,
)
from lms.grading.queries.sheets import StoredSheet, get_sheet, help_given_in
from lms.grading.services.keeping import (
    TAKING,
    StaleSheetError,
    draft_of,
    take_revision,
)

_RETURN = TAKING.values(returned_at=bindparam("returned_at"))


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


def return_sheet(
    session: Session,
    sheet: StoredSheet,
    *,
    submission: SubmittedWork,
    rubric: Published,
    time_zone: str,
    now: datetime,
) -> StoredSheet:
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
        return sheet
    draft = draft_of(sheet, rubric.content)
    missing = missing_criteria(rubric.content, draft)
    if missing:
        raise IncompleteSheetError(missing)
    values = {"returned_at": now}
    returned = take_revision(session, _RETURN, sheet, values)
    if returned is None:
        found = get_sheet(session, sheet.id)
        if found.returned_at is None:
            raise StaleSheetError(draft_of(found, rubric.content), draft)
        return found
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
        digest=digest_of(_marking(draft, kept)),
    )
    return returned


def _marking(draft: SheetDraft, rows: Iterable[Evidence]) -> dict[str, Any]:
    return marking_document(
        [asdict(rating) for rating in draft.ratings],
        [{name: getattr(row, name) for name in MARK_COLUMNS} for row in rows],
    )


def _evidence(
    sheet: StoredSheet, submission: SubmittedWork, showing: Showing
) -> Evidence:
    return Evidence(
        key=key_of(sheet.public_id, showing.criterion),
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
