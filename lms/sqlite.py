"""How SQLite is spoken to: its file, the habits of a connection, and its one writer."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError, OperationalError

LOCK_SECONDS = 30
"""How long a writer waits for its turn."""
_LOCK_STEP_SECONDS = 0.0005
_FILE = "file"


def make_sqlite_engine(url: str) -> Engine:
    """Return an engine with WAL, foreign keys and real savepoints, for a file there is.

    The driver's own transaction handling is switched off, and ``BEGIN`` is sent by us.
    A connection that is to write begins ``IMMEDIATE``, because a read lock cannot wait
    to become a write lock (SQLite, "Isolation in SQLite"); with ``NONE`` each statement
    sees what is committed by then.
    """
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": LOCK_SECONDS}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    path = find_file(engine.url)
    if path is not None:
        _hold_to_file(engine, path)
    return engine


def find_file(url: URL) -> Path | None:
    """Return the file of a database; PostgreSQL and memory have none."""
    name = url.database or ""
    is_file = url.get_backend_name() == "sqlite" and name not in ("", ":memory:")
    return Path(name) if is_file and not name.startswith("file:") else None


def make_file(url: URL) -> None:
    """Make the empty file of a new database, which nobody else may read.

    For what sets an installation up. A server that did this would go on with nothing
    in it where the file was moved away by mistake.
    """
    path = find_file(url)
    if path is not None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, mode=0o600))


@contextmanager
def making_file(engine: Engine) -> Iterator[None]:
    """Make the file of a new database, and take it away if what fills it fails."""
    path = find_file(engine.url)
    is_new = path is not None and not path.exists()
    make_file(engine.url)
    try:
        yield
    except BaseException:
        if path is not None and is_new:
            engine.dispose()
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        raise


def _hold_to_file(engine: Engine, path: Path) -> None:
    """Make no file, and leave one that was deleted or replaced for what is there now.

    A connection goes on reading a file that has no name any more.
    """
    uri = f"{path.absolute().as_uri()}?mode=rw"

    @event.listens_for(engine, "do_connect")
    def _open(
        _dialect: Any, record: Any, args: list[Any], more: dict[str, Any]
    ) -> None:
        record.info[_FILE] = _identify(path)
        args[0], more["uri"] = uri, True

    @event.listens_for(engine, "checkout")
    def _compare(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info[_FILE] != _identify(path):
            raise DisconnectionError


def _identify(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        "secure_delete=ON",  # what was erased is overwritten, on every build
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
    driver: Any = connection.connection.driver_connection
    if mode == "DEFERRED":
        driver.execute("BEGIN")
    elif mode != "NONE":
        _wait_for_lock(driver, f"BEGIN {mode}")


def _wait_for_lock(driver: Any, begin: str) -> None:
    """Ask for the one writer's place again and again until it is free.

    SQLite's own waiting grows to a tenth of a second a step, in which a place that is
    held for two milliseconds has come and gone many times.

    Raises
    ------
    OperationalError
        Somebody held it all the time.
    """
    end = time.monotonic() + LOCK_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute(begin)
            except sqlite3.OperationalError as error:
                is_taken = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not is_taken or time.monotonic() > end:
                    raise OperationalError(begin, None, error) from error
                time.sleep(_LOCK_STEP_SECONDS)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
