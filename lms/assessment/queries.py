"""Reading answers."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.assessment.models import Response

# Lessons and the first page run these, so they are built once.
_TO_ITEMS = (
    Response.subject_id == bindparam("subject"),
    Response.item_slug.in_(bindparam("items", expanding=True)),
)
_ANSWERS = select(Response).where(*_TO_ITEMS).order_by(Response.number)
_ANSWERED = select(Response.item_slug).where(*_TO_ITEMS, Response.number == 1)


def list_responses(
    session: Session, subject_id: UUID, item_slugs: Iterable[str]
) -> dict[str, list[Response]]:
    """Return a learner's answers to some items, first answers first."""
    wanted = list(item_slugs)
    found: dict[str, list[Response]] = {slug: [] for slug in wanted}
    for row in session.scalars(_ANSWERS, {"subject": subject_id, "items": wanted}):
        found[row.item_slug].append(row)
    return found


def answered_items(
    session: Session, subject_id: UUID, item_slugs: Iterable[str]
) -> frozenset[str]:
    """Return which of some items a learner has answered at least once."""
    given = {"subject": subject_id, "items": list(item_slugs)}
    return frozenset(session.scalars(_ANSWERED, given))


def find_response_by_action(
    session: Session, subject_id: UUID, action_id: UUID
) -> Response | None:
    """Return the answer that this click already gave, or nothing."""
    return session.scalar(
        select(Response).where(
            Response.subject_id == subject_id, Response.action_id == action_id
        )
    )
