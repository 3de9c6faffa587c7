"""A person's requests to be erased: taken along; what was written in them goes."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.db import change_rows
from lms.privacy.models import ErasureRequest


class RequestData:
    """Every request, with the words of the person and of whoever declined it."""

    name = "erasure_requests"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return the requests, oldest first."""
        rows = session.scalars(
            select(ErasureRequest)
            .where(ErasureRequest.subject_id == person.subject_id)
            .order_by(ErasureRequest.id)
        )
        return [plain_row(row) for row in rows]

    def erase(self, session: Session, person: Person) -> int:
        """Blank the words; that somebody asked, and what became of it, stays."""
        written = update(ErasureRequest).where(
            ErasureRequest.subject_id == person.subject_id,
            ErasureRequest.reason != "",
        )
        return change_rows(session, written.values(reason=""))
