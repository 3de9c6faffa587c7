"""What keeps a command from its work is one line with its remedy, and status 2."""

import sys
from errno import EIO

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from lms.audit.models import AuditEvent
from lms.cli import main
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.db import Database, make_engine
from lms.operation.refusals import explain
from tests.databases import asked_for_postgres, fresh_database
from tests.decisions.factory import make_cohort

COMMANDS = (
    ("keys", "new"),
    ("keys", "list"),
    ("keys", "export"),
    ("people", "list"),
    ("people", "invite", "--email", "a@b.example", "--name", "x", "--role", "author"),
    ("people", "disable", "a@b.example", "--reason", "x"),
    ("audit", "verify"),
    ("audit", "head"),
    ("privacy", "sweep"),
    ("privacy", "erasures", "--out", "erasures.json"),
    ("records", "export", "--format", "csv", "--cohort", "x", "--out", "."),
    ("backup", "all.zip"),
    ("serve", "--port", "1"),
    ("worker", "--once"),
)
ids = " ".join


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command as a shell does; give its status and its lines on stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LMS_SECRET_KEY", "only-for-tests-" * 4)
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["lms", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr().err.splitlines()

    return call


@pytest.fixture
def later_url(tmp_path, template_url):
    """A database that a later version has upgraded."""
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = '29990101_later'")
            )
        engine.dispose()
        yield url


def test_a_time_zone_that_nobody_knows_is_one_line(run, monkeypatch):
    monkeypatch.setenv("LMS_TIME_ZONE", "Mars/Base")
    status, [line] = run("serve", "--port", "1")
    assert status == 2
    assert "Mars/Base" in line
    assert "Set LMS_TIME_ZONE to a name such as Asia/Tokyo" in line


@pytest.mark.parametrize("words", [*COMMANDS, ("db", "upgrade")], ids=ids)
def test_a_server_that_is_away_is_one_line_without_the_password(
    run, monkeypatch, words
):
    url = "postgresql://someone:hid@den@127.0.0.1:1/x"
    monkeypatch.setenv("LMS_DATABASE_URL", url)
    status, [line] = run(*words)
    assert (status, line.startswith("lms: The database cannot be used: ")) == (2, True)
    assert line.endswith("Start it, or correct LMS_DATABASE_URL.")
    assert not {"hid", "den"} & set(line.replace("@", " ").split())
    assert "hid@" not in line
    assert "den@" not in line


@pytest.mark.parametrize("words", COMMANDS, ids=ids)
def test_a_file_that_is_not_there_is_one_line_and_none_is_made(
    run, monkeypatch, tmp_path, words
):
    path = tmp_path / "none" / "x.sqlite"
    monkeypatch.setenv("LMS_DATABASE_URL", f"sqlite:///{path}")
    status, [line] = run(*words)
    assert (status, "lms db upgrade" in line) == (2, True)
    assert not path.exists()


@pytest.mark.parametrize("words", COMMANDS, ids=ids)
def test_a_database_without_tables_is_to_be_upgraded(
    run, monkeypatch, empty_url, words
):
    monkeypatch.setenv("LMS_DATABASE_URL", empty_url)
    said = run(*words)
    assert said == (2, ["lms: The database is not up to date: lms db upgrade"])


@pytest.mark.parametrize("words", [("db", "upgrade"), ("serve",), *COMMANDS], ids=ids)
def test_a_database_of_a_later_version_is_not_to_be_upgraded(
    run, monkeypatch, later_url, words
):
    monkeypatch.setenv("LMS_DATABASE_URL", later_url)
    status, [line] = run(*words)
    assert (status, "Run the later version" in line) == (2, True)


