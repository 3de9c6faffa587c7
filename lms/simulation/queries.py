"""Finding attempts; what is not the reader's does not exist for them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, raiseload

from lms.errors import NotFoundError
from lms.simulation.models import Attempt, AttemptAction

# An attempt is short; its whole log comes in one query.
_WITH_LOG = select(Attempt).options(
    joinedload(Attempt.actions).joinedload(AttemptAction.texts)
)


def get_own_attempt(
    session: Session, subject_id: UUID, public_id: UUID, *, for_update: bool = False
) -> Attempt:
    """Return a learner's own attempt; for writing, nobody else may write meanwhile.

    Raises
    ------
    NotFoundError
        There is none, or it is somebody else's.
    """
    query = _WITH_LOG.where(
        Attempt.public_id == public_id, Attempt.subject_id == subject_id
    )
    if for_update:
        query = query.with_for_update(of=Attempt)
    return _one(session, query)


def get_attempt(session: Session, public_id: UUID) -> Attempt:
    """Return an attempt for somebody whose right to see it was checked.

    Raises
    ------
    NotFoundError
        There is none.
    """
    return _one(session, _WITH_LOG.where(Attempt.public_id == public_id))


def _one(session: Session, query: Select[Attempt]) -> Attempt:
    attempt = session.scalars(query).unique().first()
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
