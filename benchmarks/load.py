"""Loading many rows fast: COPY on PostgreSQL, one transaction on SQLite."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table, text

TableRows = Iterable[tuple[Table, Iterator[list[Any]]]]
_AT_ONCE = 20_000
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})


def load_rows(engine: Engine, tables: TableRows) -> None:
    """Add the rows; what refers to whom is taken as given."""
    if engine.dialect.name == "postgresql":
        _copy(engine, tables)
    else:
        _insert(engine, tables)


def _copy(engine: Engine, tables: TableRows) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        cursor: Any = connection.connection.cursor()
        for table, rows in tables:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                while block := list(islice(rows, _AT_ONCE)):
                    copy.write("".join(map(_copy_line, block)))
            if "id" in table.columns:
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                        f"(SELECT max(id) FROM {table.name}))"
                    )
                )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What autovacuum does by itself within a minute or two.
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")


def _copy_line(row: list[Any]) -> str:
    return "\t".join(map(_copy_value, row)) + "\n"


def _copy_value(value: Any) -> str:
    """Write a value in the text format of COPY."""
    if value is None:
        return r"\N"
    return str(value).translate(_ESCAPES) if isinstance(value, str) else str(value)


def _insert(engine: Engine, tables: TableRows) -> None:
    """Add the rows in one transaction, without what a crash would need."""
    with closing(sqlite3.connect(engine.url.database or "")) as connection:
        for pragma in ("synchronous=OFF", "cache_size=-400000"):
            connection.execute(f"PRAGMA {pragma}")
        for table, rows in tables:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            marks = ", ".join("?" for _ in table.columns)
            connection.executemany(
                f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows
            )
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
