"""Fixtures: a migrated database with the shipped content, one rollback per test."""

import logging
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lms.accounts.gate import STAY_KEY
from lms.accounts.models import Person
from lms.app import create_app
from lms.audit.domain import ACTIONS, INPUTS, OBJECT_KINDS
from lms.audit.models import AuditEvent
from lms.content.queries import Library
from lms.content.services import PublishOrder, publish_content, read_content
from lms.db import Database, make_engine
from lms.kinds import content_kinds
from lms.migrations import upgrade_database
from lms.settings import PROJECT_ROOT, Settings
from tests.databases import fresh_database
from tests.factories.sign_ins import open_stay
from tests.kept import CompiledTemplates, ShippedContent, keep_builders_of_addresses

_TEMPLATES = CompiledTemplates()
keep_builders_of_addresses()
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 12:00 in Tokyo


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a database, so that the quick half can leave it out.

    What only CI runs, and what a browser walks through, may take long on a busy
    machine; it is stopped where it hangs.
    """
    for item in items:
        if item.get_closest_marker("slow") or item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.timeout(1200))
        fixtures = getattr(item, "fixturenames", ())
        module = getattr(item, "module", None)
        if {"template_url", "empty_url"} & set(fixtures) or hasattr(
            module, "fresh_database"
        ):
            item.add_marker(pytest.mark.database)


@event.listens_for(AuditEvent, "before_insert")
def _act_has_a_name(_mapper: object, _connection: object, row: AuditEvent) -> None:
    """Fail where an act is recorded that auditors would see without its name."""
    assert row.action in ACTIONS, f"name {row.action} in lms/audit/domain/actions.py"
    assert row.object_kind in OBJECT_KINDS, (
        f"name {row.object_kind} in lms/audit/domain/actions.py"
    )
    unnamed = set(row.inputs) - set(INPUTS)
    assert not unnamed, f"name {unnamed} in lms/audit/domain/actions.py"


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Undo what a command of the test made of the logs of its process."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@pytest.fixture(scope="session")
def template_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database in which the shipped content is published."""
    folder = tmp_path_factory.mktemp("database")
    with fresh_database(folder) as url:
        engine = make_engine(url)
        upgrade_database(engine, PROJECT_ROOT / "migrations")
        kinds = content_kinds()
        index, _ = read_content(PROJECT_ROOT, kinds)
        order = PublishOrder(by="tests", reviewed_by=None, now=NOON, batch=uuid4())
        with Database(engine).transaction() as session:
            publish_content(session, index, kinds, order=order)
        if url.startswith("sqlite"):
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        yield url


@pytest.fixture(scope="session")
def engine(
    template_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One engine for all tests that roll back."""
    folder = tmp_path_factory.mktemp("shared")
    with fresh_database(folder, template=template_url) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    """A database whose commits are undone at the end of the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield Database(connection, join_transaction_mode="create_savepoint")
        outer.rollback()


@pytest.fixture
def own_database(template_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database of the test's own, for what happens at once and is committed."""
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        yield Database(engine)
        engine.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """The test's own session; requests use others on the same connection."""
    with database.session() as session:
        yield session


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an ordinary installation."""
    return Settings(
        database_url="sqlite://",
        secret_key="only-for-tests-" * 4,
        data_dir=tmp_path,
        public_url="https://tsunagu.example",
        is_testing=True,
    )


@pytest.fixture(scope="session")
def shipped_content(engine: Engine) -> ShippedContent:
    """What is published in every test's database, compiled once."""
    return ShippedContent(engine)


@pytest.fixture
def app(
    settings: Settings, database: Database, shipped_content: ShippedContent
) -> Iterator[Flask]:
    """The application on the test's database; CSRF has tests of its own."""
    app = create_app(settings, database)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    app.jinja_env.bytecode_cache = _TEMPLATES
    library: Library = app.extensions["lms_library"]
    shipped_content.lend(library)
    yield app
    shipped_content.take(library)


@pytest.fixture
def library(app: Flask) -> Library:
    """Published content."""
    found: Library = app.extensions["lms_library"]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript that reads Japanese."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ja"
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


@pytest.fixture
def sign_in(client: FlaskClient, database: Database) -> Callable[[Person], None]:
    """Sign a person in without the form, with a second factor shown."""

    def enter(person: Person) -> None:
        token = open_stay(database, person)
        with client.session_transaction(base_url="https://localhost") as cookie:
            cookie.clear()
            cookie[STAY_KEY] = token

    return enter
