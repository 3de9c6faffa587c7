"""A learner's answers to items: taken along; they name nobody and stay."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.assessment.models import Response


class ResponseData:
    """Answers to items: options chosen, no free text."""

    name = "answers"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return every answer."""
        rows = session.scalars(
            select(Response)
            .where(Response.subject_id == person.subject_id)
            .order_by(Response.id)
        )
        return [plain_row(row, without=("item_version_id",)) for row in rows]

    def erase(self, _session: Session, _person: Person) -> int:
        """Keep the answers: they hold options and points under a random id."""
        return 0
