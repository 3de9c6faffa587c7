"""Putting an archive into an empty database: all of it, proven, or nothing."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, table, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from lms.accounts.restoring import shut_everybody_out
from lms.audit.services import record_audit
from lms.db import Base
from lms.errors import ConflictError, message
from lms.migrations import (
    find_revision,
    list_revisions,
    migrate,
    rebuilding,
    require_references,
)
from lms.operation.backup.archive import Archive, Part
from lms.operation.backup.columns import Kind, PortableTable, describe
from lms.operation.backup.damage import ArchiveError
from lms.operation.backup.rows import read_rows
from lms.sqlite import making_file

_BATCH_ROWS = 1000
_VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOrder:
    """How to restore.

    Attributes
    ----------
    migrations_dir : Path
        Where the migrations are.
    may_upgrade : bool
        Take an archive of an earlier schema, and migrate it once it is loaded.
    """

    migrations_dir: Path
    may_upgrade: bool
    now: datetime


def restore(engine: Engine, archive: Archive, order: RestoreOrder) -> None:
    """Load an archive into a database that holds nothing, in one transaction.

    Each table is read back before the end, and must give the bytes of the archive.

    Raises
    ------
    ArchiveError
        The archive is damaged, or does not fit its own schema.
    ConflictError
        The database is not empty, or the schema is another one.
    BrokenReferenceError
        A row of the archive refers to one that is not in it.
    """
    _check_revision(archive, order)
    archive.check()
    with making_file(engine), rebuilding(engine) as connection:
        _make_schema(connection, archive, order)
        with _unchecked_references(connection):
            for part in archive.parts:
                _load(connection, archive, part)
            require_references(connection)
        for part in archive.parts:
            _set_sequences(connection, part.table)
            _prove(connection, part)
        migrate(connection, order.migrations_dir, "head")
        _settle(connection, archive, order.now)


def _check_revision(archive: Archive, order: RestoreOrder) -> None:
    known, found = list_revisions(order.migrations_dir), archive.header.revision
    if found not in known:
        raise ConflictError(
            message(
                "The backup has the schema %(found)s, which this version does not "
                "know. Restore it with version %(version)s or later."
            ),
            found=found,
            version=archive.header.product_version,
        )
    if found != known[0] and not order.may_upgrade:
        raise ConflictError(
            message(
                "The backup has the earlier schema %(found)s. Restore it with "
                "--upgrade to bring it up to date."
            ),
            found=found,
        )


def _make_schema(connection: Connection, archive: Archive, order: RestoreOrder) -> None:
    """Make the archive's schema, or use it where it stands empty already."""
    revision = archive.header.revision
    present = set(inspect(connection).get_table_names())
    if present - {_VERSION_TABLE}:
        is_fit = find_revision(connection) == revision
        rows = (_count(connection, name) for name in present - {_VERSION_TABLE})
        if not is_fit or any(rows):
            raise ConflictError(
                message(
                    "The database is not empty. Restore into a new one; "
                    "nothing was changed."
                )
            )
    else:
        migrate(connection, order.migrations_dir, revision)
    if not _fits(connection, archive, is_present=revision == _present(order)):
        raise ArchiveError(
            message("The backup does not hold the tables of its own schema.")
        )


def _present(order: RestoreOrder) -> str:
    return list_revisions(order.migrations_dir)[0]


def _fits(connection: Connection, archive: Archive, *, is_present: bool) -> bool:
    """Say whether an archive has the tables that were made for it.

    What its columns hold is known of the present schema alone.
    """
    inspector = inspect(connection)
    made = {
        name: {column["name"] for column in inspector.get_columns(name)}
        for name in inspector.get_table_names()
        if name != _VERSION_TABLE
    }
    tables = [part.table for part in archive.parts]
    names = {table.name: set(dict(table.columns)) for table in tables}
    if len(names) != len(tables) or names != made:
        return False
    known = Base.metadata.tables
    return not is_present or all(
        dict(table.columns) == dict(describe(known[table.name]).columns)
        and table.key == describe(known[table.name]).key
        for table in tables
    )


def _count(connection: Connection, name: str) -> int:
    return connection.scalar(select(func.count()).select_from(table(name))) or 0


def _load(connection: Connection, archive: Archive, part: Part) -> None:
    target = part.table.as_table()
    if _count(connection, target.name):
        connection.execute(target.delete())  # a migration put rows of its own there
    rows = read_rows(archive, part)
    done = 0
    while batch := list(islice(rows, _BATCH_ROWS)):
        try:
            connection.execute(target.insert(), batch)
        except OperationalError:
            raise  # the disk is full or the server away: the rows are not to blame
        except (SQLAlchemyError, ValueError, ArithmeticError, RecursionError) as error:
            raise ArchiveError(
                message(
                    "%(path)s, lines %(first)s to %(last)s: the database does not take "
                    "them: %(reason)s"
                ),
                path=part.path,
                first=done + 1,
                last=done + len(batch),
                reason=type(error).__name__,
            ) from error
        done += len(batch)


def _prove(connection: Connection, part: Part) -> None:
    """Read a table back: every row must give the very bytes of the archive."""
    digest, count = hashlib.sha256(), 0
    for line in part.table.lines(connection):
        digest.update(line)
        count += 1
    if (digest.hexdigest(), count) != (part.sha256, part.rows):
        raise ArchiveError(
            message("The table %(name)s did not come out as it went in."),
            name=part.table.name,
        )


@contextmanager
def _unchecked_references(connection: Connection) -> Iterator[None]:
    """Let rows come before those that they refer to; all are checked at the end.

    SQLite: `rebuilding` sees to it.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    keys = [
        (name, str(key["name"]))
        for name in inspect(connection).get_table_names()
        for key in inspect(connection).get_foreign_keys(name)
    ]
    _alter(connection, keys, "DEFERRABLE INITIALLY DEFERRED")
    yield
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    _alter(connection, keys, "NOT DEFERRABLE")


def _alter(connection: Connection, keys: list[tuple[str, str]], how: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for name, key in keys:
        statement = f"ALTER TABLE {quote(name)} ALTER CONSTRAINT {quote(key)} {how}"
        connection.execute(text(statement))


def _set_sequences(connection: Connection, portable: PortableTable) -> None:
    """Let PostgreSQL go on counting behind the last row; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    quoted = connection.dialect.identifier_preparer.quote(portable.name)
    kinds = dict(portable.columns)
    for name in portable.key:
        if kinds[name] is not Kind.INTEGER:
            continue
        last = func.max(portable.as_table().c[name])
        sequence = func.pg_get_serial_sequence(quoted, name)
        if connection.scalar(select(sequence)):
            connection.execute(
                select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None)))
            )


def _settle(connection: Connection, archive: Archive, now: datetime) -> None:
    """Do what follows from being an old copy, once it is proven to be a true one."""
    with Session(connection) as session:
        shut_everybody_out(session, now=now)
        record_audit(
            session,
            "installation.restored",
            ("installation", archive.header.public_url),
            actor=None,
            now=now,
            made_at=archive.header.created_at.isoformat(),
            schema=archive.header.revision,
            rows=archive.rows,
        )
        session.flush()
