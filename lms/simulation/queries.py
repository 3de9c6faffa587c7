"""Finding attempts; what is not the reader's does not exist for them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, raiseload

from lms.errors import NotFoundError
from lms.simulation.models import Attempt, AttemptAction, ChoiceCount
from lms.simulation.played import lock_own_attempt

# An attempt is short; its whole log comes in one query.
_WITH_LOG = select(Attempt).options(
    joinedload(Attempt.actions).joinedload(AttemptAction.texts)
)
_BY_ID = _WITH_LOG.where(Attempt.public_id == bindparam("public_id"))
# There is a draft of the present scene at most, so that it multiplies no rows.
_OWN = _BY_ID.where(Attempt.subject_id == bindparam("subject")).options(
    joinedload(Attempt.drafts), joinedload(Attempt.notebook)
)


def get_own_attempt(session: Session, subject_id: UUID, public_id: UUID) -> Attempt:
    """Return a learner's own attempt to be changed; nobody else may write meanwhile.

    Raises
    ------
    NotFoundError
        There is none, or it is somebody else's.
    """
    lock_own_attempt(session, subject_id, public_id)
    given = {"public_id": public_id, "subject": subject_id}
    return _found(session.scalars(_OWN, given).unique().first())


def get_attempt(session: Session, public_id: UUID) -> Attempt:
    """Return an attempt for somebody whose right to see it was checked.

    Raises
    ------
    NotFoundError
        There is none.
    """
    return _found(session.scalars(_BY_ID, {"public_id": public_id}).unique().first())


def _found(attempt: Attempt | None) -> Attempt:
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


def list_choice_counts(
    session: Session, case_version_id: int
) -> list[tuple[str, str, int]]:
    """Return scene, choice and learners who took it first, as far as anybody did."""
    rows = session.execute(
        select(ChoiceCount.scene, ChoiceCount.choice, ChoiceCount.learners).where(
            ChoiceCount.case_version_id == case_version_id
        )
    )
    return [(row.scene, row.choice, row.learners) for row in rows]


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
