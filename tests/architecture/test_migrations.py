"""Migrations give exactly the schema that the models describe."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from lms.app import create_app  # noqa: F401 - brings every package's tables
from lms.db import Base, make_engine
from lms.migrations import (
    BrokenReferenceError,
    find_revision,
    is_current,
    list_revisions,
    migrate,
    rebuilding,
    upgrade_database,
)
from lms.settings import PROJECT_ROOT
from tests.databases import empty_file, fresh_database

FOLDER = PROJECT_ROOT / "migrations"


def test_migrations_make_the_models_schema(tmp_path):
    with fresh_database(tmp_path) as url:
        engine = make_engine(url)
        assert not is_current(engine, FOLDER)
        upgrade_database(engine, FOLDER)
        assert is_current(engine, FOLDER)
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True}
            )
            assert compare_metadata(context, Base.metadata) == []
        engine.dispose()


def test_table_that_others_refer_to_is_rebuilt_with_its_rows(tmp_path):
    engine = make_engine(empty_file(tmp_path / "x.sqlite"))
    with rebuilding(engine) as connection:
        for statement in (
            "CREATE TABLE a (id INTEGER PRIMARY KEY)",
            "CREATE TABLE b (a_id INTEGER REFERENCES a (id))",
            "INSERT INTO b VALUES (1)",
            "INSERT INTO a VALUES (1)",
        ):
            connection.exec_driver_sql(statement)
    with rebuilding(engine) as connection:
        for statement in (
            "CREATE TABLE copy (id INTEGER PRIMARY KEY)",
            "INSERT INTO copy SELECT id FROM a",
            "DROP TABLE a",
            "ALTER TABLE copy RENAME TO a",
        ):
            connection.exec_driver_sql(statement)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT a_id FROM b").scalars().all() == [1]
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql("DELETE FROM a")
    engine.dispose()


def add_key(connection):
    connection.exec_driver_sql(
        "INSERT INTO signing_keys (id, name, kid, public_jwk, private_pem, created_at)"
        " VALUES (1, '2026-1', 'k', '{}', 'locked', '2026-01-01 00:00:00')"
    )


def test_rows_of_the_first_schema_come_through_all_migrations(tmp_path):
    with fresh_database(tmp_path) as url:
        engine = make_engine(url)
        with rebuilding(engine) as connection:
            migrate(connection, FOLDER, list_revisions(FOLDER)[-1])
            add_key(connection)
        upgrade_database(engine, FOLDER)
        with engine.connect() as connection:
            kept = connection.exec_driver_sql("SELECT private_pem FROM signing_keys")
            assert kept.scalars().all() == ["locked"]
        engine.dispose()


def break_a_reference(engine):
    with rebuilding(engine) as connection:
        migrate(connection, FOLDER, list_revisions(FOLDER)[-1])
        connection.exec_driver_sql(
            "INSERT INTO profiles (person_id, name, name_kana, email) "
            "VALUES (1, '例', '', 'a@test.example')"
        )


def test_broken_reference_undoes_all_that_was_rebuilt(tmp_path):
    engine = make_engine(empty_file(tmp_path / "x.sqlite"))
    with pytest.raises(BrokenReferenceError, match="of profiles"):
        break_a_reference(engine)
    with engine.connect() as connection:
        assert find_revision(connection) is None
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_migrations_never_import_the_product():
    for path in (FOLDER / "versions").glob("*.py"):
        assert "import lms" not in path.read_text()
        assert "from lms" not in path.read_text()


def test_sqlite_keeps_foreign_keys_and_real_savepoints(tmp_path):
    engine = make_engine(empty_file(tmp_path / "x.sqlite"))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        connection.exec_driver_sql("CREATE TABLE t (x INTEGER)")
        inner = connection.begin_nested()
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        inner.rollback()
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("moment", ["2026-11-23T12:00:00"])
def test_naive_moments_are_refused(moment):
    from datetime import datetime

    from lms.db import UtcDateTime

    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(datetime.fromisoformat(moment), None)
