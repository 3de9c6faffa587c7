"""Writing the audit trail in the transaction of the act itself, and sealing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.audit.domain import GENESIS, BatchHead, batch_digest, canonical, leaf_digest
from lms.audit.models import AuditBatch, AuditEvent, AuditSeal, AuditWaiting
from lms.audit.queries.chain import facts_of, find_head
from lms.db import change_rows

BATCH_ROWS = 1000


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
        ``thing.done``, such as ``credential.revoked``; `ACTIONS` names it for people.
    of : tuple of str and id
        Kind and id of what it was done to, such as ``("credential", public_id)``.
    actor : UUID or None
        Random id of the person; nobody for acts of the server's operator.
    **inputs
        JSON values from which it followed: digests, versions, ids. Never names or
        addresses of people, or what a person wrote.

    Raises
    ------
    ValueError
        An input has no canonical form, so that the row could not be sealed.
    """
    canonical(inputs)
    kind, name = of
    session.add(
        AuditEvent(
            at=now,
            actor_id=actor,
            action=action,
            object_kind=kind,
            object_id=str(name),
            inputs=inputs,
            waiting=AuditWaiting(),
        )
    )


def seal_events(
    session: Session, *, now: datetime, limit: int = BATCH_ROWS
) -> AuditBatch | None:
    """Add the next link to the chain, of events that wait; nothing when none does.

    Of two who seal at the same moment one adds the link and the other nothing: the
    number is taken then, and what waits stays for the next time.
    """
    waiting = (
        select(AuditEvent)
        .join(AuditWaiting)
        .order_by(AuditEvent.id)
        .limit(limit)
        .execution_options(populate_existing=True)  # as stored, not as it was given
    )
    head = find_head(session)
    events = session.scalars(waiting).all()
    if not events:
        return None
    try:
        with session.begin_nested():
            return _seal(session, events, after=head, now=now)
    except IntegrityError:
        return None


def _seal(
    session: Session,
    events: Sequence[AuditEvent],
    *,
    after: AuditBatch | None,
    now: datetime,
) -> AuditBatch:
    first = after.last_position + 1 if after else 1
    head = BatchHead(
        number=after.number + 1 if after else 1,
        first_position=first,
        last_position=first + len(events) - 1,
        sealed_at=now,
    )
    leaves = [
        leaf_digest(facts_of(event), position=position)
        for position, event in enumerate(events, start=first)
    ]
    batch = AuditBatch(
        number=head.number,
        first_position=head.first_position,
        last_position=head.last_position,
        sealed_at=now,
        digest=batch_digest(head, leaves, previous=after.digest if after else GENESIS),
    )
    session.add(batch)
    session.flush()  # a lost race shows here, and the seals name the batch
    session.add_all(
        AuditSeal(
            event_id=event.id,
            batch_number=batch.number,
            position=position,
            digest=leaf,
        )
        for position, (event, leaf) in enumerate(
            zip(events, leaves, strict=True), start=first
        )
    )
    session.flush()  # in this order: a row that waits no more has its seal
    change_rows(
        session,
        delete(AuditWaiting).where(
            AuditWaiting.event_id.in_([event.id for event in events])
        ),
    )
    return batch
