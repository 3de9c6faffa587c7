"""The file of a backup: a ZIP of one part per table, and a manifest of them all.

ZIP, because its parts can be written and read one after another without knowing their
sizes before, and because everybody can open it.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from lms.errors import ConflictError, message
from lms.operation.backup.columns import Kind, PortableTable
from lms.operation.backup.damage import (
    DAMAGE,
    ArchiveError,
    cut_off,
    damaged,
    naming,
    too_long,
)

FORMAT = "tsunagu-backup"
FORMAT_VERSION = 1
_MANIFEST = "manifest.json"
_ZIP_BEGINS = b"PK\x03\x04"
_MAX_MANIFEST_BYTES = 16 * 1024 * 1024
# Far above any row; a line without an end must not fill the memory.
_MAX_LINE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where and when a backup was made.

    Attributes
    ----------
    revision : str
        Revision of the schema (see `migrations/`).
    database : str
        Kind of database: ``sqlite`` or ``postgresql``.
    """

    product_version: str
    revision: str
    database: str
    public_url: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One table in an archive, with what it must turn out to be."""

    table: PortableTable
    rows: int
    sha256: str

    @property
    def path(self) -> str:
        """Return its name inside the file."""
        return f"tables/{self.table.name}.jsonl"

    def to_json(self) -> dict[str, Any]:
        """Return its entry in the manifest."""
        return {
            "name": self.table.name,
            "columns": [[name, kind.value] for name, kind in self.table.columns],
            "key": list(self.table.key),
            "rows": self.rows,
            "sha256": self.sha256,
        }

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Self:
        """Read its entry in the manifest.

        Raises
        ------
        ArithmeticError, AttributeError, KeyError, TypeError, ValueError
            It is none.
        """
        table = PortableTable(
            name=str(entry["name"]),
            columns=tuple((str(name), Kind(kind)) for name, kind in entry["columns"]),
            key=tuple(str(name) for name in entry["key"]),
        )
        if not set(table.key) <= set(dict(table.columns)):
            raise ValueError("the key has a column that the table has not")
        return cls(table=table, rows=int(entry["rows"]), sha256=str(entry["sha256"]))


class Archive:
    """An opened backup whose manifest has been read; parts are checked as they are."""

    def __init__(self, opened: zipfile.ZipFile, header: Header, parts: list[Part]):
        self._opened = opened
        self.header = header
        self.parts = parts

    @property
    def rows(self) -> int:
        """Return the number of rows in all tables."""
        return sum(part.rows for part in self.parts)

    def lines(self, part: Part) -> Iterator[bytes]:
        """Yield the lines of a part.

        Raises
        ------
        ArchiveError
            A line is too long; or, at the end, they are not what was written.
        """
        digest, count = hashlib.sha256(), 0
        with naming(part.path), self._opened.open(part.path) as stream:
            reader = io.BufferedReader(stream)  # type: ignore[type-var]
            while line := reader.readline(_MAX_LINE_BYTES + 1):
                digest.update(line)
                count += 1
                if len(line) > _MAX_LINE_BYTES:
                    raise too_long(part.path, count)
                yield line
        if (digest.hexdigest(), count) != (part.sha256, part.rows):
            raise damaged(part.path)

    def check(self) -> None:
        """Read everything once.

        Raises
        ------
        ArchiveError
            A part is missing or is not what was written.
        """
        for part in self.parts:
            for _ in self.lines(part):
                pass


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup.

    Raises
    ------
    ArchiveError
        The file is something else, cut off, or of a later product.
    OSError
        It is not there, or may not be read.
    """
    with path.open("rb") as file:
        is_begun = file.read(len(_ZIP_BEGINS)) == _ZIP_BEGINS
        try:
            opened = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise (cut_off(path) if is_begun else ArchiveError()) from error
        with opened:
            yield _read(opened)


def write_archive(
    path: Path,
    header: Header,
    tables: Iterable[tuple[PortableTable, Generator[bytes, None, None]]],
) -> list[Part]:
    """Write a backup that only the server's user may read; all of it or nothing.

    Raises
    ------
    ConflictError
        There is a file of that name, or of the name used while writing.
    """
    partial = path.with_name(path.name + ".partial")
    if path.exists():
        raise ConflictError(message("%(path)s exists already."), path=path)
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConflictError(
            message("%(path)s is left from another run: remove it first."), path=partial
        ) from error
    except OSError as error:
        raise _unwritten(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            parts = _write(file, header, tables)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError as error:
        partial.unlink()
        raise _unwritten(path, error) from error
    except BaseException:
        partial.unlink()
        raise
    return parts


def _unwritten(path: Path, error: OSError) -> ConflictError:
    return ConflictError(
        message("%(path)s cannot be written: %(reason)s"),
        path=path,
        reason=error.strerror or "",
    )


def _write(
    file: Any,
    header: Header,
    tables: Iterable[tuple[PortableTable, Generator[bytes, None, None]]],
) -> list[Part]:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as made:
        parts = [_write_part(made, table, lines) for table, lines in tables]
        manifest = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "product_version": header.product_version,
            "schema_revision": header.revision,
            "database": header.database,
            "public_url": header.public_url,
            "created_at": header.created_at.isoformat(),
            "tables": [part.to_json() for part in parts],
        }
        made.writestr(_MANIFEST, json.dumps(manifest, indent=2) + "\n")
    return parts


def _write_part(
    made: zipfile.ZipFile, table: PortableTable, lines: Generator[bytes, None, None]
) -> Part:
    digest, count = hashlib.sha256(), 0
    empty = Part(table=table, rows=0, sha256="")
    with closing(lines), made.open(empty.path, "w", force_zip64=True) as stream:
        for line in lines:
            digest.update(line)
            stream.write(line)
            count += 1
    return Part(table=table, rows=count, sha256=digest.hexdigest())


def _read(opened: zipfile.ZipFile) -> Archive:
    try:
        with opened.open(_MANIFEST) as stream:
            manifest = json.loads(stream.read(_MAX_MANIFEST_BYTES))
        is_ours = manifest["format"] == FORMAT
    except DAMAGE as error:
        raise ArchiveError from error
    if not is_ours:
        raise ArchiveError
    _require_version(manifest.get("format_version"))
    with naming(_MANIFEST):
        return Archive(
            opened,
            Header(
                product_version=str(manifest["product_version"]),
                revision=str(manifest["schema_revision"]),
                database=str(manifest["database"]),
                public_url=str(manifest["public_url"]),
                created_at=datetime.fromisoformat(manifest["created_at"]),
            ),
            [Part.from_json(entry) for entry in manifest["tables"]],
        )


def _require_version(found: Any) -> None:
    """Refuse another form; only a higher number can be of a later version."""
    if type(found) is not int or found < FORMAT_VERSION:
        raise ArchiveError
    if found > FORMAT_VERSION:
        raise ArchiveError(
            message("This backup was made by a later version of the product.")
        )
