"""What a rater may see: work of their own learners, and their own sheets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Assignment, Person
from lms.errors import NotFoundError
from lms.evidence.models import Evidence, Submission
from lms.grading.models import Sheet

PAGE_ROWS = 25


class SheetState(StrEnum):
    """How far a rater has come with a submission; also the filters of the queue."""

    WAITING = "waiting"
    DRAFT = "draft"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One submission in a rater's queue.

    Attributes
    ----------
    sheet : Sheet or None
        The rater's own.
    claimed_until : datetime or None
        When the claim of another rater ends who is at work on it now.
    """

    submission: Submission
    sheet: Sheet | None
    state: SheetState
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of a rater's queue, oldest hand-in first.

    Attributes
    ----------
    counts : dict of SheetState to int
        All rows in each state, not only those of this page.
    next_after : UUID or None
        Work that the next page begins after.
    """

    rows: tuple[QueueRow, ...]
    counts: dict[SheetState, int]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a submission stands among those that the rater has not returned."""

    previous: UUID | None
    next: UUID | None
    number: int | None
    total: int

    @property
    def any(self) -> UUID | None:
        """Return what to go on with: the next one, else the one before."""
        return self.next or self.previous


def get_queue(
    session: Session,
    rater: Person,
    state: SheetState,
    *,
    now: datetime,
    after: UUID | None = None,
) -> Queue:
    """Return a page of the rater's queue in a fixed number of queries.

    Work that another rater has returned waits for nobody: it stands in this rater's
    queue only once they have a sheet of their own on it.

    Raises
    ------
    NotFoundError
        `after` is no work of the rater's learners.
    """
    columns = select(Submission, Sheet, _other_claim(rater.subject_id, now))
    rows = _of(rater, columns).where(_is_for(rater), _has_state(state))
    if after is not None:
        rows = rows.where(_is_later(get_own_submission(session, rater, after)))
    found = [
        QueueRow(submission, sheet, state, until)
        for submission, sheet, until in session.execute(
            rows.order_by(Submission.submitted_at, Submission.id).limit(PAGE_ROWS + 1)
        )
    ]
    page = tuple(found[:PAGE_ROWS])
    return Queue(
        rows=page,
        counts=count_states(session, rater),
        next_after=page[-1].submission.work_id if len(found) > PAGE_ROWS else None,
    )


def count_states(session: Session, rater: Person) -> dict[SheetState, int]:
    """Return how many submissions of the rater's learners are in each state."""
    own = select(_state()).select_from(Submission)
    named = _of(rater, own).where(_is_for(rater)).subquery()
    rows = session.execute(
        select(named.c.state, func.count().label("number")).group_by(named.c.state)
    )
    found = {row.state: row.number for row in rows}
    return {state: found.get(state.value, 0) for state in SheetState}


def count_waiting(session: Session, rater: Person) -> int:
    """Return how many submissions wait for the rater: the count in the navigation."""
    counts = count_states(session, rater)
    return counts[SheetState.WAITING] + counts[SheetState.DRAFT]


def get_own_submission(session: Session, rater: Person, work_id: UUID) -> Submission:
    """Return a submission of a learner whom the rater guides.

    Raises
    ------
    NotFoundError
        There is none, or somebody else guides its learner.
    """
    found = session.scalar(
        select(Submission).where(Submission.work_id == work_id, _is_for(rater))
    )
    if found is None:
        raise NotFoundError
    return found


def find_sheet(
    session: Session, submission: Submission, rater_id: UUID
) -> Sheet | None:
    """Return the rater's sheet on a submission, or nothing."""
    return session.scalar(
        select(Sheet).where(
            Sheet.submission_id == submission.id, Sheet.rater_id == rater_id
        )
    )


def find_other_claim(
    session: Session, submission: Submission, rater_id: UUID, *, now: datetime
) -> datetime | None:
    """Return until when another rater holds the work, or nothing."""
    return session.scalar(
        select(_other_claim(rater_id, now)).where(Submission.id == submission.id)
    )


