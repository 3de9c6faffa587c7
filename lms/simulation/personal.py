"""A learner's attempts: what can be taken along, and the written text that goes."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.db import change_rows
from lms.simulation.models import (
    Attempt,
    AttemptAction,
    AttemptDraft,
    AttemptNotebook,
    AttemptText,
)


class AttemptData:
    """Cases played; erased are the texts, of which the log keeps the length."""

    name = "attempts"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return every attempt with its actions and what was written in them."""
        attempts = session.scalars(
            select(Attempt)
            .where(Attempt.subject_id == person.subject_id)
            .order_by(Attempt.id)
        )
        return [
            {
                **plain_row(attempt, without=("case_version_id",)),
                "actions": [_action(row) for row in attempt.actions],
                "notes": attempt.notebook.text if attempt.notebook else "",
                "drafts": [
                    plain_row(row, without=("attempt_id",)) for row in attempt.drafts
                ],
            }
            for attempt in attempts
        ]

    def erase(self, session: Session, person: Person) -> int:
        """Delete what the learner wrote; choices and points stay what they were."""
        mine = (
            select(AttemptAction.id)
            .join(Attempt, Attempt.id == AttemptAction.attempt_id)
            .where(Attempt.subject_id == person.subject_id)
        )
        gone = change_rows(
            session, delete(AttemptText).where(AttemptText.attempt_action_id.in_(mine))
        )
        attempts = select(Attempt.id).where(Attempt.subject_id == person.subject_id)
        for row in (AttemptDraft, AttemptNotebook):
            gone += change_rows(
                session, delete(row).where(row.attempt_id.in_(attempts))
            )
        return gone


def _action(row: AttemptAction) -> dict[str, Any]:
    return {
        **plain_row(row, without=("attempt_id",)),
        "texts": {text.place: text.text for text in row.texts},
    }


def forget_texts(session: Session, before: datetime) -> int:
    """Delete what learners wrote in cases that they left before a moment.

    A case is left when it was finished, or at its last action if it never was. Returns
    the number of rows.
    """
    last_act = (
        select(func.max(AttemptAction.recorded_at))
        .where(AttemptAction.attempt_id == Attempt.id)
        .scalar_subquery()
    )
    left_at = func.coalesce(Attempt.finished_at, last_act, Attempt.started_at)
    left = select(Attempt.id).where(left_at < before)
    old = select(AttemptAction.id).where(AttemptAction.attempt_id.in_(left))
    gone = change_rows(
        session, delete(AttemptText).where(AttemptText.attempt_action_id.in_(old))
    )
    return gone + change_rows(
        session, delete(AttemptNotebook).where(AttemptNotebook.attempt_id.in_(left))
    )
