"""What machines ask: alive, ready; and the number of each request."""

import socket
from dataclasses import replace

import pytest

from lms.app import create_app
from lms.db import Database, make_engine
from lms.migrations import upgrade_database
from tests.databases import asked_for_postgres, empty_file, fresh_database


def test_alive_needs_no_database(cut_off):
    answer = cut_off.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_ready_with_a_database_at_the_present_schema(client):
    assert client.get("/readyz").status_code == 200


def test_not_ready_while_the_database_is_away_and_says_so(cut_off):
    answer = cut_off.get("/readyz")
    assert answer.status_code == 503
    assert "database" in answer.text


def test_not_ready_on_an_old_schema(settings, tmp_path):
    engine = make_engine(empty_file(tmp_path / "empty.sqlite"))
    answer = create_app(settings, Database(engine)).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "lms db upgrade" in answer.text
    engine.dispose()


def test_not_ready_on_a_schema_of_a_later_version(settings, tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'later.sqlite'}")
    upgrade_database(engine, settings.migrations_dir)
    client = create_app(settings, Database(engine)).test_client()
    assert client.get("/readyz").status_code == 200
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'")
    answer = client.get("/readyz")
    assert (answer.status_code, "does not know" in answer.text) == (503, True)
    engine.dispose()


def test_not_ready_while_redis_is_away(settings, database):
    away = replace(settings, redis_url="redis://127.0.0.1:1/0")
    answer = create_app(away, database).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.text.strip() == "redis: does not answer"


@pytest.mark.parametrize(
    ("sent", "is_kept"),
    [
        ("proxy-number-1", True),
        ("short", False),
        ("x" * 65, False),
        ("a b\tc-d-e", False),
    ],
)
def test_a_request_keeps_a_usable_number_of_the_proxy(
    settings, database, sent, is_kept
):
    app = create_app(replace(settings, trusted_proxies=1), database)
    answer = app.test_client().get("/healthz", headers={"X-Request-ID": sent})
    assert (answer.headers["X-Request-ID"] == sent) is is_kept
    assert len(answer.headers["X-Request-ID"]) >= 8


def test_without_a_proxy_nobody_chooses_the_number_of_a_request(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "proxy-number-1"})
    assert answer.headers["X-Request-ID"] != "proxy-number-1"


@pytest.mark.skipif(asked_for_postgres() is None, reason="SQLite never waits to read")
def test_not_ready_while_the_database_keeps_us_waiting(settings, tmp_path):
    with fresh_database(tmp_path) as url:
        engine = make_engine(url)
        upgrade_database(engine, settings.migrations_dir)
        client = create_app(settings, Database(engine)).test_client()
        with engine.begin() as other:
            other.exec_driver_sql("LOCK TABLE alembic_version")
            waited = client.get("/readyz")
        answered = client.get("/readyz")
        engine.dispose()
    assert (waited.status_code, answered.status_code) == (503, 200)
    assert waited.text == "database: does not answer\n"


def test_not_ready_on_a_database_server_that_accepts_and_stays_silent(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"postgresql+psycopg://nobody@127.0.0.1:{port}/nothing"
        client = create_app(settings, Database(make_engine(url))).test_client()
        assert client.get("/readyz").status_code == 503
