"""Opening cohorts and enrolling learners."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.audit.services import record_audit
from lms.content.domain import Bilingual
from lms.programme.models import Cohort, Enrolment


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