def get_neighbours(
    session: Session, rater: Person, submission: Submission
) -> Neighbours:
    """Return what comes before and after in the rater's open work."""
    is_before = and_(Submission.id != submission.id, ~_is_later(submission))
    is_open = or_(_has_state(SheetState.WAITING), _has_state(SheetState.DRAFT))
    number = func.count().filter(or_(is_before, Submission.id == submission.id))
    is_here = func.count().filter(Submission.id == submission.id)
    counts = _of(rater, select(number, is_here, func.count()).select_from(Submission))
    place, here, total = session.execute(counts.where(_is_for(rater), is_open)).one()
    order = (Submission.submitted_at, Submission.id)
    around = _of(rater, select(Submission.work_id)).where(_is_for(rater), is_open)
    return Neighbours(
        previous=session.scalar(
            around.where(is_before)
            .order_by(*(column.desc() for column in order))
            .limit(1)
        ),
        next=session.scalar(
            around.where(_is_later(submission)).order_by(*order).limit(1)
        ),
        number=place if here else None,
        total=total,
    )


def is_marked(session: Session, work_id: UUID) -> bool:
    """Say whether some rater has returned a sheet on a work."""
    returned = (
        select(Sheet.id)
        .join(Submission, Submission.id == Sheet.submission_id)
        .where(Submission.work_id == work_id, Sheet.returned_at.is_not(None))
        .limit(1)
    )
    return session.scalar(returned) is not None


def list_returned_sheets(session: Session, work_id: UUID) -> list[Sheet]:
    """Return the sheets that raters have returned on a work, oldest first."""
    return list(
        session.scalars(
            select(Sheet)
            .join(Submission, Submission.id == Sheet.submission_id)
            .where(Submission.work_id == work_id, Sheet.returned_at.is_not(None))
            .order_by(Sheet.returned_at, Sheet.id)
        )
    )


def help_given_in(
    session: Session, work_id: UUID, criteria: Iterable[str]
) -> dict[str, int]:
    """Return the most help that the work recorded for each criterion."""
    rows = session.execute(
        select(Evidence.criterion, func.max(Evidence.help_given))
        .where(
            Evidence.work_id == work_id,
            Evidence.criterion.in_(list(criteria)),
            Evidence.rater_id.is_(None),
        )
        .group_by(Evidence.criterion)
    )
    return {criterion: level for criterion, level in rows if criterion}


def _of(rater: Person, columns: Any) -> Any:
    """Join the rater's own sheet, where there is one."""
    return columns.outerjoin(
        Sheet,
        and_(Sheet.submission_id == Submission.id, Sheet.rater_id == rater.subject_id),
    )


def _is_for(rater: Person) -> ColumnElement[bool]:
    learners = (
        select(Person.subject_id)
        .join(Assignment, Assignment.learner_id == Person.id)
        .where(Assignment.supervisor_id == rater.id)
    )
    return Submission.subject_id.in_(learners)


def _state() -> ColumnElement[str | None]:
    """Return the state of a submission beside the rater's own sheet."""
    return case(
        (Sheet.returned_at.is_not(None), SheetState.RETURNED.value),
        (Sheet.id.is_not(None), SheetState.DRAFT.value),
        (~_returned_by_somebody(), SheetState.WAITING.value),
    ).label("state")


def _has_state(state: SheetState) -> ColumnElement[bool]:
    return {
        SheetState.WAITING: and_(Sheet.id.is_(None), ~_returned_by_somebody()),
        SheetState.DRAFT: and_(Sheet.id.is_not(None), Sheet.returned_at.is_(None)),
        SheetState.RETURNED: Sheet.returned_at.is_not(None),
    }[state]


def _returned_by_somebody() -> ColumnElement[bool]:
    other = aliased(Sheet)
    return (
        select(other.id)
        .where(other.submission_id == Submission.id, other.returned_at.is_not(None))
        .exists()
    )


def _other_claim(rater_id: UUID, now: datetime) -> ScalarSelect[datetime]:
    other = aliased(Sheet)
    return (
        select(func.max(other.claim_expires_at))
        .where(
            other.submission_id == Submission.id,
            other.rater_id != rater_id,
            other.returned_at.is_(None),
            other.claim_expires_at > now,
        )
        .scalar_subquery()
    )


def _is_later(submission: Submission) -> ColumnElement[bool]:
    return or_(
        Submission.submitted_at > submission.submitted_at,
        and_(
            Submission.submitted_at == submission.submitted_at,
            Submission.id > submission.id,
        ),
    )
