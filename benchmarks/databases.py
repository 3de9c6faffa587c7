"""A database for one run: a file, or a database of its own on a PostgreSQL server."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from lms.database_url import normalise_database_url

_DEFAULT_SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """Give the URL of a new, empty database, and drop it afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as folder:
            path = Path(folder) / "bench.sqlite"
            path.touch()
            yield f"sqlite:///{path}"
        return
    given = os.environ.get("LMS_TEST_DATABASE_URL", "")
    server = normalise_database_url(given) if "postgres" in given else _DEFAULT_SERVER
    name = f"tsunagu_bench_{uuid4().hex[:8]}"
    _on_server(server, f'CREATE DATABASE "{name}"')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
