"""The file of SQLite: made by what sets up, never by what serves, and followed."""

import os
import stat

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from lms.app import create_app
from lms.cli import cli
from lms.db import Database, make_engine
from lms.migrations import upgrade_database
from lms.web.watch import CONNECTIONS
from tests.databases import empty_file


@pytest.fixture
def path(settings, tmp_path):
    path = tmp_path / "own.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    upgrade_database(engine, settings.migrations_dir)
    engine.dispose()
    return path


@pytest.fixture
def workers(settings, path):
    """Two processes of a server, as far as the database can tell."""
    engines = [make_engine(f"sqlite:///{path}") for _ in range(2)]
    clients = [create_app(settings, Database(one)).test_client() for one in engines]
    assert states(clients) == [200, 200]
    yield clients
    for engine in engines:
        engine.dispose()


def states(clients):
    return [client.get("/readyz").status_code for client in clients]


def connections_in_use():
    return CONNECTIONS.collect()[0].samples[0].value


def move(path, to):
    """Move a database with all that belongs to it."""
    for ending in ("", "-wal", "-shm"):
        if (found := path.with_name(path.name + ending)).exists():
            found.rename(to.with_name(to.name + ending))


def test_a_file_that_is_moved_away_is_missed_not_made_and_found_again(workers, path):
    in_use, away = connections_in_use(), path.with_name("away.sqlite")
    move(path, away)
    assert states(workers * 2) == [503] * 4
    assert not path.exists()
    move(away, path)
    assert states(workers * 2) == [200] * 4
    assert connections_in_use() == in_use


def test_a_file_that_is_replaced_is_read_anew(workers, path, settings):
    path.unlink()
    empty_file(path)
    answers = [worker.get("/readyz") for worker in workers]
    assert ["lms db upgrade" in answer.text for answer in answers] == [True, True]
    engine = make_engine(f"sqlite:///{path}")
    upgrade_database(engine, settings.migrations_dir)
    engine.dispose()
    assert states(workers * 2) == [200] * 4


def test_a_name_that_an_address_would_read_otherwise_is_a_name(tmp_path):
    engine = make_engine(empty_file(tmp_path / "a #1 50%.sqlite"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    engine.dispose()
    assert (tmp_path / "a #1 50%.sqlite").stat().st_size


def test_memory_has_no_file_to_hold_to():
    engine = make_engine("sqlite://")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_connection_makes_no_file(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'none.sqlite'}")
    with pytest.raises(OperationalError, match="unable to open"):
        engine.connect()
    assert list(tmp_path.iterdir()) == []


def test_what_an_upgrade_makes_is_for_its_owner_alone(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    monkeypatch.setenv("LMS_SECRET_KEY", "only-for-tests-" * 4)
    monkeypatch.setenv("LMS_DATA_DIR", str(folder))
    monkeypatch.setenv("LMS_DATABASE_URL", "")
    before = os.umask(0o022)
    try:
        assert CliRunner().invoke(cli, ["db", "upgrade"]).exit_code == 0
    finally:
        os.umask(before)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes["tsunagu.sqlite"] == 0o600
    assert set(modes.values()) == {0o600}
