"""Databases for tests: SQLite files, or databases of a real PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from redis import ConnectionError as RedisIsAway
from redis import Redis
from sqlalchemy import create_engine, make_url, text

from lms.database_url import normalise_database_url

IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
"""Where what is missing is a failure, and everything is tried."""


def asked_for_postgres() -> str | None:
    """Return the server that the tests were asked to use, if it is PostgreSQL."""
    url = os.environ.get("LMS_TEST_DATABASE_URL", "sqlite")
    return None if url.startswith("sqlite") else normalise_database_url(url)


@contextmanager
def fresh_database(folder: Path, *, template: str | None = None) -> Iterator[str]:
    """Give the URL of a new database, and drop it afterwards.

    `template` names a database (PostgreSQL) or a file (SQLite) to copy.
    """
    server = asked_for_postgres()
    if server is None:
        path = folder / f"{uuid4().hex}.sqlite"
        url = empty_file(path)
        if template:
            path.write_bytes(Path(make_url(template).database or "").read_bytes())
        yield url
        return
    name = f"tsunagu_test_{uuid4().hex[:12]}"
    copied = f' TEMPLATE "{make_url(template).database}"' if template else ""
    _on_server(server, f'CREATE DATABASE "{name}"{copied}')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def empty_file(path: Path) -> str:
    """Make a file of SQLite without tables, and return its URL."""
    path.touch()
    return f"sqlite:///{path}"


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def answering_redis(url: str) -> Redis:
    """Connect to a real Redis; without one the test is skipped, and fails in CI."""
    connection = Redis.from_url(url)
    try:
        connection.ping()
    except RedisIsAway:
        reason = f"Redis does not answer at {url}"
        if IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    return connection
