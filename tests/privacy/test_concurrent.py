"""Two who settle one request at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Timer

import pytest
from sqlalchemy import event

from lms.accounts.admin.services.roles import Act as RoleAct
from lms.accounts.admin.services.roles import disable_person
from lms.accounts.models import Person
from lms.clock import utc_now
from lms.permissions import Role
from lms.privacy.models import ErasureRequest
from lms.privacy.queries import get_request
from lms.privacy.services.erasure import (
    Act,
    SettledError,
    carry_out,
    erase_again,
    request_erasure,
    withdraw_request,
)
from tests.accounts.conftest import PASSWORD
from tests.factories.accounts import make_person

pytestmark = pytest.mark.concurrent


@pytest.fixture
def database(own_database):
    return own_database


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


def test_erasing_an_administrator_and_shutting_out_another_take_turns(database):
    if database.is_one_writer:
        pytest.skip("SQLite lets one write at a time")
    with database.transaction() as session:
        first, second, _stays = (
            make_person(session, Role.ADMINISTRATOR, password=PASSWORD)
            for _ in range(3)
        )
        erased, disabled = first.subject_id, second.id
    come, go = Event(), Event()

    def stop(_connection, _cursor, statement, *_more):
        if statement.startswith("SELECT role_grants.person_id") and not come.is_set():
            come.set()
            assert go.wait(timeout=20)

    def erase():
        with database.transaction() as session:
            erase_again(session, erased, Act(actor=None, now=utc_now()))

    def shut_out():
        with database.transaction() as session:
            Timer(0.5, go.set).start()
            act = RoleAct(actor=None, now=utc_now(), reason="見本")
            disable_person(session, session.get_one(Person, disabled), act)

    event.listen(database.engine, "before_cursor_execute", stop)
    with ThreadPoolExecutor(2) as pool:
        erasing = pool.submit(erase)
        assert come.wait(timeout=20)
        shutting = pool.submit(shut_out)
        erasing.result(timeout=30)
        shutting.result(timeout=30)
