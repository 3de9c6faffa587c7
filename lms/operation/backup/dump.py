"""Putting the database into an archive while the server goes on."""

from collections.abc import Generator, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

import lms.app  # noqa: F401 - brings every package's tables
from lms.credentials.models import SigningKey
from lms.credentials.services.locking import LOCKED_MARK
from lms.db import Base
from lms.errors import ConflictError, message
from lms.migrations import find_revision, require_references, require_schema
from lms.operation.backup.archive import Header, Part, write_archive
from lms.operation.backup.columns import PortableTable, describe
from lms.settings import Settings


def back_up(
    engine: Engine, settings: Settings, path: Path, *, now: datetime
) -> list[Part]:
    """Write all tables as they stand at one moment.

    The moment is that of one transaction which sees no later change; nobody waits
    for it. Files are not part of a backup: the database holds all that matters, and
    mails kept as files were delivered.

    Raises
    ------
    ConflictError
        The schema is not the present one, a private key lies open, a row refers to one
        that is not there (nothing could be restored from that), or the file exists.
    """
    with _snapshot(engine) as connection:
        require_schema(connection, settings.migrations_dir)
        _refuse_open_keys(connection)
        require_references(connection)
        header = Header(
            product_version=version("tsunagu-lms"),
            revision=find_revision(connection) or "",
            database=connection.dialect.name,
            public_url=settings.public_url,
            created_at=now,
        )
        return write_archive(path, header, _tables(connection))


def _snapshot(engine: Engine) -> Connection:
    """Return a connection whose reads all see the same moment."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    return engine.connect()


def _tables(
    connection: Connection,
) -> Iterator[tuple[PortableTable, Generator[bytes, None, None]]]:
    for table in Base.metadata.sorted_tables:
        portable = describe(table)
        yield portable, portable.lines(connection)


def _refuse_open_keys(connection: Connection) -> None:
    """Make sure that no private key leaves the house unlocked."""
    pem = SigningKey.private_pem
    open_keys = select(func.count()).where(
        pem.is_not(None), pem.not_like(f"{LOCKED_MARK}%")
    )
    if connection.scalar(open_keys):
        raise ConflictError(
            message("A private key in the database is not encrypted: no backup made.")
        )
