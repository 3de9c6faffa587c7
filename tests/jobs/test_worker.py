"""The worker runs what comes round, on a file or on Redis, and ends what it began."""

import json
import logging
import pickle
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lms.accounts.models import Person
from lms.app import create_app
from lms.cli import cli
from lms.db import Database, make_engine
from lms.errors import SettingsError
from lms.jobs.mail import MailRegistry
from lms.jobs.models import OutboxMail
from lms.jobs.queue import BackgroundWorker, _Every, make_queue
from lms.jobs.schedule import PeriodicJob, run_once
from lms.jobs.services import post_mail
from lms.logs import make_formatter
from lms.operation.periodic import periodic_jobs
from tests.conftest import NOON
from tests.databases import answering_redis, fresh_database
from tests.factories.accounts import make_person
from tests.jobs.post import Greeting

REDIS_URL = "redis://127.0.0.1:6379/9"


@pytest.fixture(params=["file", "redis"])
def redis_url(request):
    """No Redis, then a real one."""
    if request.param == "file":
        yield None
        return
    connection = answering_redis(REDIS_URL)
    yield REDIS_URL
    connection.close()


@pytest.fixture
def own_settings(settings, redis_url):
    """An installation whose queue no other test run can reach."""
    address = f"https://{uuid4().hex}.example"
    return replace(settings, redis_url=redis_url, public_url=address)


def test_a_worker_beside_the_server_runs_the_jobs(own_settings):
    ran, both = [], Event()

    def note(name):
        def run(now):
            ran.append((name, now.tzinfo))
            if len({name for name, _ in ran}) == 2:
                both.set()

        return PeriodicJob(name, timedelta(minutes=1), run)

    queue = make_queue(own_settings, (note("first"), note("second")))
    with BackgroundWorker(queue):
        assert both.wait(timeout=60)
    assert sorted(ran) == [("first", UTC), ("second", UTC)]


class Trap:
    """Does something to whoever reads it by pickle."""

    def __init__(self, path):
        self._path = path

    def __reduce__(self):
        return Path.touch, (self._path,)


def test_a_message_that_is_not_ours_is_not_read(own_settings, tmp_path):
    ran, sprung = Event(), tmp_path / "sprung"
    job = PeriodicJob("works", timedelta(minutes=1), lambda _now: ran.set())
    queue = make_queue(own_settings, (job,))
    foreign = pickle.dumps(Trap(sprung))
    queue.storage.enqueue(foreign)
    queue.storage.enqueue(foreign + b":" + b"0" * 40)
    with BackgroundWorker(queue):
        assert ran.wait(timeout=60)
    assert queue.storage.queue_size() == 0
    assert not sprung.exists()


def test_a_stopped_worker_ends_the_job_that_is_running(own_settings):
    command = [sys.executable, "-m", "tests.jobs.one_job", own_settings.data_dir]
    with subprocess.Popen(
        [*command, own_settings.public_url, own_settings.redis_url or ""],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGTERM)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.read() == "ended\nstopped\n"
        assert process.wait() == 0


@pytest.fixture
def logged():
    """What jobs log, in the form in which it is written."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make_formatter("json"))
    logger = logging.getLogger("lms.jobs.schedule")
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_a_failing_job_stops_no_other_and_its_message_is_not_logged(logged):
    ran = []

    def fail(_now):
        raise ValueError(secret)

    secret = "hanako@example.org"
    jobs = (
        PeriodicJob("fails", timedelta(minutes=1), fail),
        PeriodicJob("works", timedelta(minutes=1), ran.append),
    )
    assert run_once(jobs) == ["fails"]
    assert len(ran) == 1
    [line] = logged()
    assert line["event"] == "job fails failed: ValueError"
    [what] = line["exception"]
    assert (what["type"], what["frames"][-1][-5:]) == ("ValueError", " fail")
    assert "hanako" not in str(line)


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://u:hidden@127.0.0.1:1/x", "sqlite:////none/x.sqlite"]
)
def test_a_database_that_is_away_is_one_line_without_a_stack(logged, url):
    def ask(_now):
        with engine.connect():
            pass

    engine = make_engine(url)
    assert run_once([PeriodicJob("asks", timedelta(minutes=1), ask)]) == ["asks"]
    engine.dispose()
    [line] = logged()
    assert line["event"] == "job asks failed: the database is away (OperationalError)"
    assert "exception" not in line


@pytest.mark.parametrize(
    ("pause", "ticks", "turns"),
    [
        (timedelta(seconds=5), [0, 5.2, 9.9, 15], 4),
        (timedelta(minutes=1), [0, 5, 30, 59.5, 65, 118, 121], 3),
    ],
)
def test_a_job_comes_round_at_its_pace_though_ticks_come_early_or_late(
    pause, ticks, turns
):
    every = _Every(pause)
    start = datetime(2026, 11, 23, 3)  # noqa: DTZ001 - huey's moments are naive
    assert sum(every(start + timedelta(seconds=tick)) for tick in ticks) == turns


def test_a_redis_that_does_not_answer_is_said_at_the_start(settings):
    with pytest.raises(SettingsError, match="LMS_REDIS_URL"):
        make_queue(replace(settings, redis_url="redis://127.0.0.1:1/0"), ())


def test_the_jobs_of_an_installation_send_what_waits(app, session, database, settings):
    app.extensions["lms_mail_kinds"] = MailRegistry((Greeting(),))
    for _ in range(3):
        post_mail(session, "greeting", make_person(session).id, now=NOON, word="x")
    session.commit()
    assert run_once(periodic_jobs(app)) == []
    assert len(list((settings.data_dir / "outbox").iterdir())) == 3
    assert len(session.scalars(select(OutboxMail.sent_at)).all()) == 3


@pytest.fixture
def installation(template_url, tmp_path, monkeypatch):
    """An installation of its own, as the command finds it in the environment."""
    with fresh_database(tmp_path, template=template_url) as url:
        monkeypatch.setenv("LMS_DATABASE_URL", url)
        monkeypatch.setenv("LMS_SECRET_KEY", "only-for-tests-" * 4)
        monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
        engine = make_engine(url)
        yield Database(engine)
        engine.dispose()


@pytest.mark.concurrent
def test_worker_once_does_every_job_and_ends(installation):
    with installation.session(writes=True) as session:
        person = make_person(session)
        post_mail(session, "unheard-of", person.id, now=NOON)
        session.commit()
    result = CliRunner().invoke(cli, ["worker", "--once"])
    assert result.exit_code == 0, result.output
    with installation.session() as session:
        assert session.scalars(select(OutboxMail.attempts)).one() == 1
        assert session.scalars(select(Person)).one()


@pytest.mark.concurrent
def test_worker_once_says_which_job_failed(installation, monkeypatch):
    def fail(_now):
        raise OSError

    jobs = (PeriodicJob("fails", timedelta(minutes=1), fail),)
    monkeypatch.setattr("lms.operation.working.periodic_jobs", lambda app: jobs)
    result = CliRunner().invoke(cli, ["worker", "--once"])
    assert result.exit_code == 1
    assert result.stderr.endswith("failed: fails\n")


def test_every_periodic_job_has_a_name_of_its_own(settings, database):
    jobs = periodic_jobs(create_app(settings, database))
    assert len({job.name for job in jobs}) == len(jobs) >= 2
