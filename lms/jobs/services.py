"""Putting mails into the outbox, in the transaction of the act that causes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.db import change_rows
from lms.jobs.models import OutboxMail


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
        JSON values that the kind needs: ids, never an address or a secret.
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


def withdraw_mails(session: Session, person_id: int) -> int:
    """Delete the mails of somebody who is erased; return how many there were."""
    return change_rows(
        session, delete(OutboxMail).where(OutboxMail.person_id == person_id)
    )


def forget_mails(session: Session, before: datetime) -> int:
    """Delete what was sent before a moment; return how many rows."""
    return change_rows(session, delete(OutboxMail).where(OutboxMail.sent_at < before))
