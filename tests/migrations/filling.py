"""Rows for any schema, made from what the database says of its own tables."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import sqlalchemy as sa

ROWS = 3
# Equal whole numbers suit every check between two of them (a score and its maximum).
MAKERS: tuple[tuple[type, Callable[[int], Any]], ...] = (
    (sa.Boolean, lambda _number: False),
    (sa.Integer, lambda number: number),
    (sa.DateTime, lambda number: datetime(2026, 4, number, 3, 0, tzinfo=UTC)),
    (sa.Date, lambda number: date(2026, 4, number)),
    (sa.JSON, lambda number: {"n": number}),
    (sa.LargeBinary, lambda number: bytes([number])),
)
# Words that a check of the table names.
CHECKED: dict[tuple[str, str], Callable[[int], Any]] = {
    ("decisions", "outcome"): lambda _number: "award",
    ("decision_outcomes", "outcome"): lambda _number: "award",
}


def fill(connection: sa.Connection) -> sa.MetaData:
    """Put rows into every table, parents first, and return the tables as they were."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if table.name == "alembic_version":
            continue
        for number in range(1, ROWS + 1):
            connection.execute(table.insert().values(row(table, number)))
        if connection.dialect.name == "postgresql":
            move_sequences(connection, table)
    return metadata


def row(table: sa.Table, number: int) -> dict[str, Any]:
    """Return values that satisfy keys, uniques and checks; each last row has nulls."""
    return {
        column.name: value(column, number)
        for column in table.columns
        if not (column.nullable and number == ROWS and not names_own_table(column))
    }


def names_own_table(column: sa.Column[Any]) -> bool:
    """Say whether a row may name an earlier one, as corrections do."""
    return any(key.column.table is column.table for key in column.foreign_keys)


def value(column: sa.Column[Any], number: int) -> Any:
    """Return a value of a column's type that differs from row to row."""
    if (column.table.name, column.name) in CHECKED:
        return CHECKED[column.table.name, column.name](number)
    if names_own_table(column):
        return number - 1 or None
    for key in column.foreign_keys:
        return value(key.column, number)
    for kind, make in MAKERS:
        if isinstance(column.type, kind):
            return make(number)
    text = uuid5(NAMESPACE_OID, f"{column.table.name}.{column.name}.{number}")
    if isinstance(column.type, sa.Uuid):
        return text
    is_key = isinstance(column.type, sa.CHAR) and column.type.length == 32
    return text.hex if is_key else f"{column.name} {number} 見本"


def move_sequences(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL go on counting behind the rows that named their own id."""
    if "id" in table.columns:
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {ROWS})"
        )


def rows_of(
    connection: sa.Connection, table: sa.Table, columns: list[str]
) -> list[tuple[str, ...]]:
    """Return a table's rows in these columns, in a form that can be compared."""
    wanted = [table.c[name] for name in columns]
    found = connection.execute(sa.select(*wanted)).all()
    return sorted(tuple(repr(part) for part in line) for line in found)
