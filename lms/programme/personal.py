"""A learner's places in cohorts: taken along; numbers stay."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.programme.models import Cohort, Enrolment


class EnrolmentData:
    """Places in cohorts, under a candidate number."""

    name = "enrolments"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return every place with the name of its cohort."""
        rows = session.execute(
            select(Enrolment, Cohort.slug, Cohort.name_ja)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .where(Enrolment.subject_id == person.subject_id)
            .order_by(Enrolment.id)
        )
        return [
            {**plain_row(row, without=("cohort_id",)), "cohort": slug, "name": name}
            for row, slug, name in rows
        ]

    def erase(self, _session: Session, _person: Person) -> int:
        """Keep the places: a number alone names nobody."""
        return 0
