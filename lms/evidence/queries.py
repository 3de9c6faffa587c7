"""Reading evidence."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, bindparam, cast, or_, select
from sqlalchemy.orm import Session

from lms.db import read_rows, stream_rows
from lms.evidence.domain import SubmittedWork
from lms.evidence.models import Evidence, Submission, Supersession

# In columns: a record reads dozens of rows and changes none. Whose they are is known.
_COLUMNS = (
    *(
        column
        for column in Evidence.__table__.columns
        if column.key not in ("key", "subject_id", "steps")
    ),
    cast(Evidence.steps, Text).label("steps"),  # the same few lists again and again
    Supersession.by_id.label("superseded_by"),
    Supersession.recorded_at.label("superseded_at"),
)
_REPLACED = Supersession.evidence_id == Evidence.id
_OF_LEARNER = (
    select(*_COLUMNS)
    .outerjoin(Supersession, _REPLACED)
    .where(Evidence.subject_id == bindparam("subject_id"))
    .order_by(Evidence.id)
)
_OF_LEARNER_IN_FORCE = _OF_LEARNER.where(
    or_(
        Supersession.recorded_at.is_(None),
        Supersession.recorded_at > bindparam("moment"),
        Evidence.is_critical,
    )
)

# In columns too: marking reads a hand-in with each draft, and never changes it.
SUBMITTED = tuple(getattr(Submission, name) for name in SubmittedWork._fields)
_HANDED_IN = select(*SUBMITTED).where(
    Submission.work_kind == bindparam("work_kind"),
    Submission.work_id == bindparam("work_id"),
)


def submitted_in(row: Sequence[Any]) -> SubmittedWork:
    """Return the hand-in of a row that begins with the columns `SUBMITTED`."""
    return SubmittedWork._make(row[: len(SUBMITTED)])


def find_submission(
    session: Session, work_kind: str, work_id: UUID
) -> SubmittedWork | None:
    """Return the hand-in of a work, or nothing."""
    given = {"work_kind": work_kind, "work_id": work_id}
    rows = read_rows(session, _HANDED_IN, given)
    return submitted_in(rows[0]) if rows else None


def list_evidence(
    session: Session, subject_id: UUID, *, in_force_at: datetime | None = None
) -> Sequence[Row[Any]]:
    """Return the evidence on one learner, oldest first.

    The columns of `Evidence` but `key` and `subject_id`, with `steps` as text, and
    those of the row that took its place, if any: `superseded_by`, `superseded_at`.

    Parameters
    ----------
    in_force_at : datetime, optional
        Leave out the rows in whose place another one stood by then; not critical
        ones, which a panel looks at in any case.
    """
    if in_force_at is None:
        return read_rows(session, _OF_LEARNER, {"subject_id": subject_id})
    given = {"subject_id": subject_id, "moment": in_force_at}
    return read_rows(session, _OF_LEARNER_IN_FORCE, given)


def stream_evidence(
    session: Session, learners: Select[UUID, Any]
) -> Iterator[tuple[UUID, list[Row[Any]]]]:
    """Go through learners and all evidence on each, one learner at a time.

    One query, of which only a piece is in memory: the session must be in a
    transaction, see `stream_rows`.

    Parameters
    ----------
    learners : Select
        A query for subject ids and what orders them, each once; a learner without
        evidence comes too.
    """
    asked = learners.subquery()
    learner, place = asked.columns
    statement = (
        select(learner.label("learner"), *_COLUMNS)
        .select_from(asked)
        .outerjoin(Evidence, Evidence.subject_id == learner)
        .outerjoin(Supersession, _REPLACED)
        .order_by(place, Evidence.id)
    )
    rows = stream_rows(session, statement)
    for subject_id, own in groupby(rows, attrgetter("learner")):
        yield subject_id, [row for row in own if row.id is not None]
