"""Two people who issue at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.credentials.domain import CredentialState
from lms.credentials.models import Credential, CredentialCounter
from lms.credentials.queries.credentials import state_of
from lms.credentials.queries.keys import list_signing_keys
from lms.credentials.services.issue import issue_credentials
from lms.credentials.services.keys import make_key, rotate_key
from lms.credentials.services.states import (
    StateChange,
    StateConflictError,
    restore_credential,
    suspend_credential,
)
from lms.db import Database, make_engine
from tests.credentials.database import (
    CERTIFIER,
    ISSUED,
    make_awarding_decision,
    make_credentials,
    make_order,
)
from tests.databases import fresh_database

pytestmark = pytest.mark.concurrent


@pytest.fixture
def own_database(template_url: str, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        yield Database(engine)
        engine.dispose()


def issue_at_once(database, orders, settings):
    barrier = Barrier(len(orders))

    def issue(order):
        barrier.wait()
        with database.transaction() as own:
            return [row.number for row in issue_credentials(own, order, settings)]

    with ThreadPoolExecutor(len(orders)) as pool:
        return list(pool.map(issue, orders))


def prepared_orders(database, settings, *, decisions, times):
    library = Library(COMPILERS)
    with database.session(writes=True) as session:
        make_key(session, settings, now=ISSUED)
        made = [make_awarding_decision(session, library) for _ in range(decisions)]
        return [
            make_order(decision, session, library, settings)
            for decision in made
            for _ in range(times)
        ]


def test_one_decision_issued_four_times_at_once_gives_one_certificate(
    own_database, settings
):
    orders = prepared_orders(own_database, settings, decisions=1, times=4)
    answers = issue_at_once(own_database, orders, settings)
    assert answers == [["TN-2026-0001", "TN-2026-0001-01"]] * 4
    with own_database.session() as session:
        assert len(session.scalars(select(Credential)).all()) == 2
        counters = session.scalars(select(CredentialCounter)).all()
    assert {row.name: row.last for row in counters} == {
        "keys": 1,
        "key-2026": 1,
        "certificate-2026": 1,
        "status": 2,
    }


def test_decisions_issued_at_once_get_numbers_without_gap_or_double(
    own_database, settings
):
    orders = prepared_orders(own_database, settings, decisions=4, times=1)
    answers = issue_at_once(own_database, orders, settings)
    assert sorted(numbers[0] for numbers in answers) == [
        f"TN-2026-000{place}" for place in range(1, 5)
    ]


def test_no_level_is_restored_while_its_certificate_is_being_suspended(
    own_database, settings
):
    change = StateChange(actor=CERTIFIER, now=ISSUED, reason="事実を調べるためである。")
    with own_database.session(writes=True) as session:
        certificate, level = make_credentials(session, Library(COMPILERS), settings)
        ids = certificate.id, level.id
        suspend_credential(session, level, change)
        session.commit()
    barrier = Barrier(2)

    def act(place):
        barrier.wait()
        with own_database.transaction() as own, suppress(StateConflictError):
            service = (suspend_credential, restore_credential)[place]
            service(own, own.get(Credential, ids[place]), change)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, range(2)))
    with own_database.session() as session:
        states = {state_of(session.get(Credential, row), at=ISSUED) for row in ids}
    assert states == {CredentialState.SUSPENDED}


def test_keys_rotated_at_once_leave_exactly_one_that_signs(own_database, settings):
    with own_database.transaction() as session:
        make_key(session, settings, now=ISSUED)
    barrier = Barrier(3)

    def rotate(_place):
        barrier.wait()
        with own_database.transaction() as own:
            return rotate_key(own, settings, now=ISSUED).name

    with ThreadPoolExecutor(3) as pool:
        names = set(pool.map(rotate, range(3)))
    assert names == {"2026-2", "2026-3", "2026-4"}
    with own_database.session() as session:
        keys = list_signing_keys(session)
    assert [key.name for key in keys if key.retired_at is None] == ["2026-4"]
