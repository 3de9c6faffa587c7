"""Hashes of passwords, and setting one."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from lms.accounts.domain import MAX_CHARACTERS, normalise_password
from lms.accounts.models import Person
from lms.accounts.sign_ins import end_sign_ins
from lms.accounts.ways_in import close_mailed_ways, lock_person
from lms.audit.services import record_audit
from lms.errors import NotFoundError
from lms.jobs.services import post_mail

# Compared with when nobody has the address, so that the answer takes as long.
_NOBODY_SECRET = "nobody"  # noqa: S105 - not a password


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
        return self._hasher.hash(normalise_password(password))

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Say whether the password is the one; as slow when there is none."""
        is_possible = password_hash is not None and len(password) <= MAX_CHARACTERS
        tried = normalise_password(password) if is_possible else ""
        try:
            self._hasher.verify(password_hash or self._decoy(), tried)
        except (VerifyMismatchError, InvalidHashError):
            return False
        return is_possible

    def is_outdated(self, password_hash: str) -> bool:
        """Say whether the hash was made at another cost than the present one."""
        return self._hasher.check_needs_rehash(password_hash)

    @lru_cache(maxsize=1)  # noqa: B019 - one object for the whole process
    def _decoy(self) -> str:
        return self._hasher.hash(_NOBODY_SECRET)


def change_password(
    session: Session,
    person: Person,
    password_hash: str,
    *,
    now: datetime,
    except_id: int | None = None,
) -> None:
    """Set a person's own new password, and end whatever else could let somebody in.

    Stays in other browsers end, and links that are on their way open nothing more:
    who changes a password may do so because somebody else reads their mail.
    """
    lock_person(session, person.id)  # first, as whoever changes an account does
    keep_password(person, password_hash)
    close_mailed_ways(session, person.id, now=now)
    end_sign_ins(
        session, person.id, now=now, reason="password_changed", except_id=except_id
    )
    tell_of_password(session, person, "password.changed", now=now)


def keep_password(person: Person, password_hash: str) -> None:
    """Store a hash in place of the former one.

    Raises
    ------
    NotFoundError
        The person has been erased.
    """
    if person.profile is None:
        raise NotFoundError
    person.profile.password_hash = password_hash


def tell_of_password(
    session: Session, person: Person, action: str, *, now: datetime
) -> None:
    """Record that a password was set anew, and let its owner know by mail."""
    subject: UUID = person.subject_id
    record_audit(session, action, ("person", subject), actor=subject, now=now)
    post_mail(session, "password_changed", person.id, now=now)
