"""A learner's evidence: taken along; it names nobody and stays."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.evidence.models import Evidence


class EvidenceData:
    """Rows of evidence: points and versions, no free text."""

    name = "evidence"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return every row, superseded ones too."""
        rows = session.scalars(
            select(Evidence)
            .where(Evidence.subject_id == person.subject_id)
            .order_by(Evidence.id)
        )
        hidden = ("content_version_id", "rubric_version_id")
        return [plain_row(row, without=hidden) for row in rows]

    def erase(self, _session: Session, _person: Person) -> int:
        """Keep the rows: estimates and packs are recomputed from them."""
        return 0
