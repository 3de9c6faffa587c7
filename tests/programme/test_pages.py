"""Opening cohorts and enrolling learners in the browser."""

from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.clock import utc_now
from lms.permissions import Role
from lms.programme.models import Cohort, Enrolment
from tests.factories.accounts import make_person

NEW = {
    "slug": "2027-spring",
    "name_ja": "見本の春期",
    "name_en": "Specimen spring",
    "started_on": "2027-04-01",
}


def test_an_operator_opens_a_cohort_and_enrols_a_trainee(client, session, sign_in):
    operator, learner = make_person(session, Role.OPERATOR), make_person(session)
    sign_in(operator)
    answer = client.post("/cohorts/new", data=NEW)
    assert answer.status_code == 303
    place = {"email": f" {learner.profile.email.upper()}", "number": "27-01"}
    assert client.post(answer.location, data=place).status_code == 303
    cohort = session.scalar(select(Cohort).where(Cohort.slug == "2027-spring"))
    found = session.scalar(select(Enrolment).where(Enrolment.cohort_id == cohort.id))
    assert (found.subject_id, found.number) == (learner.subject_id, "27-01")
    assert "27-01" in client.get("/cohorts/2027-spring").text
    rows = session.scalars(
        select(AuditEvent.actor_id).where(
            AuditEvent.action.in_(["cohort.opened", "learner.enrolled"])
        )
    )
    assert list(rows) == [operator.subject_id] * 2


def test_what_cannot_be_taken_is_said_at_its_field(client, session, sign_in):
    sign_in(make_person(session, Role.OPERATOR))
    learner, other = make_person(session), make_person(session)
    author, gone = make_person(session, Role.AUTHOR), make_person(session)
    gone.is_enabled = False
    session.commit()
    client.post("/cohorts/new", data=NEW)
    for wrong in (
        {"slug": "new"},
        {"slug": "Great Cohort"},
        {"slug": "2027-spring"},
        {"name_en": " "},
        {"started_on": "soon"},
        {"started_on": "1999-12-31"},
        {"started_on": "9999-12-31"},
    ):
        answer = client.post("/cohorts/new", data={**NEW, **wrong})
        assert answer.status_code == 422, wrong
        assert "見本の春期" in answer.text
    address = "/cohorts/2027-spring/members"
    first = {"email": learner.profile.email, "number": "27-01"}
    assert client.post(address, data=first).status_code == 303
    for email, number in (
        ("nobody@test.example", "27-02"),
        (author.profile.email, "27-02"),
        (gone.profile.email, "27-02"),
        (learner.profile.email, "27-02"),
        (other.profile.email, "27-01"),
        (other.profile.email, "27/02"),
    ):
        answer = client.post(address, data={"email": email, "number": number})
        assert answer.status_code == 422, (email, number)
        assert email in answer.text


def test_a_first_day_out_of_range_is_answered_with_the_range(client, session, sign_in):
    sign_in(make_person(session, Role.OPERATOR))
    client.get("/cohorts/new?lang=en")
    answer = client.post("/cohorts/new", data={**NEW, "started_on": "0001-01-01"})
    last = utc_now().year + 10
    assert f"Enter a day from 1 January 2000 to 31 December {last}." in answer.text
    at_the_end = {**NEW, "started_on": f"{last}-12-31"}
    assert client.post("/cohorts/new", data=at_the_end).status_code == 303


def test_a_cohort_is_not_named_with_signs_that_nobody_sees(client, session, sign_in):
    sign_in(make_person(session, Role.OPERATOR))
    answer = client.post("/cohorts/new", data={**NEW, "name_ja": "\u200b\u202e"})
    assert answer.status_code == 422


def test_who_decides_opens_no_cohort(client, session, sign_in):
    sign_in(make_person(session, Role.CERTIFIER))
    assert client.get("/cohorts/new").status_code == 403
    assert client.post("/cohorts/none/members").status_code == 403