@pytest.mark.parametrize(
    ("words", "variable"),
    [
        (("keys", "export", "--out", "none/x"), ""),
        (("privacy", "erasures", "--out", "none/x"), ""),
        (("db", "upgrade"), "f/data"),
        (("serve", "--socket", "x"), "f/data"),
    ],
    ids=str,
)
def test_a_place_that_cannot_be_written_is_named(
    run, monkeypatch, tmp_path, template_url, words, variable
):
    (tmp_path / "f").touch()
    with fresh_database(tmp_path, template=template_url) as url:
        monkeypatch.setenv("LMS_DATABASE_URL", url)
        if variable:
            monkeypatch.setenv("LMS_DATA_DIR", variable)
        status, [line] = run(*words)
    named = variable or words[-1]
    assert (status, named in line, "another place" in line) == (2, True, True)


def test_an_export_that_has_no_place_is_refused_and_not_noted(
    run, monkeypatch, tmp_path, template_url
):
    (tmp_path / "f").touch()
    words = ("records", "export", "--format", "csv", "--out", "f/x", "--cohort")
    with fresh_database(tmp_path, template=template_url) as url:
        monkeypatch.setenv("LMS_DATABASE_URL", url)
        engine = make_engine(url)
        database = Database(engine)
        with database.session(writes=True) as session:
            slug = make_cohort(session, Library(COMPILERS)).slug
        status, [line] = run(*words, slug)
        with database.session() as session:
            noted = session.scalars(select(AuditEvent.action)).all()
        engine.dispose()
    assert (status, "f/x" in line, "another place" in line) == (2, True, True)
    assert "cohort.opened" in noted
    assert not [action for action in noted if "export" in action]


def test_a_wrong_statement_on_the_right_schema_stays_a_fault(
    monkeypatch, tmp_path, template_url
):
    with fresh_database(tmp_path, template=template_url) as url:
        monkeypatch.setenv("LMS_SECRET_KEY", "only-for-tests-" * 4)
        monkeypatch.setenv("LMS_DATABASE_URL", url)
        engine = make_engine(url)
        with engine.connect() as connection:
            for statement in ("SELECT x FROM nowhere", "SELEC 1"):
                with pytest.raises(DBAPIError) as found:
                    connection.execute(text(statement))
                connection.rollback()
                assert explain(found.value) is None
        engine.dispose()
    assert explain(found.value) is None  # nor when it cannot be asked any more


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ('password authentication failed for user "u"', "user and password"),
        ("fe_sendauth: no password supplied", "user and password"),
        ('role "u" does not exist', "Make that role"),
        ('database "d" does not exist', "Make that database"),
        ('no pg_hba.conf entry for host "h"', "pg_hba.conf"),
        ("sorry, too many clients already", "max_connections"),
        ("Connection refused", "Start it"),
    ],
)
def test_a_server_that_turns_us_away_is_told_apart_from_one_that_is_away(said, remedy):
    error = OperationalError(None, None, psycopg.OperationalError(f"FATAL:  {said}"))
    line = explain(error)
    assert (said in line, remedy in line) == (True, True)


def test_rows_that_do_not_fit_are_not_blamed_on_the_schema(monkeypatch, empty_url):
    monkeypatch.setenv("LMS_SECRET_KEY", "only-for-tests-" * 4)
    monkeypatch.setenv("LMS_DATABASE_URL", empty_url)
    assert explain(IntegrityError("INSERT", {}, ValueError("people"))) is None


def test_a_fault_without_words_stays_one_and_a_full_disk_does_not():
    assert explain(OSError()) is None
    assert explain(ValueError("x")) is None
    assert explain(OSError(EIO, "Input/output error")) == "Input/output error."


@pytest.mark.skipif(asked_for_postgres() is None, reason="SQLite has no users")
def test_a_database_that_is_not_ours_is_told_apart_from_a_fault(empty_url):
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = on"))
        connection.commit()
        with pytest.raises(DBAPIError) as found:
            connection.execute(text("CREATE TABLE x (id int)"))
    engine.dispose()
    assert "read-only" in explain(found.value)
    assert "Give the database" in explain(found.value)
