"""Finding cohorts and their members."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session

from lms.db import read_rows
from lms.errors import NotFoundError
from lms.programme.models import Cohort, Enrolment


def list_cohorts(
    session: Session, *, limit: int, before: Cohort | None = None
) -> list[tuple[Cohort, int]]:
    """Return cohorts, newest first, each with the number of its members.

    Parameters
    ----------
    before : Cohort, optional
        Only those that stand after this one in the list.
    """
    newest_first = (Cohort.started_on.desc(), Cohort.id.desc())
    shown = select(Cohort.id).order_by(*newest_first).limit(limit)
    if before is not None:
        place = tuple_(Cohort.started_on, Cohort.id)
        shown = shown.where(place < (before.started_on, before.id))
    members = (
        select(func.count()).where(Enrolment.cohort_id == Cohort.id).scalar_subquery()
    )
    # Counted for the cohorts shown alone: SQLite works out all columns before it sorts.
    wanted = select(Cohort, members).where(Cohort.id.in_(shown)).order_by(*newest_first)
    return [(cohort, n) for cohort, n in session.execute(wanted)]


def get_cohort(session: Session, slug: str) -> Cohort:
    """Return the cohort with this slug.

    Raises
    ------
    NotFoundError
        There is none.
    """
    cohort = session.scalar(select(Cohort).where(Cohort.slug == slug))
    if cohort is None:
        raise NotFoundError
    return cohort


def list_enrolments(
    session: Session, cohort: Cohort, *, after: str = "", limit: int = 100
) -> list[Enrolment]:
    """Return a page of a cohort's members by number, after the given one."""
    return list(
        session.scalars(
            select(Enrolment)
            .where(Enrolment.cohort_id == cohort.id, Enrolment.number > after)
            .order_by(Enrolment.number)
            .limit(limit)
        )
    )


def members_of(cohort: Cohort) -> Select[UUID, str]:
    """Return the query for a cohort's members: subject ids and candidate numbers."""
    return select(Enrolment.subject_id, Enrolment.number).where(
        Enrolment.cohort_id == cohort.id
    )


def list_members(session: Session, cohort: Cohort) -> list[UUID]:
    """Return the subject ids of a cohort's members by number."""
    return list(session.scalars(members_of(cohort).order_by(Enrolment.number)))


def get_enrolment(session: Session, cohort: Cohort, number: str) -> Enrolment:
    """Return a member by candidate number.

    Raises
    ------
    NotFoundError
        The cohort has nobody with this number.
    """
    found = session.scalar(
        select(Enrolment).where(
            Enrolment.cohort_id == cohort.id, Enrolment.number == number
        )
    )
    if found is None:
        raise NotFoundError
    return found


def numbers_of(session: Session, subject_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the newest candidate number of each learner, in one query."""
    rows = session.execute(
        select(Enrolment.subject_id, Enrolment.number)
        .where(Enrolment.subject_id.in_(set(subject_ids)))
        .order_by(Enrolment.id)
    )
    return {row.subject_id: row.number for row in rows}


# Asked by every page of marking, so it is built once.
_NUMBER_OF = (
    select(Enrolment.number)
    .where(Enrolment.subject_id == bindparam("subject"))
    .order_by(Enrolment.id.desc())
    .limit(1)
)


def number_of(session: Session, subject_id: UUID) -> str | None:
    """Return a learner's newest candidate number, or nothing."""
    rows = read_rows(session, _NUMBER_OF, {"subject": subject_id})
    return rows[0].number if rows else None


# Asked by every record, so it is built once.
_FRAMEWORK_OF = (
    select(Cohort.framework_version_id)
    .join(Enrolment, Enrolment.cohort_id == Cohort.id)
    .where(Enrolment.subject_id == bindparam("subject"))
    .order_by(Enrolment.id.desc())
    .limit(1)
)


def framework_version_of(session: Session, subject_id: UUID) -> int | None:
    """Return the framework version of a learner's newest cohort, or nothing."""
    rows = read_rows(session, _FRAMEWORK_OF, {"subject": subject_id})
    return rows[0].framework_version_id if rows else None
