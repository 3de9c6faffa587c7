"""Serving for others: several processes, and an end that loses nothing."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.accounts.models import SignIn
from lms.cli import cli
from lms.db import Database, lock_table, make_engine
from lms.errors import SettingsError
from tests.databases import fresh_database
from tests.factories.accounts import make_person
from tests.operation.servers import LIMIT_SECONDS, Visitor, serving, until, variables

pytestmark = pytest.mark.concurrent


@pytest.fixture
def here(settings, template_url, tmp_path):
    """An installation with a trainee, which listens at this machine only."""
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        with Database(engine).session(writes=True) as session:
            make_person(session, email="trainee@demo.example")
        engine.dispose()
        yield replace(settings, database_url=url, public_url="http://127.0.0.1")


@pytest.fixture
def database(here):
    engine = make_engine(here.database_url)
    yield Database(engine)
    engine.dispose()


def count_sign_ins(database):
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(SignIn))


@contextmanager
def request_in_flight(server, database):
    """A request that waits for a lock; give what will be the status of its answer."""
    visitor = Visitor(server.url)
    with ThreadPoolExecutor(1) as pool, database.session(writes=True) as session:
        session.connection()
        lock_table(session, "sign_ins")
        answer = pool.submit(visitor.enter)
        until(lambda: server.in_flight() == 1)
        yield answer
        assert not answer.done()


def test_at_sigterm_a_running_request_is_answered_and_kept_and_no_new_one_let_in(
    here, database
):
    with serving(here, "--workers", "2") as server:
        with request_in_flight(server, database) as answer:
            server.process.send_signal(signal.SIGTERM)
            until(server.knows_its_end)
            until(server.is_closed)
            assert count_sign_ins(database) == 0
        assert answer.result() == 303
        assert server.stop() == 0
    assert count_sign_ins(database) == 1


def test_a_request_that_comes_in_slowly_is_heard_out_behind_a_shut_door(here):
    with serving(here, "--workers", "2") as server:
        visitor = HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]))
        visitor.putrequest("POST", "/sign-in")
        visitor.putheader("Content-Type", "application/x-www-form-urlencoded")
        visitor.putheader("Content-Length", "3")
        visitor.endheaders(b"a=")
        until(lambda: server.in_flight() == 1)
        server.process.send_signal(signal.SIGTERM)
        until(server.is_closed)
        visitor.send(b"b")
        assert visitor.getresponse().status == 400  # it came without a token
        visitor.close()
        assert server.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "body", "status"),
    [
        ("Content-Length", str(2 * 1024 * 1024 + 1), None, 413),
        ("Transfer-Encoding", "chunked", b"0\r\n\r\n", 400),
        ("Transfer-Encoding", "chunked", b"no size\r\nemail=a\r\n0\r\n\r\n", 400),
    ],
    ids=["too large", "in pieces", "in broken pieces"],
)
def test_a_body_that_may_be_left_unread_ends_its_connection(
    here, name, value, body, status
):
    with serving(here, "--with-worker") as server:
        visitor = HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]))
        visitor.putrequest("POST", "/sign-in")
        visitor.putheader(name, value)
        visitor.endheaders(body)
        answer = visitor.getresponse()
        assert (answer.status, answer.getheader("Connection")) == (status, "close")
        answer.read()
        visitor.close()
        again = requests.get(f"{server.url}/healthz", timeout=LIMIT_SECONDS)
        assert again.headers["Connection"] == "keep-alive"


@pytest.mark.slow
def test_one_process_with_jobs_answers_what_runs_at_sigterm(here, database):
    with serving(here, "--with-worker") as server:
        with request_in_flight(server, database) as answer:
            server.process.send_signal(signal.SIGTERM)
            until(server.knows_its_end)
        assert answer.result() == 303
        assert server.stop() == 0
    assert count_sign_ins(database) == 1


@pytest.mark.slow
def test_several_processes_write_at_once_count_together_and_log_events(here, database):
    with serving(here, "--workers", "3") as server, ThreadPoolExecutor(8) as pool:
        visitors = [Visitor(server.url) for _ in range(8)]
        statuses = list(pool.map(Visitor.enter, visitors))
        figures = server.figures()
        assert server.stop() == 0
    assert statuses == [303] * 8
    assert count_sign_ins(database) == 8
    counted = 'endpoint="accounts.sign_in",method="GET",status="200"} 8.0'
    assert counted in figures
    events = server.events()
    assert sum(event["event"] == "request" for event in events) == 16
    assert {"gunicorn.error", "lms.request"} <= {event["logger"] for event in events}


def test_a_port_that_is_taken_is_said_at_once(here):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner(env=variables(here)).invoke(cli, ["serve", "--port", port])
    assert isinstance(result.exception, SettingsError)
    assert port in str(result.exception)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--with-worker", "--workers", "3"], "leave out --workers"),
        (["--socket", "none/web.sock"], "no folder none"),
        (["--socket", "plain"], "plain is there already, and is no socket"),
        (["--socket", "."], ". is there already, and is no socket"),
        (["--socket", "x" * 101], "too long for a socket"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything_begins(
    here, words, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain").touch()
    result = CliRunner(env=variables(here)).invoke(cli, ["serve", *words])
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize("host", ["192.0.2.1", "300.1.1.1", "2001:db8::1"])
def test_a_host_that_is_not_this_machine_is_not_called_a_taken_port(here, host):
    result = CliRunner(env=variables(here)).invoke(cli, ["serve", "--host", host])
    assert isinstance(result.exception, SettingsError)
    assert str(result.exception).startswith(f"{host} is no address of this machine")
