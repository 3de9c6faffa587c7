"""The sessions that a database hands out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.db import Database, make_engine, read_rows
from lms.migrations import is_current, upgrade_database
from lms.settings import PROJECT_ROOT

_HOW_MANY = select(func.count()).select_from(Person)


def _person() -> Person:
    moment = datetime(2026, 11, 27, tzinfo=UTC)
    return Person(subject_id=uuid4(), created_at=moment)


def test_a_reader_refuses_to_add(database: Database) -> None:
    with database.reader() as session:
        before = session.scalar(_HOW_MANY)
        session.add(_person())
        with pytest.raises(RuntimeError, match="only reads"):
            read_rows(session, _HOW_MANY, {})
    with database.session() as session:
        assert session.scalar(_HOW_MANY) == before


def test_a_reader_refuses_to_change(database: Database, session: Session) -> None:
    session.add(_person())
    session.commit()
    with database.reader() as reader:
        person = reader.scalars(select(Person).limit(1)).one()
        person.is_enabled = False
        with pytest.raises(RuntimeError, match="only reads"):
            reader.flush()


def test_reading_keeps_no_transaction_open_on_sqlite(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("the next test asks PostgreSQL")
    with Database(engine).reader() as session:
        connection = session.connection()
        connection.scalar(_HOW_MANY)
        driver: Any = connection.connection.driver_connection
        assert not driver.in_transaction


def test_reading_keeps_no_transaction_open_on_postgresql(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("the test before this one asks SQLite")
    own = Database(engine)
    prepared = text("SELECT count(*) FROM pg_prepared_statements")
    with own.reader() as session:
        connection = session.connection()
        number = connection.scalar(text("SELECT pg_backend_pid()"))
        for _ in range(8):  # psycopg prepares what it has seen five times
            connection.scalar(_HOW_MANY)
        driver: Any = connection.connection.driver_connection
        assert driver.info.transaction_status.name == "IDLE"
    with own.reader() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) == number
        assert session.scalar(prepared)


@pytest.mark.concurrent
def test_two_upgrades_at_once_bring_one_database_up_to_date(empty_url: str) -> None:
    def upgrade(_number: int) -> bool:
        engine = make_engine(empty_url)
        upgrade_database(engine, PROJECT_ROOT / "migrations")
        is_done = is_current(engine, PROJECT_ROOT / "migrations")
        engine.dispose()
        return is_done

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(upgrade, range(2))) == [True, True]
