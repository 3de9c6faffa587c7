"""Reading rows as they lie in the database, whatever somebody wrote into them.

A column's type refuses what is no moment, id or JSON, and SQLite's driver what is no
UTF-8: one such value would end a check and hide every fault behind it. Here it is a
value like another, and equal to none.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    Select,
    String,
    Text,
    Uuid,
    case,
    cast,
    func,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType

from lms.db import UtcDateTime, read_rows

Stored = dict[str, Any]
Convert = Callable[[Any], Any]

UNREADABLE: Final = object()
"""Stands for a value that no writer of this product leaves behind."""
REFUSALS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What reading or digesting a value that was tampered with can end in."""
_AT_ONCE = 200  # documents of packs are large


def read_stored(session: Session, statement: Select[*tuple[Any, ...]]) -> list[Stored]:
    """Run a SELECT of columns; each row by the names of its columns."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    columns = statement.selected_columns
    lay = _lay_in_sqlite if is_sqlite else _lay_in_postgres
    plain = statement.with_only_columns(
        *(lay(column).label(name) for name, column in columns.items()),
        maintain_column_froms=True,
    )
    readers = {name: _reader(column, is_sqlite) for name, column in columns.items()}
    return [
        {
            name: _read(readers[name], value)
            for name, value in zip(readers, row, strict=True)
        }
        for row in read_rows(session, plain, {})
    ]


def walk_stored(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    key: InstrumentedAttribute[int],
) -> Iterator[list[Stored]]:
    """Go through a table by its primary key, some rows at a time in memory.

    Parameters
    ----------
    statement : Select
        Of columns, `key` among them.
    """
    after: int | None = None
    while True:
        piece = statement if after is None else statement.where(key > after)
        rows = read_stored(session, piece.order_by(key).limit(_AT_ONCE))
        if not rows:
            return
        yield rows
        after = rows[-1][key.key]


def _lay_in_sqlite(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Ask for text as its bytes, so that text in the answer stands for a BLOB."""
    kind = func.typeof(column)
    found = case(
        (kind == "text", cast(column, LargeBinary)), (kind == "blob", ""), else_=column
    )
    return type_coerce(found, NullType())


def _lay_in_postgres(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Ask for text where the driver has no value: JSON too deep, a moment too far."""
    if isinstance(column.type, (UtcDateTime, Date)):
        return func.trim(cast(func.to_json(column), Text), '"')
    if isinstance(column.type, (JSON, Uuid)):
        return cast(column, Text)
    return type_coerce(column, NullType())


def _reader(column: ColumnElement[Any], is_sqlite: bool) -> Convert:
    readers = _OF_SQLITE if is_sqlite else _OF_POSTGRES
    for kind, read in readers.items():
        if isinstance(column.type, kind):
            return read
    raise TypeError(f"no way to read {column.type!r}")


def _read(read: Convert, value: Any) -> Any:
    if value is None:
        return None
    try:
        return read(value)
    except REFUSALS:
        return UNREADABLE


def _utf8(value: bytes) -> str:
    return value.decode()  # an answer that is no bytes was no text in the database


def _exactly(kind: type) -> Convert:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError
        return value

    return read


def _moment_of_sqlite(value: bytes) -> datetime:
    """Read the one form that is written: in another, moments would sort otherwise."""
    found = datetime.fromisoformat(_utf8(value)).replace(tzinfo=UTC)
    if f"{found:%Y-%m-%d %H:%M:%S.%f}" != _utf8(value):
        raise ValueError
    return found


def _moment_of_postgres(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


def _id_of_sqlite(value: bytes) -> UUID:
    """Read the one form that is written: a row under another would not be found."""
    found = UUID(_utf8(value))
    if found.hex != _utf8(value):
        raise ValueError
    return found


def _truth_of_sqlite(value: int) -> bool:
    return {0: False, 1: True}[_exactly(int)(value)]


# Text comes last: a subclass of it must be met first.
_OF_SQLITE: Mapping[type, Convert] = {
    UtcDateTime: _moment_of_sqlite,
    Date: lambda value: date.fromisoformat(_utf8(value)),
    Uuid: _id_of_sqlite,
    JSON: lambda value: json.loads(_utf8(value)),
    Boolean: _truth_of_sqlite,
    Integer: _exactly(int),
    String: _utf8,
}
_OF_POSTGRES: Mapping[type, Convert] = {
    UtcDateTime: _moment_of_postgres,
    Date: date.fromisoformat,
    Uuid: UUID,
    JSON: json.loads,
    Boolean: _exactly(bool),
    Integer: _exactly(int),
    String: _exactly(str),
}
