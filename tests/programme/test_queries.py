"""What a list of cohorts costs must not grow with the cohorts that it does not show."""

import pytest

from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.programme.models import Enrolment
from lms.programme.queries import list_cohorts
from tests.conftest import NOON
from tests.databases import asked_for_postgres
from tests.decisions.factory import make_cohort
from tests.factories.accounts import make_person

MEMBERS = 20


def make_cohorts(session, library, learners, count):
    for _ in range(count):
        cohort = make_cohort(session, library)
        session.add_all(
            Enrolment(
                cohort_id=cohort.id,
                subject_id=learner.subject_id,
                number=f"n-{place}",
                enrolled_at=NOON,
            )
            for place, learner in enumerate(learners)
        )
    session.flush()


def steps_of(session, ask):
    """Count how often SQLite looks up after a hundred of its steps."""
    driver, seen = session.connection().connection.driver_connection, []
    driver.set_progress_handler(lambda: seen.append(1), 100)
    ask()
    driver.set_progress_handler(None, 100)
    return len(seen)


@pytest.mark.skipif(
    asked_for_postgres() is not None, reason="PostgreSQL tells no steps"
)
def test_members_are_counted_for_the_cohorts_shown_alone(session):
    library = Library(COMPILERS)
    learners = [make_person(session) for _ in range(MEMBERS)]

    def ask():
        return list_cohorts(session, limit=2)

    make_cohorts(session, library, learners, 3)
    assert [members for _cohort, members in ask()] == [MEMBERS] * 2
    few = steps_of(session, ask)
    make_cohorts(session, library, learners, 60)
    assert steps_of(session, ask) < few * 5
