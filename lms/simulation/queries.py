"""Lists of attempts, without what was done in them."""

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
