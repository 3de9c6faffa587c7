"""Many requests at the same moment leave one consistent attempt."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.accounts.gate import STAY_KEY
from lms.app import create_app
from lms.db import Database, make_engine
from lms.simulation.models import Attempt, AttemptAction
from tests.databases import fresh_database
from tests.factories.accounts import make_person
from tests.factories.sign_ins import open_stay

pytestmark = pytest.mark.concurrent
AT_ONCE = 8
REPEATS = 20


@pytest.fixture
def database(template_url, tmp_path):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        yield Database(engine)
        engine.dispose()


@pytest.fixture
def post(settings, database):
    app = create_app(replace(settings, public_url="http://localhost"), database)
    app.config["WTF_CSRF_ENABLED"] = False
    with database.transaction() as session:
        person = make_person(session)
    token = open_stay(database, person)

    def send(path, data=None):
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie[STAY_KEY] = token
        return client.post(path, data=data or {})

    return send


def in_parallel(work, count=REPEATS):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, range(count)))


def test_twenty_starts_at_once_are_one_attempt(post, database):
    answers = in_parallel(lambda _: post("/cases/rent-letter/attempts").status_code)
    assert set(answers) <= {303, 409}
    assert 303 in answers
    with database.session() as session:
        assert len(session.scalars(select(Attempt)).all()) == 1


def test_twenty_repeats_of_one_click_are_one_action(post, database):
    path = post("/cases/rent-letter/attempts").location + "/0"
    data = {"position": 0, "action_id": str(uuid4()), "choice": "desk.call_line"}
    answers = in_parallel(lambda _: post(path, data).status_code)
    assert set(answers) <= {303, 409}
    with database.session() as session:
        assert len(session.scalars(select(AttemptAction)).all()) == 1
    assert post(path, data).status_code == 303


def test_twenty_different_clicks_at_one_place_have_one_winner(post, database):
    path = post("/cases/rent-letter/attempts").location + "/0"
    choices = ("desk.call_line", "desk.use_son", "desk.gesture")

    def click(number):
        data = {"position": 0, "action_id": str(uuid4())}
        return post(path, {**data, "choice": choices[number % 3]}).status_code

    answers = in_parallel(click)
    assert sorted(set(answers)) == [303, 409]
    assert answers.count(303) == 1
    with database.session() as session:
        assert len(session.scalars(select(AttemptAction)).all()) == 1
