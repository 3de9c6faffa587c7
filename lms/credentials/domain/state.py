"""The state of a credential, derived from what happened to it and from the time."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What a certifier did to a credential after issuing it."""

    SUSPENDED = "suspended"
    RESTORED = "restored"
    REVOKED = "revoked"


class CredentialState(StrEnum):
    """What a credential is worth at a moment."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


# Revocation is final (Bitstring Status List 1.0, section 2.2); a mistake is mended by
# a new decision.
_NEXT: dict[EventKind | None, tuple[EventKind, ...]] = {
    None: (EventKind.SUSPENDED, EventKind.REVOKED),
    EventKind.RESTORED: (EventKind.SUSPENDED, EventKind.REVOKED),
    EventKind.SUSPENDED: (EventKind.RESTORED, EventKind.REVOKED),
    EventKind.REVOKED: (),
}


def possible_events(events: Sequence[EventKind]) -> tuple[EventKind, ...]:
    """Return what may happen next to a credential, given what has happened."""
    return _NEXT[events[-1] if events else None]


def derive_state(
    events: Sequence[EventKind],
    *,
    valid_from: datetime,
    valid_until: datetime,
    at: datetime,
) -> CredentialState:
    """Return the state at a moment; what people decided weighs more than the date."""
    last = events[-1] if events else None
    if last is EventKind.REVOKED:
        return CredentialState.REVOKED
    if last is EventKind.SUSPENDED:
        return CredentialState.SUSPENDED
    if at < valid_from:
        return CredentialState.NOT_YET_VALID
    return CredentialState.EXPIRED if at >= valid_until else CredentialState.VALID
