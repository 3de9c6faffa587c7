"""Answering items."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.domain import Item
from lms.assessment.models import Response
from lms.assessment.queries import find_response_by_action
from lms.content.queries import Published
from lms.errors import ConflictError, message
from lms.evidence.models import Evidence
from lms.evidence.services import record_evidence


class AnsweredError(ConflictError):
    """The learner went back, and sent another answer from the page as it had been."""

    default: ClassVar[str] = message(
        "That answer is recorded. This one is not yet: send it once more if it shall "
        "be another try."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One click on 答えを確かめる.

    Attributes
    ----------
    action_id : UUID
        Made by the page; the same one twice is one answer.
    day : date
        The learner's calendar day.
    """

    subject_id: UUID
    action_id: UUID
    chosen: tuple[str, ...]
    language: str
    now: datetime
    day: date


def answer_item(session: Session, item: Published, answer: Answer) -> Response:
    """Keep an answer; the first one to an item becomes evidence.

    Raises
    ------
    InvalidInputError
        The answer does not fit the item.
    AnsweredError
        The same page was sent before with another answer on it.
    """
    content: Item = item.content
    given = content.normalise(answer.chosen)
    known = find_response_by_action(session, answer.subject_id, answer.action_id)
    if known is not None:
        if not _says(known, item.slug, given):
            raise AnsweredError
        return known
    result = content.score(given)
    before = session.scalar(
        select(func.count())
        .select_from(Response)
        .where(
            Response.subject_id == answer.subject_id,
            Response.item_slug == item.slug,
        )
    )
    response = Response(
        subject_id=answer.subject_id,
        action_id=answer.action_id,
        item_slug=item.slug,
        number=(before or 0) + 1,
        item_version_id=item.id,
        answer=list(given),
        score=result.score,
        maximum=result.maximum,
        language=answer.language,
        answered_at=answer.now,
    )
    session.add(response)
    session.flush()  # evidence names its random id
    if response.number == 1 and content.is_graded:
        record_evidence(session, [_evidence(item, response, answer)])
    return response


def is_recorded(
    session: Session,
    item: Item,
    *,
    subject_id: UUID,
    action_id: UUID,
    chosen: tuple[str, ...],
) -> bool:
    """Say whether exactly this answer was taken from this page before.

    Raises
    ------
    InvalidInputError
        The answer does not fit the item.
    """
    known = find_response_by_action(session, subject_id, action_id)
    return known is not None and _says(known, item.slug, item.normalise(chosen))


def _says(response: Response, slug: str, given: tuple[str, ...]) -> bool:
    return (response.item_slug, response.answer) == (slug, list(given))


def _evidence(item: Published, response: Response, answer: Answer) -> Evidence:
    content: Item = item.content
    return Evidence(
        key=f"item:{answer.subject_id}:{item.slug}",
        subject_id=answer.subject_id,
        competency=content.competency,
        indicator=f"item/{item.slug}@{item.digest[:12]}",
        kind="knowledge",
        source="item",
        score=response.score,
        maximum=response.maximum,
        steps=list(content.steps),
        work_kind="response",
        work_id=response.public_id,
        content_version_id=item.id,
        episode=f"response:{response.public_id}",
        done_on=answer.day,
        recorded_at=answer.now,
    )
