"""Which accounts at providers a person has linked; erased whole."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.accounts.single_sign_on.models import ExternalIdentity
from lms.accounts.ways_in import untie_identities


class ExternalIdentityData:
    """The provider, its id for the person, and since when."""

    name = "external_identities"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return the links."""
        rows = session.scalars(
            select(ExternalIdentity)
            .where(ExternalIdentity.person_id == person.id)
            .order_by(ExternalIdentity.id)
        )
        return [plain_row(row, without=("person_id",)) for row in rows]

    def erase(self, session: Session, person: Person) -> int:
        """Delete the links: the provider's id names a person."""
        return untie_identities(session, person.id)
