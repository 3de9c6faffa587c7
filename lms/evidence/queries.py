"""Reading evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from lms.db import read_rows, stream_rows
from lms.evidence.models import Evidence, Supersession

# In columns: a record reads dozens of rows and changes none.
_ALL = select(
    *Evidence.__table__.columns,
    Supersession.by_id.label("superseded_by"),
    Supersession.recorded_at.label("superseded_at"),
).outerjoin(Supersession, Supersession.evidence_id == Evidence.id)
_OF_LEARNER = _ALL.where(Evidence.subject_id == bindparam("subject_id")).order_by(
    Evidence.id
)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A row of evidence, and the row that took its place, if any.

    Attributes
    ----------
    row : Row
        The columns of `Evidence`.
    """

    row: Any
    superseded_by: int | None
    superseded_at: datetime | None


def list_evidence(session: Session, subject_id: UUID) -> list[EvidenceRow]:
    """Return all evidence on one learner, oldest first, with what replaced it."""
    return _entries(read_rows(session, _OF_LEARNER, {"subject_id": subject_id}))


def stream_evidence(
    session: Session, subjects: Select[UUID]
) -> Iterator[tuple[UUID, list[EvidenceRow]]]:
    """Go through the evidence on many learners, one learner at a time.

    One query, of which only a piece is in memory: the session must be in a
    transaction, see `stream_rows`. Learners without evidence are left out.

    Parameters
    ----------
    subjects : Select
        Whose evidence: a query for subject ids.
    """
    statement = _ALL.where(Evidence.subject_id.in_(subjects)).order_by(
        Evidence.subject_id, Evidence.id
    )
    rows = stream_rows(session, statement)
    for subject_id, own in groupby(rows, attrgetter("subject_id")):
        yield subject_id, _entries(own)


def _entries(rows: Iterable[Row[Any]]) -> list[EvidenceRow]:
    return [EvidenceRow(row, row.superseded_by, row.superseded_at) for row in rows]
