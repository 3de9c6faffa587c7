"""Reading answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, String, Text, bindparam, case, cast, or_, select
from sqlalchemy.orm import Session

from lms.assessment.models import Response
from lms.db import read_rows

# Lessons and the first page run these, so they are built once.
# All that a learner answered: to name a hundred items takes longer than to read them.
_ANSWERED = select(Response.item_slug).where(
    Response.subject_id == bindparam("subject"), Response.number == 1
)


class GivenAnswer(NamedTuple):
    """An answer as it is shown again.

    Attributes
    ----------
    stored : str
        What was chosen, as the text of a list: a lesson shows one of its answers.
    """

    score: int
    maximum: int
    stored: str

    @property
    def answer(self) -> list[str]:
        """Return what was chosen."""
        found: list[str] = json.loads(self.stored)
        return found


@dataclass(frozen=True, slots=True)
class Answers:
    """What a learner has answered.

    Attributes
    ----------
    answered : frozenset of str
        Every item with an answer.
    given : dict of str to list of GivenAnswer
        The answers to the items asked for, first answers first.
    """

    answered: frozenset[str]
    given: dict[str, list[GivenAnswer]]


def read_answers(
    session: Session, subject_id: UUID, item_slugs: Sequence[str]
) -> Answers:
    """Return which items a learner has answered, and the answers to some: one query."""
    given: dict[str, list[GivenAnswer]] = {slug: [] for slug in item_slugs}
    items = {f"item{number}": slug for number, slug in enumerate(item_slugs)}
    asked = {"subject": subject_id, **items}
    rows = read_rows(session, _answers_to(len(items)), asked)
    for row in rows:
        if row.item_slug in given:
            given[row.item_slug].append(GivenAnswer(row.score, row.maximum, row.stored))
    return Answers(frozenset(row.item_slug for row in rows), given)


def answered_items(session: Session, subject_id: UUID) -> frozenset[str]:
    """Return which items a learner has answered at least once."""
    answered = read_rows(session, _ANSWERED, {"subject": subject_id})
    return frozenset(slug for (slug,) in answered)


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
    """Return the query for all first answers, and all answers to so many items.

    Lessons ask few questions. A list of any length would be written into the SQL anew
    at every run, which takes as long as all the rest of the query.
    """
    items = [bindparam(f"item{number}", type_=String) for number in range(count)]
    is_asked = Response.item_slug.in_(items)
    return (
        select(
            Response.item_slug,
            Response.score,
            Response.maximum,
            case((is_asked, cast(Response.answer, Text))).label("stored"),
        )
        .where(
            Response.subject_id == bindparam("subject"),
            or_(Response.number == 1, is_asked),
        )
        .order_by(Response.number)
    )
