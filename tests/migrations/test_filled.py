"""From every earlier revision, with rows in every table, up to the present schema."""

import pytest
import sqlalchemy as sa

from lms.app import create_app  # noqa: F401 - brings every package's tables
from lms.db import make_engine
from lms.migrations import (
    find_revision,
    is_current,
    list_revisions,
    migrate,
    rebuilding,
)
from lms.settings import PROJECT_ROOT
from tests.databases import fresh_database
from tests.migrations.filling import ROWS, fill, rows_of

FOLDER = PROJECT_ROOT / "migrations"
HEAD, *EARLIER = list_revisions(FOLDER)


@pytest.fixture
def engine(tmp_path):
    with fresh_database(tmp_path) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.mark.parametrize("revision", EARLIER)
def test_a_filled_database_keeps_every_row_on_its_way_up(engine, revision):
    with rebuilding(engine) as connection:
        migrate(connection, FOLDER, revision)
    with rebuilding(engine) as connection:
        before = fill(connection)
    with rebuilding(engine) as connection:
        kept = {
            table.name: rows_of(connection, table, list(table.columns.keys()))
            for table in before.sorted_tables
            if table.name != "alembic_version"
        }
        assert all(len(rows) == ROWS for rows in kept.values())
        assert len(kept) >= 20
    with rebuilding(engine) as connection:
        migrate(connection, FOLDER, "head")
    assert is_current(engine, FOLDER)
    after = sa.MetaData()
    with engine.connect() as connection:
        after.reflect(connection)
        for name, rows in kept.items():
            table = after.tables[name]
            columns = list(before.tables[name].columns.keys())
            assert rows_of(connection, table, columns) == rows, name


@pytest.mark.parametrize("revision", EARLIER)
def test_a_filled_database_of_an_earlier_revision_takes_new_rows(engine, revision):
    """Ids, defaults and uniques still work after the way up."""
    with rebuilding(engine) as connection:
        migrate(connection, FOLDER, revision)
        fill(connection)
    with rebuilding(engine) as connection:
        migrate(connection, FOLDER, "head")
    with engine.begin() as connection:
        assert find_revision(connection) == HEAD
        connection.execute(
            sa.text(
                "INSERT INTO organisations (public_id, name_ja, name_en) "
                "VALUES (:key, 'a', 'a')"
            ),
            {"key": "0" * 32},
        )
        assert connection.scalar(sa.text("SELECT max(id) FROM organisations")) > ROWS
