"""Holding facts against the trail: what each package's tables say, row by row.

The seals show that the trail is what it was. Whether a pack, a decision or a
certificate still is what the trail tells of is asked here, by a `FactSource` of the
package that knows what it recorded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.audit.domain import canonical
from lms.audit.queries.acts import Act, find_acts, walk_acts
from lms.audit.queries.stored import (
    REFUSALS,
    UNREADABLE,
    Stored,
    read_stored,
    walk_stored,
)

Differences = Callable[[Stored, Act], Iterable[str]]


class FactFaultKind(StrEnum):
    """How a fact can stand against the trail."""

    CHANGED = "fact_changed"
    MISSING = "fact_missing"
    ADDED = "fact_added"


TEXTS = {
    FactFaultKind.CHANGED: "is not what was recorded",
    FactFaultKind.MISSING: "was recorded, and is gone",
    FactFaultKind.ADDED: "is there, and was never recorded",
}


@dataclass(frozen=True, slots=True)
class FactFault:
    """A fact that is not as it was recorded.

    Attributes
    ----------
    row : str
        Public id or name; of the credential, for what happened to it.
    what : str
        Column or part that differs; empty for the row as a whole.
    """

    kind: FactFaultKind
    table: str
    row: str
    what: str = ""

    def __str__(self) -> str:
        where = f"{self.table} {self.row}" + (f", {self.what}" if self.what else "")
        return f"{where}: {TEXTS[self.kind]}"

    def to_dict(self) -> dict[str, Any]:
        """Return the fault as JSON values."""
        return {
            "kind": self.kind.value,
            "table": self.table,
            "row": self.row,
            "what": self.what or None,
            "message": TEXTS[self.kind],
        }


class FactSource(Protocol):
    """What a package holds against the trail.

    Attributes
    ----------
    count : int
        Facts that were looked at; complete when `faults` has ended.
    """

    count: int

    def faults(self, session: Session) -> Iterator[FactFault]:
        """Go through the facts and through what the trail says of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FactTable:
    """A table of which each row was recorded by one act.

    Attributes
    ----------
    statement : Select
        The columns to hold against the act, a primary key and `name` among them.
    key : InstrumentedAttribute
        The primary key, by which the rows are read piece by piece.
    name : InstrumentedAttribute
        The column by which the act names the row.
    """

    table: str
    object_kind: str
    action: str
    statement: Select[*tuple[Any, ...]]
    key: InstrumentedAttribute[int]
    name: InstrumentedAttribute[Any]

    def name_of(self, row: Stored) -> str:
        """Return what the trail calls a row."""
        name = row[self.name.key]
        return "unreadable" if name is UNREADABLE else str(name)


class TableFacts:
    """The facts of one table, row by row.

    Parameters
    ----------
    differences : callable
        Returns the names of what a row says otherwise than its act.
    complete : callable, optional
        Adds to some rows what their own statement does not read.
    hold_more : callable, optional
        Holds what some rows tell of against other tables.
    """

    def __init__(
        self,
        table: FactTable,
        differences: Differences,
        *,
        complete: Callable[[Session, list[Stored]], None] | None = None,
        hold_more: Callable[[Session, list[Stored]], Iterable[FactFault]] | None = None,
    ) -> None:
        self.count = 0
        self._table, self._differences = table, differences
        self._complete, self._hold_more = complete, hold_more

    def faults(self, session: Session) -> Iterator[FactFault]:
        """Hold every row against its act, and every act against the rows."""
        table = self._table
        for rows in walk_stored(session, table.statement, table.key):
            self.count += len(rows)
            if self._complete:
                self._complete(session, rows)
            yield from _hold_rows(session, table, rows, self._differences)
            if self._hold_more:
                yield from self._hold_more(session, rows)
        yield from _list_missing(session, table)


def _hold_rows(
    session: Session, table: FactTable, rows: list[Stored], differences: Differences
) -> Iterator[FactFault]:
    """Hold some rows of a table against the acts that recorded them."""
    names = [table.name_of(row) for row in rows]
    acts = find_acts(session, table.object_kind, names, [table.action])
    for name, row in zip(names, rows, strict=True):
        own = acts.get(name, [])
        if not own:
            yield FactFault(FactFaultKind.ADDED, table.table, name)
        for act in own:  # a second one cannot fit as well
            for what in _list_differences(differences, row, act):
                yield FactFault(FactFaultKind.CHANGED, table.table, name, what)
        if len(own) > 1:
            yield FactFault(FactFaultKind.CHANGED, table.table, name, "recorded twice")


def _list_missing(session: Session, table: FactTable) -> Iterator[FactFault]:
    """Find acts whose row is gone."""
    column = table.name
    kind = column.type.python_type
    present = table.statement.with_only_columns(column, maintain_column_froms=True)
    for acts in walk_acts(session, table.object_kind, [table.action]):
        asked = [name for act in acts if (name := _cast(kind, act.object_id))]
        rows = read_stored(session, present.where(column.in_(asked)))
        found = {table.name_of(row) for row in rows}
        for act in acts:
            if act.object_id not in found:
                yield FactFault(FactFaultKind.MISSING, table.table, act.object_id)


def unlike(pairs: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
    """Return the names of what should be equal and is not."""
    return (name for name, (one, other) in pairs.items() if one != other)


def digest_or_none(document: Any) -> str | None:
    """Return the digest of a document; None for what has none, which fits nothing."""
    try:
        return sha256(canonical(document)).hexdigest()
    except REFUSALS:
        return None


def uuid_or_none(text: Any) -> UUID | None:
    """Return the random id that a text is; None for what is none."""
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None


def _list_differences(differences: Differences, row: Stored, act: Act) -> list[str]:
    """Ask for what differs; a row of another shape than ours is different as well."""
    try:
        return list(differences(row, act))
    except REFUSALS:
        return ["shape"]


def _cast(kind: type, name: str) -> Any:
    return uuid_or_none(name) if kind is UUID else name
