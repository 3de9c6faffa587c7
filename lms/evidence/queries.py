"""Reading evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.db import read_rows
from lms.evidence.models import Evidence, Supersession

# In columns: a record reads dozens of rows and changes none.
_OF_LEARNERS = (
    select(
        *Evidence.__table__.columns,
        Supersession.by_id.label("superseded_by"),
        Supersession.recorded_at.label("superseded_at"),
    )
    .outerjoin(Supersession, Supersession.evidence_id == Evidence.id)
    .where(Evidence.subject_id.in_(bindparam("subjects", expanding=True)))
    .order_by(Evidence.id)
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
    return _rows(session, [subject_id])


def list_evidence_of(
    session: Session, subject_ids: Iterable[UUID]
) -> dict[UUID, list[EvidenceRow]]:
    """Return the evidence on several learners in one query."""
    wanted = list(subject_ids)
    found: dict[UUID, list[EvidenceRow]] = {subject: [] for subject in wanted}
    for entry in _rows(session, wanted):
        found[entry.row.subject_id].append(entry)
    return found


def _rows(session: Session, subject_ids: list[UUID]) -> list[EvidenceRow]:
    rows = read_rows(session, _OF_LEARNERS, {"subjects": subject_ids})
    return [EvidenceRow(row, row.superseded_by, row.superseded_at) for row in rows]
