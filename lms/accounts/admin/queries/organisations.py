"""Finding organisations for those who administer them."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Organisation, Person, Profile
from lms.errors import NotFoundError


def list_organisations(
    session: Session, *, with_archived: bool = False
) -> list[Organisation]:
    """Return organisations by name, those in use before the archived."""
    statement = select(Organisation).order_by(
        Organisation.archived_at.is_not(None), Organisation.name_ja, Organisation.id
    )
    if not with_archived:
        statement = statement.where(Organisation.archived_at.is_(None))
    return list(session.scalars(statement))


def count_members(session: Session) -> dict[int, int]:
    """Return how many people each organisation has, those disabled included."""
    rows = session.execute(
        select(Person.organisation_id, func.count())
        .join(Profile, Profile.person_id == Person.id)
        .where(Person.organisation_id.is_not(None))
        .group_by(Person.organisation_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def get_organisation(session: Session, public_id: UUID) -> Organisation:
    """Return an organisation.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = session.scalar(
        select(Organisation).where(Organisation.public_id == public_id)
    )
    if found is None:
        raise NotFoundError
    return found
