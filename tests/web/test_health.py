"""What machines ask: alive, ready, figures; and the number of each request."""

from dataclasses import replace

import pytest

from lms.app import create_app
from lms.db import Database, make_engine

LOCAL = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture
def cut_off(settings, tmp_path):
    """The application of an installation whose database is gone."""
    engine = make_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite'}")
    return create_app(settings, Database(engine)).test_client()


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
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    answer = create_app(settings, Database(engine)).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "lms db upgrade" in answer.text
    engine.dispose()


def test_not_ready_while_redis_is_away(settings, database):
    away = replace(settings, redis_url="redis://127.0.0.1:1/0")
    answer = create_app(away, database).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.text.strip() == "redis: does not answer"


def test_figures_count_requests_by_endpoint_and_hold_no_path(client):
    client.get("/sign-in?target=/secret-place")
    answer = client.get("/metrics", environ_base=LOCAL)
    assert answer.status_code == 200
    assert 'endpoint="accounts.sign_in",method="GET",status="200"' in answer.text
    assert "tsunagu_outbox_waiting 0.0" in answer.text
    assert "tsunagu_build_info" in answer.text
    assert "secret-place" not in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"environ_base": LOCAL, "headers": {"X-Forwarded-For": "192.0.2.7"}},
    ],
    ids=["from elsewhere", "through a proxy"],
)
def test_figures_are_not_for_everybody(client, asked):
    assert client.get("/metrics", **asked).status_code == 404


def test_a_token_opens_the_figures_and_nothing_else_does(settings, database):
    app = create_app(replace(settings, metrics_token="t" * 32), database)
    client = app.test_client()
    for token, status in (("t" * 32, 200), ("t" * 31, 404), ("", 404)):
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get("/metrics", headers=headers, environ_base=LOCAL)
        assert answer.status_code == status


def test_figures_without_a_database_are_those_of_requests(cut_off):
    answer = cut_off.get("/metrics", environ_base=LOCAL)
    assert answer.status_code == 200
    assert "tsunagu_outbox_waiting" not in answer.text


@pytest.mark.parametrize(
    ("sent", "is_kept"),
    [
        ("proxy-number-1", True),
        ("short", False),
        ("x" * 65, False),
        ("a b\tc-d-e", False),
    ],
)
def test_a_request_keeps_a_usable_number_of_the_proxy(client, sent, is_kept):
    answer = client.get("/healthz", headers={"X-Request-ID": sent})
    assert (answer.headers["X-Request-ID"] == sent) is is_kept
    assert len(answer.headers["X-Request-ID"]) >= 8
