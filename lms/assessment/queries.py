"""Reading answers."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Response


def list_responses(
    session: Session, subject_id: UUID, item_slugs: Iterable[str]
) -> dict[str, list[Response]]:
    """Return a learner's answers to some items, first answers first."""
    wanted = list(item_slugs)
    found: dict[str, list[Response]] = {slug: [] for slug in wanted}
    for row in session.scalars(
        select(Response)
        .where(Response.subject_id == subject_id, Response.item_slug.in_(wanted))
        .order_by(Response.number)
    ):
        found[row.item_slug].append(row)
    return found


def answered_items(
    session: Session, subject_id: UUID, item_slugs: Iterable[str]
) -> frozenset[str]:
    """Return which of some items a learner has answered at least once."""
    first = select(Response.item_slug).where(
        Response.subject_id == subject_id,
        Response.item_slug.in_(list(item_slugs)),
        Response.number == 1,
    )
    return frozenset(session.scalars(first))


def find_response_by_action(
    session: Session, subject_id: UUID, action_id: UUID
) -> Response | None:
    """Return the answer that this click already gave, or nothing."""
    return session.scalar(
        select(Response).where(
            Response.subject_id == subject_id, Response.action_id == action_id
        )
    )
