"""Putting mails into the outbox, in the transaction of the act that causes them."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

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
