"""Finding requests to be erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import NotFoundError
from lms.privacy.models import ErasureRequest, Settlement


def find_open_request(
    session: Session, subject_id: UUID, *, locks: bool = False
) -> ErasureRequest | None:
    """Return a person's request that waits, or nothing; locked if it is to be settled.

    Whoever waits for the lock finds nothing once somebody else has settled it.
    """
    waiting = select(ErasureRequest).where(
        ErasureRequest.subject_id == subject_id,
        ErasureRequest.settled_at.is_(None),
    )
    return session.scalar(waiting.with_for_update() if locks else waiting)


def get_request(session: Session, public_id: UUID) -> ErasureRequest:
    """Return a request, locked for settling it.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = session.scalar(
        select(ErasureRequest)
        .where(ErasureRequest.public_id == public_id)
        .with_for_update()
    )
    if found is None:
        raise NotFoundError
    return found


def list_requests(
    session: Session, *, is_open: bool, limit: int = 100
) -> list[ErasureRequest]:
    """Return requests that wait, oldest first, or the last ones settled."""
    settled = ErasureRequest.settled_at
    query = select(ErasureRequest).limit(limit)
    if is_open:
        query = query.where(settled.is_(None)).order_by(ErasureRequest.id)
    else:
        query = query.where(settled.is_not(None)).order_by(settled.desc())
    return list(session.scalars(query))


def find_last_settled(session: Session, subject_id: UUID) -> ErasureRequest | None:
    """Return what became of a person's last request, or nothing."""
    return session.scalar(
        select(ErasureRequest)
        .where(
            ErasureRequest.subject_id == subject_id,
            ErasureRequest.settled_at.is_not(None),
        )
        .order_by(ErasureRequest.id.desc())
        .limit(1)
    )


def list_erased(session: Session, *, since: datetime | None = None) -> list[UUID]:
    """Return the random ids of all who were erased, or of those since a moment."""
    erased = select(ErasureRequest.subject_id).where(
        ErasureRequest.settlement == Settlement.ERASED.value
    )
    if since is not None:
        erased = erased.where(ErasureRequest.settled_at >= since)
    return list(session.scalars(erased.order_by(ErasureRequest.id)))
