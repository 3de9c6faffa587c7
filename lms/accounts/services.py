"""What is done with people: register them, assign them, remember their choices."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.domain.address import normalise_address
from lms.accounts.models import Assignment, Organisation, Person, Profile, RoleGrant
from lms.accounts.passwords import Passwords
from lms.accounts.queries import find_person_by_email
from lms.audit.services import record_audit
from lms.errors import InvalidInputError, message
from lms.permissions import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is needed to register somebody."""

    name: str
    email: str
    roles: tuple[Role, ...]
    password: str | None = None
    name_kana: str = ""
    organisation: Organisation | None = None


def register_person(
    session: Session,
    new: NewPerson,
    *,
    passwords: Passwords,
    now: datetime,
    actor: UUID | None = None,
) -> Person:
    """Add a person who can sign in at once.

    Raises
    ------
    InvalidInputError
        The address is taken.
    """
    password_hash = passwords.hash(new.password) if new.password else None
    return add_person(session, new, password_hash=password_hash, now=now, actor=actor)


def add_person(
    session: Session,
    new: NewPerson,
    *,
    password_hash: str | None,
    now: datetime,
    actor: UUID | None,
) -> Person:
    """Add a person with a profile and roles.

    Parameters
    ----------
    actor : UUID or None
        Who registers; nobody for the server's operator.

    Raises
    ------
    InvalidInputError
        The address is taken.
    """
    if find_person_by_email(session, new.email) is not None:
        raise InvalidInputError(message("This e-mail address is already in use."))
    person = Person(
        organisation_id=new.organisation.id if new.organisation else None,
        created_at=now,
        profile=Profile(
            name=new.name,
            name_kana=new.name_kana,
            email=normalise_address(new.email),
            password_hash=password_hash,
        ),
        grants=[
            RoleGrant(role=role.value, granted_at=now, granted_by=actor)
            for role in new.roles
        ],
    )
    session.add(person)
    session.flush()  # others refer to the new id
    record_audit(
        session,
        "person.registered",
        ("person", person.subject_id),
        actor=actor,
        now=now,
        roles=[role.value for role in new.roles],
    )
    return person


def assign_learner(
    session: Session,
    supervisor: Person,
    learner: Person,
    *,
    now: datetime,
    actor: UUID | None = None,
) -> None:
    """Let a supervisor guide a learner."""
    session.add(
        Assignment(
            supervisor_id=supervisor.id,
            learner_id=learner.id,
            assigned_at=now,
            assigned_by=actor,
        )
    )
    record_audit(
        session,
        "learner.assigned",
        ("person", learner.subject_id),
        actor=actor,
        now=now,
        supervisor=str(supervisor.subject_id),
    )


def remember_locale(person: Person, locale: str) -> None:
    """Keep the language that a person chose, for pages and mails."""
    if person.profile is not None:
        person.profile.locale = locale
