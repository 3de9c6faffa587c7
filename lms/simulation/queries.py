"""Lists of attempts, without what was done in them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from lms.simulation.models import Attempt, ChoiceCount


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
