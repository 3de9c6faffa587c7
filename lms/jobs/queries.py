"""How the outbox stands, for those who look after the installation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.jobs.models import OutboxMail


@dataclass(frozen=True, slots=True)
class OutboxState:
    """What waits and what failed.

    Attributes
    ----------
    waiting : int
        Mails that will be tried, now or later.
    given_up : int
        Mails that failed so often that nobody tries any more.
    oldest_due_at : datetime or None
        Since when the mail that is due longest has been due.
    """

    waiting: int
    given_up: int
    oldest_due_at: datetime | None


def is_mail_due(session: Session, *, now: datetime) -> bool:
    """Say whether a mail is due, without the lock that taking one needs."""
    return (
        session.scalar(
            select(OutboxMail.id)
            .where(OutboxMail.sent_at.is_(None), OutboxMail.next_attempt_at <= now)
            .limit(1)
        )
        is not None
    )


def get_outbox_state(session: Session) -> OutboxState:
    """Count what has not been sent."""
    due = OutboxMail.next_attempt_at
    waiting, oldest = session.execute(
        select(func.count(due), func.min(due)).where(OutboxMail.sent_at.is_(None))
    ).one()
    given_up = session.scalar(
        select(func.count())
        .select_from(OutboxMail)
        .where(
            OutboxMail.sent_at.is_(None),
            due.is_(None),
            OutboxMail.last_error.is_not(None),
        )
    )
    return OutboxState(waiting, given_up or 0, oldest)
