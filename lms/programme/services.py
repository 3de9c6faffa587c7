"""Opening cohorts and enrolling learners."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import find_person_by_email
from lms.audit.services import record_audit
from lms.content.domain import Bilingual
from lms.errors import InvalidInputError, message
from lms.permissions import Role
from lms.programme.models import Cohort, Enrolment


class TakenSlugError(InvalidInputError):
    """Another cohort has the short name."""

    default: ClassVar[str] = message("Another cohort has this short name.")


class TakenNumberError(InvalidInputError):
    """Somebody else in the cohort has the number."""

    default: ClassVar[str] = message("This number is taken in this cohort.")


class UnfitLearnerError(InvalidInputError):
    """The person cannot be given a place, and why."""

    default: ClassVar[str] = message(
        "Nobody with the role of trainee has this e-mail address."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCohort:
    """What is needed to open a cohort."""

    slug: str
    name: Bilingual
    framework_version_id: int
    started_on: date


def open_cohort(
    session: Session, new: NewCohort, *, now: datetime, actor: UUID | None = None
) -> Cohort:
    """Add a cohort under one version of the framework."""
    cohort = Cohort(
        slug=new.slug,
        name_ja=new.name.ja,
        name_en=new.name.en,
        framework_version_id=new.framework_version_id,
        started_on=new.started_on,
    )
    session.add(cohort)
    session.flush()  # enrolments name its id
    record_audit(
        session,
        "cohort.opened",
        ("cohort", new.slug),
        actor=actor,
        now=now,
        framework_version=new.framework_version_id,
        started_on=new.started_on.isoformat(),
    )
    return cohort


def open_new_cohort(
    session: Session, new: NewCohort, *, now: datetime, actor: UUID
) -> Cohort:
    """Open a cohort whose short name somebody typed.

    Raises
    ------
    TakenSlugError
        Another cohort has it.
    """
    if session.scalar(select(Cohort.id).where(Cohort.slug == new.slug)) is not None:
        raise TakenSlugError
    return open_cohort(session, new, now=now, actor=actor)


def enrol_by_email(
    session: Session,
    cohort: Cohort,
    email: str,
    *,
    number: str,
    now: datetime,
    actor: UUID,
) -> Enrolment:
    """Give a place to a trainee named by address.

    Raises
    ------
    UnfitLearnerError
        Nobody has it, or not as a trainee who can sign in, or they have a place.
    TakenNumberError
        Somebody else in the cohort has the number.
    """
    person = find_person_by_email(session, email)
    if person is None or not _can_learn(person):
        raise UnfitLearnerError
    mine = select(Enrolment.id).where(Enrolment.cohort_id == cohort.id)
    if session.scalar(mine.where(Enrolment.subject_id == person.subject_id)):
        raise UnfitLearnerError(message("This person has a place in the cohort."))
    if session.scalar(mine.where(Enrolment.number == number)):
        raise TakenNumberError
    return enrol_learner(
        session, cohort, person.subject_id, number=number, now=now, actor=actor
    )


def _can_learn(person: Person) -> bool:
    return person.is_enabled and Role.TRAINEE in person.roles


def enrol_learner(
    session: Session,
    cohort: Cohort,
    subject_id: UUID,
    *,
    number: str,
    now: datetime,
    actor: UUID | None = None,
) -> Enrolment:
    """Give a learner a place and a candidate number."""
    enrolment = Enrolment(
        cohort_id=cohort.id, subject_id=subject_id, number=number, enrolled_at=now
    )
    session.add(enrolment)
    record_audit(
        session,
        "learner.enrolled",
        ("person", subject_id),
        actor=actor,
        now=now,
        cohort=cohort.slug,
        number=number,
    )
    return enrolment
