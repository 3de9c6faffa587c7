"""Finding attempts; what is not the reader's does not exist for them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from lms.errors import NotFoundError
from lms.simulation.models import Attempt


def get_own_attempt(
    session: Session, subject_id: UUID, public_id: UUID, *, for_update: bool = False
) -> Attempt:
    """Return a learner's own attempt; for writing, nobody else may write meanwhile.

    Raises
    ------
    NotFoundError
        There is none, or it is somebody else's.
    """
    query = select(Attempt).where(
        Attempt.public_id == public_id, Attempt.subject_id == subject_id
    )
    attempt = session.scalar(query.with_for_update() if for_update else query)
    if attempt is None:
        raise NotFoundError
    return attempt


def get_attempt(session: Session, public_id: UUID) -> Attempt:
    """Return an attempt for somebody whose right to see it was checked.

    Raises
    ------
    NotFoundError
        There is none.
    """
    attempt = session.scalar(select(Attempt).where(Attempt.public_id == public_id))
    if attempt is None:
        raise NotFoundError
    return attempt


def list_attempts(
    session: Session, subject_id: UUID, *, limit: int = 50
) -> list[Attempt]:
    """Return a learner's newest attempts, without their actions."""
    return list(
        session.scalars(
            select(Attempt)
            .options(raiseload(Attempt.actions))
            .where(Attempt.subject_id == subject_id)
            .order_by(Attempt.id.desc())
            .limit(limit)
        )
    )


def find_running_attempt(session: Session, subject_id: UUID) -> Attempt | None:
    """Return the attempt that a learner began last and has not finished."""
    return session.scalar(
        select(Attempt)
        .where(Attempt.subject_id == subject_id, Attempt.finished_at.is_(None))
        .order_by(Attempt.id.desc())
        .limit(1)
    )


def titles_of(
    session: Session, public_ids: Iterable[UUID]
) -> dict[UUID, tuple[int, str]]:
    """Return version id and slug of the case of each attempt, in one query."""
    rows = session.execute(
        select(Attempt.public_id, Attempt.case_version_id, Attempt.case_slug).where(
            Attempt.public_id.in_(set(public_ids))
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}
