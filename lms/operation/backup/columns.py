"""Values of a table as JSON that reads the same whichever database they came from."""

import base64
import json
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    collate,
    select,
)
from sqlalchemy.types import TypeEngine

from lms.db import Json, UtcDateTime

_BATCH_ROWS = 1000


class Kind(StrEnum):
    """What a column holds, apart from how a database stores it."""

    BOOLEAN = "boolean"
    BYTES = "bytes"
    DATE = "date"
    FLOAT = "float"
    INTEGER = "integer"
    JSON = "json"
    MOMENT = "moment"
    TEXT = "text"
    UUID = "uuid"


# In this order: a boolean is no integer here, whatever a database thinks of it.
_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (UtcDateTime, Kind.MOMENT),
    (Uuid, Kind.UUID),
    (JSON, Kind.JSON),
    (Boolean, Kind.BOOLEAN),
    (Date, Kind.DATE),
    (Integer, Kind.INTEGER),
    (Float, Kind.FLOAT),
    (LargeBinary, Kind.BYTES),
    (String, Kind.TEXT),
)
_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.BOOLEAN: Boolean(),
    Kind.BYTES: LargeBinary(),
    Kind.DATE: Date(),
    Kind.FLOAT: Float(),
    Kind.INTEGER: BigInteger(),
    Kind.JSON: Json,
    Kind.MOMENT: UtcDateTime(),
    Kind.TEXT: Text(),
    Kind.UUID: Uuid(),
}


def _moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _bytes_text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


# Other kinds are JSON values already.
_WRITERS: dict[Kind, Callable[[Any], str]] = {
    Kind.BYTES: _bytes_text,
    Kind.DATE: date.isoformat,
    Kind.MOMENT: _moment_text,
    Kind.UUID: str,
}
_READERS: dict[Kind, Callable[[str], Any]] = {
    Kind.BYTES: base64.b64decode,
    Kind.DATE: date.fromisoformat,
    Kind.MOMENT: datetime.fromisoformat,
    Kind.UUID: UUID,
}


# How each kind stands in a line; true is no number there.
_SHAPES: dict[Kind, tuple[type[Any], ...]] = {
    Kind.BOOLEAN: (bool,),
    Kind.FLOAT: (float, int),
    Kind.INTEGER: (int,),
    Kind.JSON: (bool, dict, float, int, list, str),
}


@dataclass(frozen=True, slots=True)
class PortableTable:
    """A table as an archive describes it: enough to read and to fill it.

    Attributes
    ----------
    columns : tuple of (str, Kind)
    key : tuple of str
        Primary key; rows stand in its order.
    """

    name: str
    columns: tuple[tuple[str, Kind], ...]
    key: tuple[str, ...]

    def as_table(self) -> Table:
        """Return it for building statements."""
        columns = (Column(name, _TYPES[kind]) for name, kind in self.columns)
        return Table(self.name, MetaData(), *columns)

    def lines(self, connection: Connection) -> Generator[bytes, None, None]:
        """Yield all rows as JSON, a few at a time, equal rows as equal bytes."""
        table = self.as_table()
        kinds = dict(self.columns)
        is_postgres = connection.dialect.name == "postgresql"
        order = [
            # text sorts by the language of a PostgreSQL database, by bytes in SQLite
            collate(table.c[name], "C")
            if is_postgres and kinds[name] is Kind.TEXT
            else table.c[name]
            for name in self.key
        ]
        rows = select(table).order_by(*order).execution_options(yield_per=_BATCH_ROWS)
        with connection.execute(rows) as result:
            for row in result:
                yield self._line(tuple(row))

    def _line(self, row: tuple[Any, ...]) -> bytes:
        values = [
            value if value is None or kind not in _WRITERS else _WRITERS[kind](value)
            for value, (_, kind) in zip(row, self.columns, strict=True)
        ]
        text = json.dumps(values, sort_keys=True, separators=(",", ":"))
        return text.encode() + b"\n"

    def read_line(self, line: bytes) -> dict[str, Any]:
        """Return a row as parameters of an INSERT.

        Raises
        ------
        TypeError, ValueError, RecursionError
            The line is no row of this table.
        """
        values = json.loads(line)
        if type(values) is not list:
            raise TypeError("a row is a list")
        return {
            name: None if value is None else _read(value, kind)
            for value, (name, kind) in zip(values, self.columns, strict=True)
        }


def _read(value: Any, kind: Kind) -> Any:
    if type(value) not in _SHAPES.get(kind, (str,)):
        raise TypeError(f"this is no {kind}")
    return _READERS[kind](value) if kind in _READERS else value


def describe(table: Table) -> PortableTable:
    """Describe one of the models' tables.

    Raises
    ------
    TypeError
        A column has a type that archives do not know yet.
    """
    return PortableTable(
        name=table.name,
        columns=tuple((column.name, _kind_of(column)) for column in table.columns),
        key=tuple(column.name for column in table.primary_key),
    )


def _kind_of(column: Column[Any]) -> Kind:
    for of_type, kind in _KINDS:
        if isinstance(column.type, of_type):
            return kind
    raise TypeError(f"{column.table.name}.{column.name} cannot be put into an archive")
