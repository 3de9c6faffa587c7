"""A trainee's first page: one way on, what is due or begun, what came back."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from lms.clock import utc_now
from lms.credentials.models import CredentialEvent
from lms.credentials.services.issue import issue_credentials
from lms.credentials.services.keys import make_key
from lms.demo.acts import CASE, recorded_play
from lms.demo.stage import CAREFUL_PLAY
from lms.permissions import Role
from lms.simulation.played import read_attempt
from lms.simulation.services import Act, act, start_attempt
from tests.conftest import NOON
from tests.credentials.database import make_awarding_decision, make_order
from tests.decisions.factory import make_seat
from tests.factories.accounts import make_person

NOTHING = "期限のあるものも、ほかに途中のものもありません。"


@pytest.fixture
def learner(session, sign_in):
    person = make_person(session, Role.TRAINEE)
    sign_in(person)
    return person


@pytest.fixture
def certificate(app, session, library):
    """Who holds a certificate, and the certificate."""
    settings = app.config["LMS_SETTINGS"]
    make_key(session, settings, now=NOON)
    seat = make_seat(session, library)
    order = make_order(
        make_awarding_decision(session, library, seat), session, library, settings
    )
    issued = issue_credentials(session, order, settings)
    session.commit()
    return seat.learner, next(row for row in issued if row.kind == "certificate")


def test_nothing_due_is_said(client, learner):
    page = client.get("/").text
    assert NOTHING in page
    assert page.count("button--filled") == 1


def test_the_case_under_way_is_the_way_on_and_not_listed_again(
    client, session, library, learner
):
    case = library.get_current(session, "case", CASE)
    older = start_attempt(session, case, learner.subject_id, now=NOON)
    older.case_slug = "another-case"  # one case is shipped; its text serves for both
    session.flush()
    start_attempt(session, case, learner.subject_id, now=NOON + timedelta(minutes=1))
    session.commit()
    page = client.get("/").text
    due = page.split("期限のあるもの・途中のもの")[1].split("</section>")[0]
    assert due.count("再開する") == 1
    assert page.count("button--filled") == 1
    assert "続きから" in page
    assert NOTHING not in page


def test_the_way_on_is_the_case_that_was_worked_on_last(
    client, session, library, learner
):
    case = library.get_current(session, "case", CASE)
    older = start_attempt(session, case, learner.subject_id, now=NOON)
    older.case_slug = "another-case"  # one case is shipped; its text serves for both
    session.flush()
    later = NOON + timedelta(minutes=1)
    newer = start_attempt(session, case, learner.subject_id, now=later)
    session.commit()
    assert way_on(client) == f"/attempts/{newer.public_id}"
    action = Act(
        action_id=uuid4(),
        position=0,
        action=recorded_play(case.content, CAREFUL_PLAY)[0],
        language="ja",
        now=later + timedelta(minutes=1),
        day=NOON.date(),
    )
    act(session, library, read_attempt(session, older.public_id), action)
    session.commit()
    assert way_on(client) == f"/attempts/{older.public_id}"


def way_on(client):
    """Return where the main button of the first page leads."""
    page = client.get("/").text
    [button] = re.findall(r"<a[^>]*button--filled[^>]*>", page)
    return re.search(r'href="([^"]+)"', button)[1]


def test_a_finished_case_is_not_begun(client, session, library, learner):
    attempt = start_attempt(
        session,
        library.get_current(session, "case", CASE),
        learner.subject_id,
        now=NOON,
    )
    attempt.finished_at = NOON
    session.commit()
    assert NOTHING in client.get("/").text


@pytest.mark.parametrize(("days", "is_named"), [(179, True), (181, False), (-1, False)])
def test_a_certificate_is_named_half_a_year_before_it_ends(
    client, session, sign_in, certificate, days, is_named
):
    person, credential = certificate
    credential.valid_until = utc_now() + timedelta(days=days)
    session.commit()
    sign_in(person)
    assert ("更新には新しい証拠が必要です。" in client.get("/").text) is is_named


def test_a_revoked_certificate_is_not_to_be_renewed(
    client, session, sign_in, certificate
):
    person, credential = certificate
    credential.valid_until = utc_now() + timedelta(days=30)
    session.add(
        CredentialEvent(
            credential_id=credential.id,
            position=1,
            event="revoked",
            at=NOON,
            by=person.subject_id,
            reason="a reason",
        )
    )
    session.commit()
    sign_in(person)
    assert NOTHING in client.get("/").text
