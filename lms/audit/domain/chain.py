"""How rows of the audit trail are sealed: digests of rows, chained batch by batch.

A row's digest is the SHA-256 of its canonical JSON (RFC 8785); a batch's digest is
that of its rows' digests in order, of its own head, and of the digest before it. Who
keeps the last number and digest elsewhere can tell that nothing before it changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785

GENESIS = "0" * 64  # what the first batch is chained to


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """Everything that a row of the audit trail says, its place in the table too."""

    id: int
    public_id: UUID
    at: datetime
    actor_id: UUID | None
    action: str
    object_kind: str
    object_id: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchHead:
    """A batch without its rows; positions count from 1 through all batches."""

    number: int
    first_position: int
    last_position: int
    sealed_at: datetime


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value.

    Raises
    ------
    ValueError
        The value has no canonical form: a whole number beyond 2**53, a number that is
        none, or something that is not JSON.
    """
    return rfc8785.dumps(value)


def leaf_digest(event: EventFacts, *, position: int) -> str:
    """Return the digest of one row at its position in the trail."""
    document = {
        "id": event.id,
        "public_id": str(event.public_id),
        "at": _moment(event.at),
        "actor_id": str(event.actor_id) if event.actor_id else None,
        "action": event.action,
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "inputs": dict(event.inputs),
        "position": position,
    }
    return sha256(canonical(document)).hexdigest()


def batch_digest(head: BatchHead, leaves: Sequence[str], *, previous: str) -> str:
    """Return the digest of a batch: of its head, its rows in order, and the last."""
    document = {
        "number": head.number,
        "first_position": head.first_position,
        "last_position": head.last_position,
        "sealed_at": _moment(head.sealed_at),
        "leaves": list(leaves),
        "previous": previous,
    }
    return sha256(canonical(document)).hexdigest()


def _moment(value: datetime) -> str:
    """Return a moment as both databases keep it: in UTC, to the microsecond."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")
