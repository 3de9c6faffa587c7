"""Which entries of the status lists are taken, and which are set."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.credentials.domain import Purpose
from lms.credentials.domain.state import EventKind
from lms.credentials.domain.status_list import LIST_ENTRIES
from lms.credentials.models import Credential, CredentialEvent

_MOST_ENTRIES = 2**31  # the column is an INTEGER; PostgreSQL refuses to compare beyond


def has_status_list(session: Session, number: int) -> bool:
    """Say whether a credential has an entry in the list of that number."""
    first, end = _range_of(number)
    if end > _MOST_ENTRIES:
        return False
    found = select(Credential.id).where(
        Credential.status_index >= first, Credential.status_index < end
    )
    return session.scalar(found.limit(1)) is not None


def list_set_entries(session: Session, number: int, purpose: Purpose) -> list[int]:
    """Return the entries that are set in a list (see `domain.status_list`)."""
    first, end = _range_of(number)
    newest = (
        select(func.max(CredentialEvent.id)).group_by(CredentialEvent.credential_id)
    ).scalar_subquery()
    kinds = [EventKind.SUSPENDED.value]
    if purpose is Purpose.REVOCATION:
        kinds.append(EventKind.REVOKED.value)
    rows = session.scalars(
        select(Credential.status_index)
        .join(CredentialEvent, CredentialEvent.credential_id == Credential.id)
        .where(
            Credential.status_index >= first,
            Credential.status_index < end,
            CredentialEvent.id.in_(newest),
            CredentialEvent.event.in_(kinds),
        )
    )
    return [index - first for index in rows]


def find_last_change(session: Session, number: int) -> datetime | None:
    """Return when the state of a credential with an entry in a list last changed."""
    first, end = _range_of(number)
    return session.scalar(
        select(func.max(CredentialEvent.at))
        .join(Credential, CredentialEvent.credential_id == Credential.id)
        .where(Credential.status_index >= first, Credential.status_index < end)
    )


def is_entry_taken(session: Session, status_index: int) -> bool:
    """Say whether a credential has this entry; it counts over all lists."""
    found = select(Credential.id).where(Credential.status_index == status_index)
    return session.scalar(found) is not None


def _range_of(number: int) -> tuple[int, int]:
    return (number - 1) * LIST_ENTRIES, number * LIST_ENTRIES
