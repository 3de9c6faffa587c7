"""How SQLite is spoken to: the habits of a connection, and waiting for its writer."""

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

LOCK_SECONDS = 30
"""How long a writer waits for its turn."""
_LOCK_STEP_SECONDS = 0.0005


def listen_to_sqlite(engine: Engine) -> None:
    """Prepare each connection of an engine, and send its ``BEGIN`` ourselves."""
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
    if mode != "DEFERRED":
        _wait_for_lock(connection.connection.driver_connection, f"BEGIN {mode}")
    else:
        connection.exec_driver_sql("BEGIN")


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
