"""A person's credentials: taken along; they name nobody and stay verifiable."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.credentials.models import Credential


class CredentialData:
    """Credentials as they were signed, with what happened to them."""

    name = "credentials"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return every credential with its signed form."""
        rows = session.scalars(
            select(Credential)
            .where(Credential.subject_id == person.subject_id)
            .order_by(Credential.id)
        )
        return [
            {
                **plain_row(row, without=("decision_id",)),
                "events": [
                    plain_row(event, without=("credential_id",)) for event in row.events
                ],
            }
            for row in rows
        ]

    def erase(self, _session: Session, _person: Person) -> int:
        """Keep them: third parties hold copies, and each names a random id only."""
        return 0
