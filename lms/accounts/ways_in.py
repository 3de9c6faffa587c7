"""Ways into an account beside its password: mailed links, and ties to a provider."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.orm import Session

from lms.accounts.models import AccountLink, Person
from lms.accounts.single_sign_on.models import ExternalIdentity
from lms.db import change_rows
from lms.jobs.services import withdraw_waiting


class Purpose(StrEnum):
    """What a link is for; also the name of the mail that carries it."""

    INVITATION = "invitation"
    RESET = "reset"


def lock_person(session: Session, person_id: int, *, waits: bool = True) -> bool:
    """Let each who changes an account or its ways in see what the one before did.

    Say whether the person may sign in. It comes before everything else that is locked,
    or two would wait for each other.

    Raises
    ------
    OperationalError
        Somebody else has the lock, and this one does not wait.
    """
    is_enabled = select(Person.is_enabled).where(Person.id == person_id)
    locked = is_enabled.with_for_update(nowait=not waits, key_share=True)
    return bool(session.scalar(locked))


def void_links(
    session: Session,
    person_id: int,
    which: ColumnElement[bool] | None = None,
    *,
    now: datetime,
) -> None:
    """Let a person's links open nothing more: all, or those that `which` picks."""
    change_rows(
        session,
        update(AccountLink)
        .where(
            true() if which is None else which,
            AccountLink.person_id == person_id,
            AccountLink.used_at.is_(None),
            AccountLink.superseded_at.is_(None),
        )
        .values(superseded_at=now),
    )


def close_mailed_ways(
    session: Session, person_id: int, *, now: datetime, but: int | None = None
) -> None:
    """Let no link mailed so far open anything more, nor one that is still to be made.

    In this order: whatever link a worker made last is there by then, to be voided.

    Parameters
    ----------
    but : int or None
        Id of a link to leave as it is.
    """
    withdraw_waiting(session, person_id, Purpose)
    which = None if but is None else AccountLink.id != but
    void_links(session, person_id, which, now=now)


def untie_identities(session: Session, person_id: int) -> int:
    """Forget which accounts at providers open this one; return how many there were."""
    own = ExternalIdentity.person_id == person_id
    return change_rows(session, delete(ExternalIdentity).where(own))
