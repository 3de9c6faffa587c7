"""What is done with people: register, let in, remember their choices."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from lms.accounts.models import Assignment, Organisation, Person, Profile, RoleGrant
from lms.accounts.queries import find_person_by_email
from lms.errors import InvalidInputError, message
from lms.permissions import Role

# Compared with when nobody has the address, so that the answer takes as long.
_NOBODY_SECRET = "nobody"  # noqa: S105 - not a password


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is needed to register somebody."""

    name: str
    email: str
    roles: tuple[Role, ...]
    password: str | None = None
    name_kana: str = ""
    organisation: Organisation | None = None


class Passwords:
    """Argon2id hashes (RFC 9106) at the library's cost, or a cheap one for tests."""

    def __init__(self, *, cheap: bool = False) -> None:
        self._hasher = (
            PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
            if cheap
            else PasswordHasher()
        )

    def hash(self, password: str) -> str:
        """Return a salted hash."""
        return self._hasher.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Say whether the password is the one; as slow when there is none."""
        try:
            self._hasher.verify(password_hash or self._decoy(), password)
        except (VerifyMismatchError, InvalidHashError):
            return False
        return password_hash is not None

    @lru_cache(maxsize=1)  # noqa: B019 - one object for the whole process
    def _decoy(self) -> str:
        return self._hasher.hash(_NOBODY_SECRET)


def register_person(
    session: Session, new: NewPerson, *, passwords: Passwords, now: datetime
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
            password_hash=passwords.hash(new.password) if new.password else None,
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


def find_with_password(
    session: Session, email: str, password: str, *, passwords: Passwords
) -> Person | None:
    """Return who signs in with these, or nothing: never which of the two was wrong."""
    person = find_person_by_email(session, email)
    profile = person.profile if person else None
    if not passwords.matches(profile.password_hash if profile else None, password):
        return None
    return person if person and person.is_active else None


def remember_locale(person: Person, locale: str) -> None:
    """Keep the language that a person chose, for pages and mails."""
    if person.profile is not None:
        person.profile.locale = locale
