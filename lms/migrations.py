"""Bringing a database to the present schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    Engine,
    Select,
    column,
    exists,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint

from lms.db import Database, open_database
from lms.errors import ConflictError, message
from lms.settings import Settings
from lms.sqlite import make_file

_TURN = 0x7473756E  # any number that nothing else in the database waits for


class SchemaState(StrEnum):
    """How the schema of a database stands to the one that this code expects."""

    PRESENT = "present"
    EARLIER = "earlier"
    UNKNOWN = "unknown"


class SchemaError(ConflictError):
    """The database has no schema yet, or an earlier one."""

    default: ClassVar[str] = message("The database is not up to date: lms db upgrade")


class UnknownSchemaError(SchemaError):
    """A later version has been here: an upgrade would not help."""

    default: ClassVar[str] = message(
        "The database has a schema that this version does not know. Run the later "
        "version that upgraded it, or restore a backup made before."
    )


class BrokenReferenceError(ConflictError):
    """A row refers to one that is not there: no database can be made of that."""

    default: ClassVar[str] = message(
        "Row %(row)s of %(table)s refers to a row of %(other)s that is not there. "
        "Nothing was made or changed; use a backup from before that happened."
    )


def migration_config(connection: Connection, folder: Path) -> Config:
    """Return Alembic's settings for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """Open the one transaction in which tables may be rebuilt or filled in any order.

    SQLite changes a table by copying and dropping it, which breaks all references to
    it for a moment, and it checks references at once. The switch does not work inside
    a transaction (SQLite, "PRAGMA foreign_keys"); so it is turned off before, and all
    references are checked before the end. On PostgreSQL a second one waits, and finds
    what the first has made.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            turn = text("SELECT pg_advisory_xact_lock(:number)")
            connection.execute(turn, {"number": _TURN})
            yield connection
        return
    writing = engine.execution_options(begin_mode="IMMEDIATE")
    with writing.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                yield connection
                require_references(connection)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def require_references(connection: Connection) -> None:
    """Refuse a database in which a row refers to one that is not there.

    Both kinds keep that from happening, but whoever opens the database with another
    program can switch it off.

    Raises
    ------
    BrokenReferenceError
        It names the first such row.
    """
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken:
            raise BrokenReferenceError(table=broken[0], row=broken[1], other=broken[2])
        return
    inspector = inspect(connection)
    for name in inspector.get_table_names():
        key = inspector.get_pk_constraint(name)["constrained_columns"]
        for reference in inspector.get_foreign_keys(name):
            row = connection.execute(_select_broken(name, key, reference)).first()
            if row:
                raise BrokenReferenceError(
                    table=name,
                    row=", ".join(map(str, row)),
                    other=reference["referred_table"],
                )


def _select_broken(
    name: str, key: list[str], reference: ReflectedForeignKeyConstraint
) -> Select[Any]:
    """Return the key of one row whose reference leads nowhere."""
    names, others = reference["constrained_columns"], reference["referred_columns"]
    row = table(name, *map(column, dict.fromkeys([*key, *names])))
    other = table(reference["referred_table"], *map(column, others)).alias("other")
    pairs = [(row.c[a], other.c[b]) for a, b in zip(names, others, strict=True)]
    is_there = exists(select(1).select_from(other).where(*(a == b for a, b in pairs)))
    return (
        select(*(row.c[part] for part in key))
        .where(*(a.is_not(None) for a, _ in pairs), ~is_there)
        .limit(1)
    )


def upgrade_database(engine: Engine, folder: Path) -> None:
    """Run all migrations that the database has not seen; a new one may be made.

    Raises
    ------
    UnknownSchemaError
        It has seen later ones.
    """
    make_file(engine.url)
    with rebuilding(engine) as connection:
        if find_state(connection, folder) is SchemaState.UNKNOWN:
            raise UnknownSchemaError
        migrate(connection, folder, "head")


def migrate(connection: Connection, folder: Path, revision: str) -> None:
    """Run migrations up to a revision, in a transaction made by `rebuilding`."""
    command.upgrade(migration_config(connection, folder), revision)


@cache
def list_revisions(folder: Path) -> tuple[str, ...]:
    """Return all revisions that this code knows, the present one first."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    return tuple(script.revision for script in scripts.walk_revisions())


def find_revision(connection: Connection) -> str | None:
    """Return the revision of the schema that a database has."""
    return MigrationContext.configure(connection).get_current_revision()


def find_state(connection: Connection, folder: Path) -> SchemaState:
    """Say how the schema of a database stands to this code."""
    found, (head, *earlier) = find_revision(connection), list_revisions(folder)
    if found == head:
        return SchemaState.PRESENT
    if found is None or found in earlier:
        return SchemaState.EARLIER
    return SchemaState.UNKNOWN


def require_schema(connection: Connection, folder: Path) -> None:
    """Refuse a database with another schema than this code expects.

    Raises
    ------
    SchemaError
        Its message says what to do.
    """
    state = find_state(connection, folder)
    if state is SchemaState.UNKNOWN:
        raise UnknownSchemaError
    if state is not SchemaState.PRESENT:
        raise SchemaError


def is_current(engine: Engine, folder: Path) -> bool:
    """Say whether the database has the schema that this code expects."""
    with engine.connect() as connection:
        return find_state(connection, folder) is SchemaState.PRESENT


@contextmanager
def open_current_database(settings: Settings) -> Iterator[Database]:
    """Connect for the length of a command that may meet no other schema.

    What a later version keeps, this one could read wrongly or write only half.

    Raises
    ------
    SchemaError
        The database has another schema.
    """
    with open_database(settings.database_url) as database:
        with database.engine.connect() as connection:
            require_schema(connection, settings.migrations_dir)
        yield database
