"""Two who settle one request at once."""

import threading

import pytest

from lms.clock import utc_now
from lms.db import Database, make_engine
from lms.privacy.models import ErasureRequest
from lms.privacy.queries import get_request
from lms.privacy.services.erasure import (
    Act,
    SettledError,
    carry_out,
    request_erasure,
    withdraw_request,
)
from tests.databases import fresh_database
from tests.factories.accounts import make_person

pytestmark = pytest.mark.concurrent


@pytest.fixture
def database(template_url, tmp_path):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        yield Database(engine)
        engine.dispose()


def test_who_was_erased_stays_so_though_they_took_it_back_meanwhile(database):
    act = Act(actor=None, now=utc_now())
    with database.transaction() as session:
        subject = make_person(session).subject_id
        waiting = request_erasure(session, subject, act).public_id
    outcome = []

    def take_back():
        try:
            with database.transaction() as session:
                withdraw_request(session, subject, act)
        except SettledError as error:
            outcome.append(error)

    person = threading.Thread(target=take_back)
    with database.transaction() as session:
        carry_out(session, get_request(session, waiting), act)
        session.flush()
        person.start()
        person.join(0.5)  # stands before the row, or before the whole database
        assert person.is_alive()
    person.join()
    assert len(outcome) == 1
    with database.session() as session:
        settlements = [row.settlement for row in session.query(ErasureRequest)]
    assert settlements == ["erased"]
