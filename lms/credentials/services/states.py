"""Revoking, suspending, restoring, and the lists that tell outsiders."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.services import record_audit
from lms.content.domain import digest_of
from lms.credentials.domain import (
    Purpose,
    build_status_list,
    issuer_profile,
    list_url,
    moment_text,
    sign_credential,
)
from lms.credentials.domain.state import (
    MIN_REASON_CHARACTERS,
    EventKind,
    reason_document,
)
from lms.credentials.models import Credential, CredentialEvent
from lms.credentials.queries.issued import IssuedTogether, get_issued_together
from lms.credentials.queries.status_lists import (
    find_last_change,
    has_status_list,
    list_set_entries,
)
from lms.credentials.services.issue import issuer_of
from lms.credentials.services.keys import unlock_current_key
from lms.db import lock_rows
from lms.decisions.services import ensure_independent
from lms.errors import ConflictError, InvalidInputError, NotFoundError, message
from lms.settings import Settings
from lms.unseen import without_unseen

# Whoever keeps a list longer than this can no longer clear a credential with it.
LIST_LIFETIME = timedelta(days=1)


class StateConflictError(ConflictError):
    """The credential is not in a state, or no longer, in which that can happen."""

    default = message("The state of this credential does not allow that any more.")


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


def change_state(
    session: Session, credential: Credential, event: EventKind, change: StateChange
) -> None:
    """Revoke, suspend or restore a credential; a certificate with its levels.

    All of it or nothing. Restoring a certificate restores the levels that were
    suspended along with it; what was revoked stays so. Who may not decide on the
    holder may only suspend: that protects those who trust the credential, and somebody
    independent judges it afterwards.

    Raises
    ------
    NotAllowedError
        The holder, or somebody who marked or guides them, would revoke or restore.
    InvalidInputError
        There is no reason.
    StateConflictError
        The present state does not allow it.
    """
    reason = change.reason.strip()
    seen = " ".join(without_unseen(reason).split())
    if len(seen) < MIN_REASON_CHARACTERS:
        raise InvalidInputError(
            message("Give a reason of at least %(count)s characters."),
            count=MIN_REASON_CHARACTERS,
        )
    if event is not EventKind.SUSPENDED:
        ensure_independent(session, change.actor, credential.subject_id)
    issued = _lock_issued(session, credential)
    if event not in issued.possible_events(credential):
        raise StateConflictError
    reached = issued.reached_by(event, credential)
    for row in reached:
        row.events.append(
            CredentialEvent(
                position=len(row.events),
                event=event.value,
                at=change.now,
                by=change.actor,
                reason=reason,
                with_certificate=row is not credential,
            )
        )
    session.flush()  # a second event at this position is refused here, not later
    for row in reached:
        above = {} if row is credential else {"certificate": str(credential.public_id)}
        _note(session, row, change, **above)


def revoke_credential(
    session: Session, credential: Credential, change: StateChange
) -> None:
    """Withdraw a credential for good."""
    change_state(session, credential, EventKind.REVOKED, change)


def suspend_credential(
    session: Session, credential: Credential, change: StateChange
) -> None:
    """Let a credential count for nothing until it is restored."""
    change_state(session, credential, EventKind.SUSPENDED, change)


def restore_credential(
    session: Session, credential: Credential, change: StateChange
) -> None:
    """End a suspension."""
    change_state(session, credential, EventKind.RESTORED, change)


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


def _lock_issued(session: Session, credential: Credential) -> IssuedTogether:
    """Return what the decision gave; nobody else changes a part of it meanwhile.

    Otherwise a level could be restored while its certificate is being suspended.
    """
    rows = select(Credential.id).where(Credential.decision_id == credential.decision_id)
    lock_rows(session, rows.order_by(Credential.id), {})
    return get_issued_together(session, credential)


def _note(
    session: Session, credential: Credential, change: StateChange, **above: str
) -> None:
    event = credential.events[-1]
    record_audit(
        session,
        f"credential.{event.event}",
        ("credential", credential.public_id),
        actor=change.actor,
        now=change.now,
        position=event.position,
        digest=digest_of(reason_document(event.reason)),
        **above,
    )
