"""Going on: on another device, after a new version, after the database was away."""

import re
import shutil
import sqlite3
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import event, select, text

from lms.accounts.gate import STAY_KEY
from lms.app import create_app
from lms.content.models import ContentVersion
from lms.content.services import PublishOrder, publish_content, read_content
from lms.db import Database, make_engine
from lms.kinds import content_kinds
from lms.settings import PROJECT_ROOT
from lms.simulation.models import Attempt, AttemptAction
from tests.conftest import NOON
from tests.databases import asked_for_postgres, fresh_database
from tests.factories.accounts import make_person
from tests.factories.sign_ins import open_stay

pytestmark = pytest.mark.concurrent
FOLDERS = ("curricula", "case_simulations", "assessments", "rubrics")


@pytest.fixture
def engine(template_url, tmp_path):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        if url.startswith("sqlite"):  # so that a test need not wait for the lock
            event.listen(engine, "connect", _wait_briefly, insert=False)
        yield engine
        engine.dispose()


def _wait_briefly(connection, _record):
    connection.execute("PRAGMA busy_timeout=100")


@pytest.fixture
def database(engine):
    return Database(engine)


@pytest.fixture
def device(settings, database):
    """Gives browsers of one learner, each with a sign-in of its own."""
    app = create_app(replace(settings, public_url="http://localhost"), database)
    app.config["WTF_CSRF_ENABLED"] = False
    with database.session(writes=True) as session:
        person = make_person(session)

    def one():
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie[STAY_KEY] = open_stay(database, person)
        return client

    return one


def click(client, place, position, choice, action_id=None):
    data = {"position": position, "action_id": str(action_id or uuid4())}
    origin = {"Origin": "http://localhost"}
    return client.post(
        f"{place}/{position}", data={**data, "choice": choice}, headers=origin
    )


def recorded(database):
    with database.session() as session:
        return session.scalars(select(AttemptAction.action_id)).all()


def test_the_same_page_sent_with_another_answer_is_no_repeat(device, database):
    client = device()
    place = client.post("/cases/rent-letter/attempts").location
    own = uuid4()
    page = client.get(f"{place}/0").text
    first, second = re.findall(r'name="choice" value="([^"]+)"', page)[:2]
    assert click(client, place, 0, first, own).status_code == 303
    assert click(client, place, 0, first, own).status_code == 303  # a repeat
    other = click(client, place, 0, second, own)
    assert other.status_code == 409
    label = re.search(rf'value="{second}"[^>]*>\s*<span[^>]*>([^<]+)', page)
    assert label[1].strip() in other.text
    assert recorded(database) == [own]


def test_another_device_goes_on_at_the_exact_scene(device):
    office, phone = device(), device()
    place = office.post("/cases/rent-letter/attempts").location
    click(office, place, 0, "desk.call_line")
    home = phone.get("/").text
    assert f'href="{place}"' in home
    assert phone.get(place).location == f"{place}/1"
    assert click(phone, place, 1, "need.letter").status_code == 303
    assert office.get(place).location == f"{place}/2"
    assert click(office, place, 1, "need.why").status_code == 409


def test_new_version_does_not_move_an_attempt_under_way(device, database, tmp_path):
    client = device()
    place = client.post("/cases/rent-letter/attempts").location
    before = client.get(f"{place}/0").text
    publish_second_version(database, tmp_path)
    assert "第2版" in client.get("/cases/rent-letter").text
    after = client.get(f"{place}/0").text
    assert before.count('name="choice"') == after.count('name="choice"') > 0
    assert click(client, place, 0, "desk.call_line").status_code == 303
    with database.session() as session:
        attempt = session.scalars(select(Attempt)).one()
        label = select(ContentVersion.label).where(
            ContentVersion.id == attempt.case_version_id
        )
        assert session.scalar(label) == "1"


def publish_second_version(database, folder):
    for name in FOLDERS:
        shutil.copytree(PROJECT_ROOT / name, folder / name)
    path = folder / "case_simulations/rent-letter/case.yaml"
    written = path.read_text(encoding="utf-8")
    path.write_text(written.replace("version: 1\n", "version: 2\n", 1), "utf-8")
    kinds = content_kinds()
    index, _findings = read_content(folder, kinds)
    order = PublishOrder(by="tests", reviewed_by=None, now=NOON, batch=uuid4())
    with database.transaction() as session:
        _result, faults = publish_content(session, index, kinds, order=order)
    assert not faults


@pytest.mark.slow  # it waits for as long as a writer may
@pytest.mark.skipif(asked_for_postgres() is not None, reason="SQLite's own lock")
def test_locked_database_is_answered_calmly_and_the_same_act_counts_later(
    device, database, engine
):
    client = device()
    place = client.post("/cases/rent-letter/attempts").location
    action_id = uuid4()
    other = sqlite3.connect(engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = click(client, place, 0, "desk.call_line", action_id)
    assert answer.status_code == 503
    assert str(action_id) in answer.text
    assert client.get(f"{place}/0").status_code == 200
    other.execute("ROLLBACK")
    other.close()
    assert recorded(database) == []
    assert click(client, place, 0, "desk.call_line", action_id).status_code == 303
    assert recorded(database) == [action_id]


@pytest.mark.skipif(asked_for_postgres() is None, reason="needs a server to lose")
@pytest.mark.parametrize("moment", ["INSERT INTO attempt_actions", "SELECT attempts"])
def test_connection_lost_within_a_transaction_leaves_nothing_by_halves(
    device, database, engine, moment
):
    client = device()
    place = client.post("/cases/rent-letter/attempts").location
    action_id = uuid4()
    admin = make_engine(engine.url.render_as_string(hide_password=False))

    def lose(connection, _cursor, statement, *_rest):
        if statement.startswith(moment) and not lost:
            lost.append(moment)
            number = connection.connection.driver_connection.info.backend_pid
            with admin.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:n)"), {"n": number})

    lost = []
    event.listen(engine, "before_cursor_execute", lose)
    answer = click(client, place, 0, "desk.call_line", action_id)
    assert lost
    assert answer.status_code == 503
    assert str(action_id) in answer.text
    assert recorded(database) == []
    assert click(client, place, 0, "desk.call_line", action_id).status_code == 303
    assert recorded(database) == [action_id]
    admin.dispose()


@pytest.mark.skipif(asked_for_postgres() is None, reason="SQLite has one lock")
def test_table_that_somebody_locks_for_long_is_answered_calmly(settings, engine):
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(settings, Database(make_engine(url, lock_seconds=1)))
    with engine.connect() as other:
        other.execute(text("LOCK TABLE sign_ins"))
        client = app.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"
        with client.session_transaction(base_url="https://localhost") as cookie:
            cookie[STAY_KEY] = "any"
        assert client.get("/").status_code == 503
        other.rollback()
    assert client.get("/").status_code == 303
    app.extensions["lms_database"].engine.dispose()


@pytest.mark.skipif(asked_for_postgres() is None, reason="needs a server to lose")
def test_connections_that_died_while_nobody_asked_are_replaced(device, engine):
    client = device()
    assert client.get("/").status_code == 200
    admin = make_engine(engine.url.render_as_string(hide_password=False))
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    with admin.connect() as connection:
        connection.execute(
            text(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
            )
        )
    admin.dispose()
    assert client.get("/").status_code == 200
