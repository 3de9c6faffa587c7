"""A learner's evidence and hand-ins: taken along; they name nobody and stay."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.evidence.models import Evidence, Submission

_INNER = ("content_version_id", "rubric_version_id")


class EvidenceData:
    """Rows of evidence: points and versions, no free text."""

    name = "evidence"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return every row, superseded ones too."""
        return _rows_of(session, Evidence, person)

    def erase(self, _session: Session, _person: Person) -> int:
        """Keep the rows: estimates and packs are recomputed from them."""
        return 0


class SubmissionData:
    """Which work was handed in for marking, and when."""

    name = "submissions"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return every hand-in, marked or not."""
        return _rows_of(session, Submission, person)

    def erase(self, _session: Session, _person: Person) -> int:
        """Keep the rows: sheets are about them."""
        return 0


def _rows_of(
    session: Session, table: type[Evidence | Submission], person: Person
) -> list[dict[str, Any]]:
    mine = table.subject_id == person.subject_id
    rows = session.scalars(select(table).where(mine).order_by(table.id))
    return [plain_row(row, without=_INNER) for row in rows]
