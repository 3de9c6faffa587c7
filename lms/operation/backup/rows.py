"""Reading the rows of an archive, and holding them against each other.

All digests can be right and the archive of no use: whoever switches the checking of
references off can leave rows behind that no database takes.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import lms.app  # noqa: F401 - brings every package's tables
from lms.db import Base
from lms.errors import message
from lms.operation.backup.archive import Archive, Part
from lms.operation.backup.columns import describe
from lms.operation.backup.damage import ArchiveError

_NOTHING = -1  # no hash of Python is this number (sys.hash_info, CPython)


@dataclass(frozen=True, slots=True)
class _Reference:
    """A column of a table, and what each of its values must be found in."""

    table: str
    column: str
    other: str
    other_column: str

    @property
    def own(self) -> tuple[str, str]:
        return self.table, self.column

    @property
    def target(self) -> tuple[str, str]:
        return self.other, self.other_column


def read_rows(archive: Archive, part: Part) -> Iterator[dict[str, Any]]:
    """Yield the rows of a part.

    Raises
    ------
    ArchiveError
        A line is no row of its table, and is named; or the part is damaged.
    """
    for number, line in enumerate(archive.lines(part), start=1):
        try:
            yield part.table.read_line(line)
        except (TypeError, ValueError, RecursionError) as error:
            raise ArchiveError(
                message("%(path)s, line %(number)s: this is no row of its table."),
                path=part.path,
                number=number,
            ) from error


def require_whole(archive: Archive) -> bool:
    """See that all can be restored; say whether references could be looked at as well.

    What the tables of another schema refer to, that version knows and this one does
    not: of such an archive rows and digests alone are checked.

    Raises
    ------
    ArchiveError
        A part is missing or is not what was written, a line is no row, or a row refers
        to one that is not in the archive.
    """
    archive.check()  # damage is said to be damage, and not a row that is none
    references = _list_references() if _is_of_this_schema(archive) else []
    wanted = defaultdict(set)
    for name, column in (end for r in references for end in (r.own, r.target)):
        wanted[name].add(column)
    found: dict[tuple[str, str], array[int]] = {}
    for part in archive.parts:
        marks = {column: array("q") for column in wanted[part.table.name]}
        for row in read_rows(archive, part):
            for column, into in marks.items():
                into.append(_mark(row[column]))
        found |= {(part.table.name, column): into for column, into in marks.items()}
    for reference in references:
        _require(reference, found)
    return bool(references)


def _is_of_this_schema(archive: Archive) -> bool:
    tables = [part.table for part in archive.parts]
    stored = {table.name: (dict(table.columns), table.key) for table in tables}
    known = {
        name: (dict(table.columns), table.key)
        for name, table in zip(
            Base.metadata.tables,
            map(describe, Base.metadata.tables.values()),
            strict=True,
        )
    }
    return len(stored) == len(tables) and stored == known


def _list_references() -> list[_Reference]:
    return [
        _Reference(table.name, key.parent.name, key.column.table.name, key.column.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
    ]


def _mark(value: Any) -> int:
    """Return eight bytes that stand for a value; for a whole number, itself."""
    return _NOTHING if value is None else hash(value)


def _require(reference: _Reference, found: dict[tuple[str, str], "array[int]"]) -> None:
    named = np.frombuffer(found[reference.own], dtype=np.int64)
    there = np.frombuffer(found[reference.target], dtype=np.int64)
    lost = ~np.isin(named, there) & (named != _NOTHING)
    if lost.any():
        raise ArchiveError(
            message(
                "tables/%(table)s.jsonl, line %(number)s refers to a row of %(other)s "
                "that is not in the backup. It cannot be restored: use one from "
                "before that happened."
            ),
            table=reference.table,
            number=int(np.argmax(lost)) + 1,
            other=reference.other,
        )
