"""Reading answers."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, String, bindparam, select
from sqlalchemy.orm import Session

from lms.assessment.models import Response
from lms.db import read_rows

# Lessons and the first page run these, so they are built once.
# All that a learner answered: to name a hundred items takes longer than to read them.
_ANSWERED = select(Response.item_slug).where(
    Response.subject_id == bindparam("subject"), Response.number == 1
)


class GivenAnswer(NamedTuple):
    """An answer as it is shown again."""

    score: int
    maximum: int
    answer: list[str]


def list_responses(
    session: Session, subject_id: UUID, item_slugs: Iterable[str]
) -> dict[str, list[GivenAnswer]]:
    """Return a learner's answers to some items, first answers first."""
    wanted = list(item_slugs)
    found: dict[str, list[GivenAnswer]] = {slug: [] for slug in wanted}
    items = {f"item{number}": slug for number, slug in enumerate(wanted)}
    given = {"subject": subject_id, **items}
    for row in read_rows(session, _answers_to(len(wanted)), given):
        found[row.item_slug].append(GivenAnswer(row.score, row.maximum, row.answer))
    return found


def answered_items(
    session: Session, subject_id: UUID, item_slugs: Iterable[str]
) -> frozenset[str]:
    """Return which of some items a learner has answered at least once."""
    answered = read_rows(session, _ANSWERED, {"subject": subject_id})
    return frozenset(item_slugs).intersection(slug for (slug,) in answered)


def find_response_by_action(
    session: Session, subject_id: UUID, action_id: UUID
) -> Response | None:
    """Return the answer that this click already gave, or nothing."""
    return session.scalar(
        select(Response).where(
            Response.subject_id == subject_id, Response.action_id == action_id
        )
    )


@cache
def _answers_to(count: int) -> Select[Any]:
    """Return the query for the answers to so many items.

    Lessons ask few questions. A list of any length would be written into the SQL anew
    at every run, which takes as long as all the rest of the query.
    """
    items = [bindparam(f"item{number}", type_=String) for number in range(count)]
    return (
        select(Response.item_slug, Response.score, Response.maximum, Response.answer)
        .where(
            Response.subject_id == bindparam("subject"), Response.item_slug.in_(items)
        )
        .order_by(Response.number)
    )
