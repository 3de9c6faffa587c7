"""What a rater may see: work of their own learners, and their own sheets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Assignment, Person
from lms.accounts.signed_in import SignedIn
from lms.db import UtcDateTime, read_rows
from lms.errors import NotFoundError
from lms.evidence.domain import SubmittedWork
from lms.evidence.models import Submission
from lms.evidence.queries import SUBMITTED, submitted_in
from lms.grading.models import Sheet, SheetRating
from lms.grading.queries.sheets import HAS_RATING, SHEET, StoredSheet, sheet_in

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
    claimed_until : datetime or None
        When the claim of another rater ends who is at work on it now.
    """

    submission: SubmittedWork
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


# Built once: every page of marking runs them, and SQLAlchemy takes longer to build
# such statements than the database to answer them. `rater` is the number of the row
# in `people`, `rater_id` the random id.
_OTHER = aliased(Sheet)
_OWN_SHEET = and_(
    Sheet.submission_id == Submission.id, Sheet.rater_id == bindparam("rater_id")
)
_IS_MINE = Submission.subject_id.in_(
    select(Person.subject_id)
    .join(Assignment, Assignment.learner_id == Person.id)
    .where(
        Assignment.supervisor_id == bindparam("rater"), Assignment.ended_at.is_(None)
    )
)
_RETURNED_BY_SOMEBODY = (
    select(_OTHER.id)
    .where(_OTHER.submission_id == Submission.id, _OTHER.returned_at.is_not(None))
    .exists()
)
_HAS_STATE: dict[SheetState, ColumnElement[bool]] = {
    SheetState.WAITING: and_(Sheet.id.is_(None), ~_RETURNED_BY_SOMEBODY),
    SheetState.DRAFT: and_(Sheet.id.is_not(None), Sheet.returned_at.is_(None)),
    SheetState.RETURNED: Sheet.returned_at.is_not(None),
}
_IS_OPEN = or_(_HAS_STATE[SheetState.WAITING], _HAS_STATE[SheetState.DRAFT])
_OTHER_CLAIM = (
    select(func.max(_OTHER.claim_expires_at))
    .where(
        _OTHER.submission_id == Submission.id,
        _OTHER.rater_id != bindparam("rater_id"),
        _OTHER.returned_at.is_(None),
        _OTHER.claim_expires_at > bindparam("now"),
    )
    .scalar_subquery()
)
_ORDER = (Submission.submitted_at, Submission.id)
_PLACE_HERE = tuple_(
    bindparam("here_at", type_=UtcDateTime()), bindparam("here", type_=Integer())
)
_IS_LATER = tuple_(*_ORDER) > _PLACE_HERE
_IS_EARLIER = tuple_(*_ORDER) < _PLACE_HERE
_IS_HERE = Submission.id == bindparam("here")


def _beside_own_sheet(columns: Any) -> Any:
    """Join the rater's own sheet, where there is one; keep to the rater's learners."""
    return columns.outerjoin(Sheet, _OWN_SHEET).where(_IS_MINE)


_ROWS = {
    state: _beside_own_sheet(select(*SUBMITTED, _OTHER_CLAIM.label("claimed_until")))
    .where(is_in_state)
    .order_by(*_ORDER)
    .limit(PAGE_ROWS + 1)
    for state, is_in_state in _HAS_STATE.items()
}
_LATER_ROWS = {state: rows.where(_IS_LATER) for state, rows in _ROWS.items()}
_COUNTS = _beside_own_sheet(
    select(
        *(func.count().filter(is_in_state) for is_in_state in _HAS_STATE.values())
    ).select_from(Submission)
)
_PREVIOUS = (
    _beside_own_sheet(select(Submission.work_id))
    .where(_IS_OPEN, _IS_EARLIER)
    .order_by(*(column.desc() for column in _ORDER))
    .limit(1)
)
_NEXT = (
    _beside_own_sheet(select(Submission.work_id))
    .where(_IS_OPEN, _IS_LATER)
    .order_by(*_ORDER)
    .limit(1)
)
# All in one: the rows around a work, and its place among all that is open.
_AROUND = _beside_own_sheet(
    select(
        func.count().filter(or_(_IS_EARLIER, _IS_HERE)).label("place"),
        func.count().filter(_IS_HERE).label("is_open"),
        func.count().label("total"),
        _PREVIOUS.scalar_subquery().correlate(None).label("previous"),
        _NEXT.scalar_subquery().correlate(None).label("next"),
    ).select_from(Submission)
).where(_IS_OPEN)
_OWN_SUBMISSION = select(*SUBMITTED).where(
    Submission.work_id == bindparam("work_id"), _IS_MINE
)
# With what the reader made of it: every page of marking begins with both.
_OWN_WORK = (
    _beside_own_sheet(select(*SUBMITTED, *SHEET))
    .outerjoin(SheetRating, HAS_RATING)
    .where(Submission.work_id == bindparam("work_id"))
    .order_by(SheetRating.id)
)
_CLAIM_ON = select(_OTHER_CLAIM).where(Submission.id == bindparam("submission"))


