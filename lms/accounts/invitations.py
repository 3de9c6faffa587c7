"""Inviting people, who set their password through a mailed link."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.links import send_link
from lms.accounts.models import AccountLink, Person, Profile
from lms.accounts.services import NewPerson, add_person
from lms.accounts.ways_in import Purpose, lock_person
from lms.audit.services import record_audit
from lms.errors import InvalidInputError, message

# A second press on "invite again" is a double click, or somebody else's good deed.
_PAUSE = timedelta(minutes=1)


def invite_person(
    session: Session, new: NewPerson, *, actor: UUID | None, now: datetime
) -> Person:
    """Add a person without a password, and mail them the link to set one.

    Raises
    ------
    InvalidInputError
        The address is taken.
    """
    person = add_person(session, new, password_hash=None, now=now, actor=actor)
    _invite(session, person, actor=actor, now=now)
    return person


def resend_invitation(
    session: Session, person: Person, *, actor: UUID | None, now: datetime
) -> None:
    """Mail a new invitation to somebody who has not set a password yet.

    One that has just gone out and still opens is the new one, whoever sent it.

    Raises
    ------
    InvalidInputError
        They have, or may not sign in.
    """
    may_enter = lock_person(session, person.id)
    without_password = select(Profile.person_id).where(
        Profile.person_id == person.id, Profile.password_hash.is_(None)
    )
    if not may_enter or session.scalar(without_password) is None:
        raise InvalidInputError(
            message("This person needs no invitation: they can sign in, or must not.")
        )
    if not _was_just_invited(session, person.id, now=now):
        _invite(session, person, actor=actor, now=now)


def _was_just_invited(session: Session, person_id: int, *, now: datetime) -> bool:
    recent = select(AccountLink.id).where(
        AccountLink.person_id == person_id,
        AccountLink.purpose == Purpose.INVITATION.value,
        AccountLink.used_at.is_(None),
        AccountLink.superseded_at.is_(None),
        AccountLink.created_at > now - _PAUSE,
    )
    return session.scalar(recent.limit(1)) is not None


def _invite(
    session: Session, person: Person, *, actor: UUID | None, now: datetime
) -> None:
    send_link(session, person.id, Purpose.INVITATION, now=now)
    record_audit(
        session,
        "invitation.sent",
        ("person", person.subject_id),
        actor=actor,
        now=now,
    )
