"""Sending what is due: at least once, and never again once it is marked as sent."""

import logging
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy.orm import Session

from lms.db import Database
from lms.jobs.carriers import Carrier, write_mail
from lms.jobs.mail import MailRegistry
from lms.jobs.models import OutboxMail
from lms.jobs.queries import is_mail_due
from lms.jobs.services import (
    MAX_ATTEMPTS,
    claim_mail,
    drop_mail,
    mark_sent,
    postpone_mail,
)
from lms.settings import Settings

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class DeliveryResult:
    """What became of the mails that were due."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """Return how many mails were taken."""
        return self.sent + self.dropped + self.failed


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Everything that delivery needs beside the database."""

    registry: MailRegistry
    carrier: Carrier
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A mail that this worker alone may send now; without text if it is settled."""

    id: int
    kind: str
    mail: EmailMessage | None
    has_failed: bool = False


def deliver_due(
    database: Database, office: PostOffice, *, now: datetime, limit: int = 50
) -> DeliveryResult:
    """Send mails that are due, each claimed, sent and marked on its own.

    No transaction is open while a mail is on its way: a slow server holds up nobody.
    """
    result = DeliveryResult()
    while result.total < limit and _is_due(database, now=now):
        with database.transaction() as session:
            claimed = _claim(session, office, now=now)
        if claimed is None:
            break
        if claimed.has_failed:
            result.failed += 1
        elif claimed.mail is None:
            result.dropped += 1
        elif _send(database, office.carrier, claimed, claimed.mail, now=now):
            result.sent += 1
        else:
            result.failed += 1
    return result


def _is_due(database: Database, *, now: datetime) -> bool:
    with database.session() as session:
        return is_mail_due(session, now=now)


def _claim(session: Session, office: PostOffice, *, now: datetime) -> _Claimed | None:
    row = claim_mail(session, now=now)
    if row is None:
        return None
    if row.attempts > MAX_ATTEMPTS:  # its worker was killed each time
        postpone_mail(row, row.last_error or "", now=now)
        return _Claimed(row.id, row.kind, None, has_failed=True)
    try:
        with session.begin_nested():
            letter = office.registry[row.kind].compose(
                session, row.person_id, row.values
            )
        mail = write_mail(letter, row, office.settings, now=now) if letter else None
    except Exception as error:  # one kind's fault must not hold up the others
        _postpone(row, error, now=now)
        return _Claimed(row.id, row.kind, None, has_failed=True)
    if mail is None:
        drop_mail(row)
    return _Claimed(row.id, row.kind, mail)


def _send(
    database: Database,
    carrier: Carrier,
    claimed: _Claimed,
    mail: EmailMessage,
    *,
    now: datetime,
) -> bool:
    try:
        carrier.carry(mail)
    except (OSError, ValueError) as error:  # SMTPException is an OSError
        with database.transaction() as session:
            if (row := session.get(OutboxMail, claimed.id)) is not None:
                _postpone(row, error, now=now)
        return False
    with database.transaction() as session:  # the row goes when the person is erased
        if (row := session.get(OutboxMail, claimed.id)) is not None:
            mark_sent(row, now=now)
    _log.info("a mail of kind %s was sent", claimed.kind)
    return True


def _postpone(row: OutboxMail, error: Exception, *, now: datetime) -> None:
    """Keep and log the class of an error; its text may name an address."""
    name = type(error).__name__
    postpone_mail(row, name, now=now)
    _log.warning("a mail of kind %s was not sent: %s", row.kind, name)
