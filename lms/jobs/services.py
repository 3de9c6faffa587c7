"""Putting mails into the outbox, and keeping what became of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, literal, select
from sqlalchemy.orm import Session

from lms.db import change_rows
from lms.jobs.models import OutboxMail

MAX_ATTEMPTS = 10
# Longer than any single sending can take; a mail whose worker was killed is due then.
_LEASE = timedelta(minutes=10)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
_INTERRUPTED = "Interrupted"


def post_mail(
    session: Session, kind: str, person_id: int, *, now: datetime, **values: Any
) -> None:
    """Let a person get a mail of this kind once the transaction is committed.

    Parameters
    ----------
    kind : str
        Name of a registered kind of mail, which writes subject and text when it is
        sent.
    **values
        JSON values that the kind needs: ids, never a secret; an address only as `to`,
        where the mail goes to one that the person has no more.
    """
    session.add(
        OutboxMail(
            person_id=person_id,
            kind=kind,
            values=values,
            created_at=now,
            next_attempt_at=now,
        )
    )


def post_mails(
    session: Session,
    kind: str,
    values: Mapping[int, Mapping[str, Any]],
    *,
    now: datetime,
) -> None:
    """Let many people get a mail of this kind, in one statement.

    Parameters
    ----------
    values : mapping
        What the kind needs, by the id of the person.
    """
    rows = [
        {
            "person_id": person_id,
            "kind": kind,
            "values": dict(given),
            "created_at": now,
            "next_attempt_at": now,
        }
        for person_id, given in values.items()
    ]
    if rows:
        session.execute(insert(OutboxMail), rows)


def post_mail_if_found(
    session: Session,
    kind: str,
    people: Select[int],
    *,
    now: datetime,
    **values: Any,
) -> None:
    """Let the one person whom a query may find by id get a mail of this kind.

    It is the same statement whether or not there is anybody, so that the time it takes
    does not tell.
    """
    table = OutboxMail.__table__.c
    row = {"kind": kind, "values": values, "created_at": now, "next_attempt_at": now}
    given = (literal(value, table[name].type) for name, value in row.items())
    session.execute(
        insert(OutboxMail).from_select(["person_id", *row], people.add_columns(*given))
    )


def withdraw_mails(
    session: Session, person_id: int, *which: ColumnElement[bool]
) -> int:
    """Delete a person's mails, or those that `which` picks; return how many."""
    return change_rows(
        session, delete(OutboxMail).where(OutboxMail.person_id == person_id, *which)
    )


def withdraw_waiting(session: Session, person_id: int, kinds: Iterable[str]) -> None:
    """Let no mail of these kinds go to a person any more.

    One that a worker is writing at this moment is waited for.
    """
    withdraw_mails(
        session, person_id, OutboxMail.sent_at.is_(None), OutboxMail.kind.in_(kinds)
    )


def forget_mails(session: Session, before: datetime) -> int:
    """Delete what was sent before a moment; return how many rows."""
    return change_rows(session, delete(OutboxMail).where(OutboxMail.sent_at < before))


def claim_mail(session: Session, *, now: datetime) -> OutboxMail | None:
    """Take the mail that has been due longest, so that no other worker sends it.

    The claim is a lease: a worker that dies after it leaves a mail that is due again.
    """
    mail = session.scalar(
        select(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.next_attempt_at <= now)
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if mail is not None:
        mail.attempts += 1
        mail.next_attempt_at = now + _LEASE
        mail.last_error = _INTERRUPTED  # until the worker says otherwise
    return mail


def mark_sent(mail: OutboxMail, *, now: datetime) -> None:
    """Keep that the mail has left; it never leaves again."""
    mail.sent_at = now
    _settle(mail)


def drop_mail(mail: OutboxMail) -> None:
    """Give a mail up that has nobody to go to any more: no failure."""
    _settle(mail)


def _settle(mail: OutboxMail) -> None:
    mail.next_attempt_at = mail.last_error = None
    mail.values = {key: value for key, value in mail.values.items() if key != "to"}


def postpone_mail(mail: OutboxMail, error: str, *, now: datetime) -> None:
    """Try again later, each time twice as late; after the last attempt give up.

    Parameters
    ----------
    error : str
        Class of the error; its text could hold an address.
    """
    mail.last_error = error
    if mail.attempts >= MAX_ATTEMPTS:
        _settle(mail)
        mail.last_error = error
        return
    pause = _FIRST_PAUSE * 2 ** (mail.attempts - 1)
    mail.next_attempt_at = now + min(pause, _LONGEST_PAUSE)
