"""What the audit trail holds under a person's random id."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.audit.models import AuditEvent

_NAMING = ("candidate", "holder", "supervisor")
"""Inputs that are the random id of a person."""


def export_events(session: Session, subject_id: UUID) -> list[dict[str, Any]]:
    """Return the acts that a person did, and those about them, oldest first.

    An act is about whom it is done to, and about whom its inputs name.
    """
    name = str(subject_id)
    rows = session.scalars(
        select(AuditEvent)
        .where(
            or_(
                AuditEvent.actor_id == subject_id,
                AuditEvent.object_id == name,
                *(AuditEvent.inputs[key].as_string() == name for key in _NAMING),
            )
        )
        .order_by(AuditEvent.id)
    )
    return [
        {
            "at": row.at.isoformat(),
            "action": row.action,
            "object": f"{row.object_kind}:{row.object_id}",
            "inputs": row.inputs,
        }
        for row in rows
    ]