def get_queue(
    session: Session,
    rater: SignedIn,
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
    rows, given = _ROWS[state], {**_ids(rater), "now": now}
    if after is not None:
        rows = _LATER_ROWS[state]
        given |= _here(get_own_submission(session, rater, after))
    found = [
        QueueRow(submitted_in(row), state, row.claimed_until)
        for row in read_rows(session, rows, given)
    ]
    page = tuple(found[:PAGE_ROWS])
    return Queue(
        rows=page,
        counts=count_states(session, rater),
        next_after=page[-1].submission.work_id if len(found) > PAGE_ROWS else None,
    )


def count_states(session: Session, rater: SignedIn) -> dict[SheetState, int]:
    """Return how many submissions of the rater's learners are in each state."""
    numbers = session.execute(_COUNTS, _ids(rater)).one()
    return dict(zip(_HAS_STATE, numbers, strict=True))


def get_own_submission(
    session: Session, rater: SignedIn, work_id: UUID
) -> SubmittedWork:
    """Return a submission of a learner whom the rater guides.

    Raises
    ------
    NotFoundError
        There is none, or somebody else guides its learner.
    """
    given = {"rater": rater.id, "work_id": work_id}
    rows = read_rows(session, _OWN_SUBMISSION, given)
    if not rows:
        raise NotFoundError
    return submitted_in(rows[0])


def get_own_work(
    session: Session, rater: SignedIn, work_id: UUID
) -> tuple[SubmittedWork, StoredSheet | None]:
    """Return the same with the rater's own sheet on it, if there is one.

    Raises
    ------
    NotFoundError
        There is none, or somebody else guides its learner.
    """
    given = {**_ids(rater), "work_id": work_id}
    rows = read_rows(session, _OWN_WORK, given)
    if not rows:
        raise NotFoundError
    submission, first = submitted_in(rows[0]), len(SUBMITTED)
    has_sheet = rows[0][first] is not None
    return submission, sheet_in(rows, first=first) if has_sheet else None


def find_other_claim(
    session: Session, submission: SubmittedWork, rater_id: UUID, *, now: datetime
) -> datetime | None:
    """Return until when another rater holds the work, or nothing."""
    given = {"submission": submission.id, "rater_id": rater_id, "now": now}
    rows = read_rows(session, _CLAIM_ON, given)
    return rows[0][0] if rows else None


def get_neighbours(
    session: Session, rater: SignedIn, submission: SubmittedWork
) -> Neighbours:
    """Return what comes before and after in the rater's open work."""
    given = {**_ids(rater), **_here(submission)}
    (found,) = read_rows(session, _AROUND, given)
    return Neighbours(
        previous=found.previous,
        next=found.next,
        number=found.place if found.is_open else None,
        total=found.total,
    )


def _ids(rater: SignedIn) -> dict[str, Any]:
    return {"rater": rater.id, "rater_id": rater.subject_id}


def _here(submission: SubmittedWork) -> dict[str, Any]:
    return {"here_at": submission.submitted_at, "here": submission.id}
