"""Writing the audit trail, in the transaction of the act itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.audit.models import AuditEvent


def record_audit(
    session: Session,
    action: str,
    of: tuple[str, UUID | str | int],
    *,
    actor: UUID | None,
    now: datetime,
    **inputs: Any,
) -> None:
    """Add a row for an act of weight; it stands or falls with the act.

    Parameters
    ----------
    action : str
        ``thing.done``, such as ``credential.revoked``.
    of : tuple of str and id
        Kind and id of what it was done to, such as ``("credential", public_id)``.
    actor : UUID or None
        Random id of the person; nobody for acts of the server's operator.
    **inputs
        JSON values from which it followed: digests, versions, reasons. Never names,
        addresses or what a learner wrote.
    """
    kind, name = of
    session.add(
        AuditEvent(
            at=now,
            actor_id=actor,
            action=action,
            object_kind=kind,
            object_id=str(name),
            inputs=inputs,
        )
    )
