"""Migrations give exactly the schema that the models describe."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from lms.app import create_app  # noqa: F401 - brings every package's tables
from lms.db import Base, make_engine
from lms.migrations import is_current, upgrade_database
from lms.settings import PROJECT_ROOT
from tests.databases import fresh_database

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


def test_migrations_never_import_the_product():
    for path in (FOLDER / "versions").glob("*.py"):
        assert "import lms" not in path.read_text()
        assert "from lms" not in path.read_text()


def test_sqlite_keeps_foreign_keys_and_real_savepoints(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
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
