"""Two who send one code at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from lms.accounts.models import Person
from lms.accounts.second_factor.queries import count_codes_left
from lms.accounts.second_factor.services import accept_code
from lms.db import Database, make_engine
from tests.accounts.factor_makers import SECRET, set_up_factor
from tests.conftest import NOON
from tests.databases import fresh_database
from tests.factories.accounts import make_person

pytestmark = pytest.mark.concurrent
AT_ONCE = 4
LATER = NOON + timedelta(minutes=10)


@pytest.fixture
def own_database(template_url: str, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        yield Database(engine)
        engine.dispose()


def send_at_once(database, person_id, code):
    """Return how many of those who send a code at once are let through."""
    barrier = Barrier(AT_ONCE)

    def send(_number):
        barrier.wait(timeout=20)
        with database.transaction() as session:
            person = session.get(Person, person_id)
            proof = accept_code(session, person, code, secrets=[SECRET], now=LATER)
        return proof is not None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(send, range(AT_ONCE)))


def test_one_recovery_code_lets_one_of_several_through(own_database):
    with own_database.session(writes=True) as session:
        person = make_person(session)
        person_id = person.id
        _, codes = set_up_factor(session, person)
    assert send_at_once(own_database, person_id, codes[0]) == 1
    with own_database.session() as session:
        assert count_codes_left(session, person_id) == 9


def test_one_code_of_the_app_lets_one_of_several_through(own_database):
    with own_database.session(writes=True) as session:
        person = make_person(session)
        person_id = person.id
        app, _ = set_up_factor(session, person)
    assert send_at_once(own_database, person_id, app.at(LATER)) == 1
