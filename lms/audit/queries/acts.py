"""What the trail says of things, for holding the things against it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.models import AuditEvent
from lms.audit.queries.stored import UNREADABLE, Stored, read_stored, walk_stored

_ACT = (
    AuditEvent.id,
    AuditEvent.action,
    AuditEvent.object_id,
    AuditEvent.actor_id,
    AuditEvent.at,
    AuditEvent.inputs,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of weight as the trail has it, sealed or still waiting for it."""

    action: str
    object_id: str
    actor_id: UUID | None
    at: datetime
    inputs: Mapping[str, Any]


def find_acts(
    session: Session, kind: str, names: Iterable[str], actions: Iterable[str]
) -> Mapping[str, list[Act]]:
    """Return what was done to some things of a kind, by their names, oldest first."""
    found: defaultdict[str, list[Act]] = defaultdict(list)
    rows = read_stored(
        session,
        select(*_ACT)
        .where(
            AuditEvent.object_kind == kind,
            AuditEvent.object_id.in_(list(names)),
            AuditEvent.action.in_(list(actions)),
        )
        .order_by(AuditEvent.id),
    )
    for act in _acts(rows):
        found[act.object_id].append(act)
    return found


def walk_acts(
    session: Session, kind: str, actions: Iterable[str]
) -> Iterator[list[Act]]:
    """Go through all acts of some sorts, some at a time in memory."""
    statement = select(*_ACT).where(
        AuditEvent.object_kind == kind, AuditEvent.action.in_(list(actions))
    )
    for rows in walk_stored(session, statement, AuditEvent.id):
        yield list(_acts(rows))


def list_object_kinds(session: Session, action: str) -> list[str]:
    """Return the kinds of things that acts of a sort were about."""
    kinds = select(AuditEvent.object_kind).where(AuditEvent.action == action)
    rows = read_stored(session, kinds.distinct())
    return sorted(
        row["object_kind"] for row in rows if isinstance(row["object_kind"], str)
    )


def _acts(rows: Iterable[Stored]) -> Iterator[Act]:
    """Leave out what cannot be read: that row is a fault of the trail by itself."""
    for row in rows:
        if UNREADABLE not in row.values() and isinstance(row["inputs"], dict):
            yield Act(**{name: row[name] for name in Act.__dataclass_fields__})
