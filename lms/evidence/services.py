"""Recording evidence; producers call this in their own transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.evidence.models import Evidence, Submission, Supersession
from lms.evidence.queries import find_submission

AUTOMATIC_SOURCES = ("choice", "task", "omission")


def record_evidence(session: Session, rows: Iterable[Evidence]) -> list[Evidence]:
    """Add rows; a showing that is already recorded stays as it is."""
    new = list(rows)
    known = set(
        session.scalars(
            select(Evidence.key).where(Evidence.key.in_([row.key for row in new]))
        )
    )
    added = [row for row in new if row.key not in known]
    session.add_all(added)
    session.flush()  # supersessions name the new ids
    return added


def supersede_automatic(
    session: Session, by: Evidence, *, now: datetime
) -> Sequence[int]:
    """Let a rater's row take the place of what the case observed by itself.

    Only rows of the same work and criterion are touched. A critical flag on a
    superseded row stays open: only a panel clears it (`decisions`).
    """
    replaced = session.scalars(
        select(Evidence.id)
        .outerjoin(Supersession, Supersession.evidence_id == Evidence.id)
        .where(
            Evidence.work_id == by.work_id,
            Evidence.criterion == by.criterion,
            Evidence.source.in_(AUTOMATIC_SOURCES),
            Supersession.by_id.is_(None),
        )
    ).all()
    session.add_all(
        Supersession(evidence_id=number, by_id=by.id, recorded_at=now)
        for number in replaced
    )
    return replaced


def submit_work(session: Session, submission: Submission) -> None:
    """Hand work in for marking; handing it in again changes nothing."""
    if find_submission(session, submission.work_kind, submission.work_id) is None:
        session.add(submission)
