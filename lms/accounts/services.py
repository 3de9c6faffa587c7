"""What is done with people: register them, assign them, remember their choices."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.models import Assignment, Organisation, Person, Profile, RoleGrant
from lms.accounts.passwords import Passwords
from lms.accounts.queries import find_person_by_email
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
    session: Session, new: NewPerson, *, passwords: Passwords, now: datetime
) -> Person:
    """Add a person who can sign in at once.

    Raises
    ------
    InvalidInputError
        The address is taken.
    """
    password_hash = passwords.hash(new.password) if new.password else None
    return add_person(session, new, password_hash=password_hash, now=now)


def add_person(
    session: Session, new: NewPerson, *, password_hash: str | None, now: datetime
) -> Person:
    """Add a person with a profile and roles.

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
            email=new.email.strip().lower(),
            password_hash=password_hash,
        ),
        grants=[RoleGrant(role=role.value, granted_at=now) for role in new.roles],
    )
    session.add(person)
    session.flush()  # others refer to the new id
    return person


def assign_learner(
    session: Session, supervisor: Person, learner: Person, *, now: datetime
) -> None:
    """Let a supervisor guide a learner."""
    session.add(
        Assignment(supervisor_id=supervisor.id, learner_id=learner.id, assigned_at=now)
    )


def remember_locale(person: Person, locale: str) -> None:
    """Keep the language that a person chose, for pages and mails."""
    if person.profile is not None:
        person.profile.locale = locale
