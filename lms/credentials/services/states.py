"""Revoking, suspending, restoring, and the lists that tell outsiders."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.audit.services import record_audit
from lms.credentials.domain import (
    Purpose,
    build_status_list,
    issuer_profile,
    list_url,
    moment_text,
    sign_credential,
)
from lms.credentials.domain.state import (
    EventKind,
    possible_events,
)
from lms.credentials.models import Credential, CredentialEvent
from lms.credentials.queries.status_lists import (
    find_last_change,
    has_status_list,
    list_set_entries,
)
from lms.credentials.services.issue import issuer_of
from lms.credentials.services.keys import unlock_current_key
from lms.errors import ConflictError, InvalidInputError, NotFoundError, message
from lms.settings import Settings

MIN_REASON_CHARACTERS = 10  # a word is no reason
# Whoever keeps a list longer than this can no longer clear a credential with it.
LIST_LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """Who changes the state of a credential, when and why.

    Attributes
    ----------
    actor : UUID
        Random id of the certifier.
    """

    actor: UUID
    now: datetime
    reason: str


def revoke_credential(
    session: Session, credential: Credential, change: StateChange
) -> None:
    """Withdraw a credential for good."""
    _record(session, credential, EventKind.REVOKED, change)


def suspend_credential(
    session: Session, credential: Credential, change: StateChange
) -> None:
    """Let a credential count for nothing until it is restored."""
    _record(session, credential, EventKind.SUSPENDED, change)


def restore_credential(
    session: Session, credential: Credential, change: StateChange
) -> None:
    """End a suspension."""
    _record(session, credential, EventKind.RESTORED, change)


def sign_status_list(
    session: Session,
    settings: Settings,
    *,
    number: int,
    purpose: Purpose,
    now: datetime,
) -> str:
    """Return a status list as of now, signed like the credentials.

    Raises
    ------
    NotFoundError
        No credential has an entry in a list of that number.
    NoKeyError
        No signing key was made yet.
    """
    document = status_list_document(
        session, settings, number=number, purpose=purpose, now=now
    )
    private_key, kid = unlock_current_key(session, settings)
    return sign_credential(document, private_key, kid=kid)


def status_list_document(
    session: Session,
    settings: Settings,
    *,
    number: int,
    purpose: Purpose,
    now: datetime,
) -> dict[str, Any]:
    """Return a status list as of now, as plain data.

    Within an hour it is the same text until a state changes, so that a copy can be
    told to be still good; a change makes another list at once.

    Raises
    ------
    NotFoundError
        No credential has an entry in a list of that number.
    """
    if number != 1 and not has_status_list(session, number):
        raise NotFoundError
    issuer = issuer_of(settings)
    as_of = _begin_of(session, number, now)
    return build_status_list(
        url=list_url(issuer.public_url, number, purpose),
        issuer=issuer_profile(issuer),
        purpose=purpose,
        indices=list_set_entries(session, number, purpose),
        as_of=moment_text(as_of),
        until=moment_text(as_of + LIST_LIFETIME),
    )


def _begin_of(session: Session, number: int, now: datetime) -> datetime:
    """Return the hour, or the last change if that was later."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    changed_at = find_last_change(session, number)
    return hour if changed_at is None else min(max(hour, changed_at), now)


def _record(
    session: Session, credential: Credential, event: EventKind, change: StateChange
) -> None:
    reason = change.reason.strip()
    if len(reason) < MIN_REASON_CHARACTERS:
        raise InvalidInputError(
            message("Give a reason of at least %(count)s characters."),
            count=MIN_REASON_CHARACTERS,
        )
    if event not in possible_events(credential.event_kinds):
        raise ConflictError(
            message("The state of this credential does not allow that any more.")
        )
    credential.events.append(
        CredentialEvent(
            position=len(credential.events),
            event=event.value,
            at=change.now,
            by=change.actor,
            reason=reason,
        )
    )
    session.flush()  # a second event at this position is refused here, not later
    record_audit(
        session,
        f"credential.{event.value}",
        ("credential", credential.public_id),
        actor=change.actor,
        now=change.now,
        position=credential.events[-1].position,
    )
