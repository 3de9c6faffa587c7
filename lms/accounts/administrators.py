"""The last administrator: somebody must stay who can administer people."""

from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, Profile, RoleGrant
from lms.accounts.queries import has_way_in
from lms.errors import ConflictError, message
from lms.permissions import Role


class LastAdministratorError(ConflictError):
    """Nobody would be left who can administer people."""

    default: ClassVar[str] = message(
        "This is the last administrator who can sign in. Invite another one, who "
        "must set a password first."
    )


def ensure_another_administrator(session: Session, person: Person) -> None:
    """Refuse to take away the last one; of two acts at once the second waits here.

    Who was merely invited takes the place of nobody who can sign in.

    Raises
    ------
    LastAdministratorError
        Nobody else could administer people.
    """
    if Role.ADMINISTRATOR not in person.roles:
        return
    present = session.execute(
        select(RoleGrant.person_id, has_way_in())
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Profile, Profile.person_id == Person.id)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR.value,
            RoleGrant.revoked_at.is_(None),
            Person.is_enabled,
        )
        .order_by(RoleGrant.id)
        .with_for_update()
    )
    can_enter = {holder: bool(can) for holder, can in present}
    is_loss = can_enter.pop(person.id, False)
    if not (any(can_enter.values()) if is_loss else can_enter):
        raise LastAdministratorError
