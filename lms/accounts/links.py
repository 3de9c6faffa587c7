"""Mailed links with which a person sets a password: sent, opened, used once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session, joinedload

from lms.accounts.models import AccountLink, Person
from lms.accounts.passwords import keep_password, tell_of_password
from lms.accounts.queries import find_entrant
from lms.accounts.sign_ins import end_sign_ins
from lms.accounts.ways_in import (
    Purpose,
    close_mailed_ways,
    lock_person,
    void_links,
)
from lms.audit.services import record_audit
from lms.db import change_rows
from lms.errors import LmsError, message
from lms.jobs.services import post_mail, post_mail_if_found

LIFETIMES = {
    Purpose.INVITATION: timedelta(days=7),
    Purpose.RESET: timedelta(hours=1),
}
_PATHS = {
    Purpose.INVITATION: "/sign-in/invitation/",
    Purpose.RESET: "/sign-in/reset/",
}


class DeadLinkError(LmsError):
    """The link was used, has run out, was replaced, or never was one."""

    status = 404
    default = message("This link does not work any more.")


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Makes and reads the part of a mailed address that opens it.

    It is the link's random id, signed with the installation's secret, which neither
    the database nor the outbox holds.
    """

    secret_key: str

    def sign(self, link: AccountLink) -> str:
        """Return the token of a link; the same each time, as a mail may go twice."""
        return str(self._serializer(Purpose(link.purpose)).dumps(link.public_id.hex))

    def address(self, link: AccountLink, *, public_url: str) -> str:
        """Return the address that a mail carries."""
        return public_url + _PATHS[Purpose(link.purpose)] + self.sign(link)

    def read(self, token: str, purpose: Purpose) -> UUID:
        """Return the id of the link that a token opens.

        Raises
        ------
        DeadLinkError
            Nobody signed it for this purpose.
        """
        try:
            return UUID(hex=self._serializer(purpose).loads(token))
        except (BadSignature, ValueError, TypeError, AttributeError) as error:
            raise DeadLinkError from error

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret_key, salt=f"account-link/{purpose}")


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """From what a link is made: its random id was chosen when it was asked for."""

    person_id: int
    purpose: Purpose
    public_id: UUID
    asked_at: datetime


def send_link(
    session: Session, person_id: int, purpose: Purpose, *, now: datetime
) -> None:
    """Mail a person a new link; earlier ones for the same purpose open nothing more."""
    lock_person(session, person_id)
    request = LinkRequest(person_id, purpose, uuid4(), asked_at=now)
    _add_link(session, request, now=now)
    link = str(request.public_id)
    post_mail(session, purpose.value, person_id, now=now, link=link)


def request_reset(session: Session, email: str, *, now: datetime) -> None:
    """Mail a link if somebody who may sign in has this address, and say nothing.

    The same statements run in either case, so that the time of the answer does not
    tell: what is left is to store the one row of the mail. Its letter makes the link.
    """
    found = find_entrant(session, email)
    whose = found.subject_id if found and found.is_enabled else None
    post_mail_if_found(
        session,
        Purpose.RESET.value,
        select(Person.id).where(Person.subject_id == (whose or uuid4())),
        now=now,
        link=str(uuid4()),
        asked_at=now.isoformat(),
    )
    of = ("person", whose or "unknown")
    record_audit(session, "reset.requested", of, actor=None, now=now)


def get_requested_link(
    session: Session, request: LinkRequest, *, now: datetime
) -> AccountLink:
    """Return the link of a letter that is being written, and make it the first time.

    A letter is written again after a sending that failed: the id, which the request
    chose, keeps it to one link. Earlier links open nothing more.

    Raises
    ------
    DeadLinkError
        It cannot be used any more, a later request was faster, or the person may not
        sign in.
    OperationalError
        Somebody changes the person at this moment. They may be waiting for the mail,
        which the worker holds, to withdraw it: so the letter waits for its next turn.
    """
    if not lock_person(session, request.person_id, waits=False):
        raise DeadLinkError
    made_or_outrun = select(AccountLink.id).where(
        AccountLink.person_id == request.person_id,
        AccountLink.purpose == request.purpose.value,
        or_(
            AccountLink.public_id == request.public_id,
            AccountLink.created_at > request.asked_at,
        ),
    )
    if session.scalar(made_or_outrun.limit(1)) is None:
        _add_link(session, request, now=now)
    return get_open_link(session, request.public_id, request.purpose, now=now)


def get_open_link(
    session: Session, public_id: UUID, purpose: Purpose, *, now: datetime
) -> AccountLink:
    """Return a link that can still be used, with its person.

    Raises
    ------
    DeadLinkError
        It cannot, or its person may not sign in.
    """
    link = session.scalar(
        select(AccountLink)
        .join(AccountLink.person)
        .options(joinedload(AccountLink.person).joinedload(Person.profile))
        .where(Person.is_enabled, *_is_open(public_id, purpose, now))
    )
    if link is None or link.person.profile is None:
        raise DeadLinkError
    return link


def use_link(
    session: Session,
    public_id: UUID,
    purpose: Purpose,
    *,
    password_hash: str,
    now: datetime,
) -> Person:
    """Set the password for which a link was mailed, and end everything older.

    Raises
    ------
    DeadLinkError
        Somebody was faster, or the link cannot be used any more.
    """
    link = session.scalar(select(AccountLink).where(AccountLink.public_id == public_id))
    if link is None or not lock_person(session, link.person_id):
        raise DeadLinkError
    taken = change_rows(
        session,
        update(AccountLink)
        .where(*_is_open(public_id, purpose, now))
        .values(used_at=now),
    )
    if not taken:  # the other of two at once finds nothing to change
        raise DeadLinkError
    person = link.person
    keep_password(person, password_hash)
    close_mailed_ways(session, person.id, but=link.id, now=now)
    end_sign_ins(session, person.id, now=now, reason=f"{purpose}_used")
    if purpose is Purpose.RESET:
        tell_of_password(session, person, "password.reset", now=now)
    else:
        record_audit(
            session,
            "invitation.accepted",
            ("person", person.subject_id),
            actor=person.subject_id,
            now=now,
        )
    return person


def _add_link(session: Session, request: LinkRequest, *, now: datetime) -> None:
    purpose = request.purpose
    which = AccountLink.purpose == purpose.value
    void_links(session, request.person_id, which, now=now)
    session.add(
        AccountLink(
            public_id=request.public_id,
            person_id=request.person_id,
            purpose=purpose.value,
            created_at=request.asked_at,
            expires_at=request.asked_at + LIFETIMES[purpose],
        )
    )


def _is_open(
    public_id: UUID, purpose: Purpose, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    return (
        AccountLink.public_id == public_id,
        AccountLink.purpose == purpose.value,
        AccountLink.used_at.is_(None),
        AccountLink.superseded_at.is_(None),
        AccountLink.expires_at > now,
    )
