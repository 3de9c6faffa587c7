"""What an old copy of the database must not bring back to life."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.models import AccountLink, SignIn

RESTORED = "restored"


def shut_everybody_out(session: Session, *, now: datetime) -> None:
    """End all stays and void all mailed links that were open when a copy was made.

    Some of them were ended or used since, and the copy does not know it.
    """
    session.execute(
        update(SignIn)
        .where(SignIn.ended_at.is_(None))
        .values(ended_at=now, end_reason=RESTORED)
    )
    session.execute(
        update(AccountLink)
        .where(AccountLink.used_at.is_(None), AccountLink.superseded_at.is_(None))
        .values(superseded_at=now)
    )
