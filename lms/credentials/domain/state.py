"""The state of a credential, derived from what happened to it and from the time."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

MIN_REASON_CHARACTERS = 10  # a word is no reason


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


def possible_events(
    events: Sequence[EventKind], *, certificate: Sequence[EventKind] = ()
) -> tuple[EventKind, ...]:
    """Return what may happen next to a credential, given what has happened.

    Parameters
    ----------
    certificate : Sequence of EventKind
        For a level credential, what happened to the certificate of its decision. While
        that one is suspended or revoked, no level of it is made good again.
    """
    possible = _NEXT[_last(events)]
    if _last(certificate) in (EventKind.SUSPENDED, EventKind.REVOKED):
        return tuple(kind for kind in possible if kind is not EventKind.RESTORED)
    return possible


def is_carried_along(
    change: EventKind, events: Sequence[EventKind], *, came_along: bool
) -> bool:
    """Say whether a change of a certificate applies to a level credential of it.

    A level that was revoked or suspended by itself stays so.

    Parameters
    ----------
    events : Sequence of EventKind
        What happened to the level credential.
    came_along : bool
        Whether the last of it came with a change of the certificate.
    """
    if change is EventKind.RESTORED and not came_along:
        return False
    return change in possible_events(events)


def reason_document(reason: str) -> dict[str, str]:
    """Return why something was done to a credential; the trail keeps its digest."""
    return {"reason": reason}


def derive_state(
    events: Sequence[EventKind],
    *,
    valid_from: datetime,
    valid_until: datetime,
    at: datetime,
) -> CredentialState:
    """Return the state at a moment; what people decided weighs more than the date."""
    last = _last(events)
    if last is EventKind.REVOKED:
        return CredentialState.REVOKED
    if last is EventKind.SUSPENDED:
        return CredentialState.SUSPENDED
    if at < valid_from:
        return CredentialState.NOT_YET_VALID
    return CredentialState.EXPIRED if at >= valid_until else CredentialState.VALID


def _last(events: Sequence[EventKind]) -> EventKind | None:
    return events[-1] if events else None
