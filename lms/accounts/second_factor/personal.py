"""What is held of a person's second factor: told, never handed out; erased whole."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.accounts.second_factor.models import RecoveryCode, SecondFactor
from lms.db import change_rows


class SecondFactorData:
    """When the app was set up and when recovery codes were made and used."""

    name = "second_factor"

    def export(self, session: Session, person: Person) -> dict[str, Any]:
        """Return the moments; a secret in a file would be one that others can read."""
        return {
            "apps": [
                plain_row(row, without=("person_id", "sealed_secret"))
                for row in session.scalars(
                    select(SecondFactor)
                    .where(SecondFactor.person_id == person.id)
                    .order_by(SecondFactor.id)
                )
            ],
            "recovery_codes": [
                plain_row(row, without=("person_id", "digest"))
                for row in session.scalars(
                    select(RecoveryCode)
                    .where(RecoveryCode.person_id == person.id)
                    .order_by(RecoveryCode.id)
                )
            ],
        }

    def erase(self, session: Session, person: Person) -> int:
        """Delete the secret and the codes."""
        return sum(
            change_rows(session, delete(row).where(row.person_id == person.id))
            for row in (SecondFactor, RecoveryCode)
        )
