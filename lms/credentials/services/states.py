"""Revoking, suspending, restoring, and the lists that tell outsiders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

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
from lms.credentials.queries import has_status_list, list_set_entries
from lms.credentials.services.issue import issuer_of
from lms.credentials.services.keys import unlock_current_key
from lms.errors import ConflictError, InvalidInputError, NotFoundError, message
from lms.settings import Settings

MIN_REASON_CHARACTERS = 10  # a word is no reason


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

    Raises
    ------
    NotFoundError
        No credential has an entry in a list of that number.
    """
    if number != 1 and not has_status_list(session, number):
        raise NotFoundError
    issuer = issuer_of(settings)
    return build_status_list(
        url=list_url(issuer.public_url, number, purpose),
        issuer=issuer_profile(issuer),
        purpose=purpose,
        indices=list_set_entries(session, number, purpose),
        as_of=moment_text(now),
    )


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
