"""A small living installation, and backups of it that were tampered with."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.db import Base, Database, make_engine
from lms.demo.setup import make_cohort
from lms.operation.backup.archive import open_archive
from lms.operation.backup.columns import describe
from lms.operation.backup.load import RestoreOrder, restore
from lms.settings import PROJECT_ROOT, Settings
from tests.conftest import NOON

MIGRATIONS = PROJECT_ROOT / "migrations"


def fill(url: str, settings: Settings) -> None:
    """Let the demo's people live in a database, with keys and certificates."""
    engine = make_engine(url)
    make_cohort(Database(engine), Library(COMPILERS), settings)
    engine.dispose()


def restore_into(url: str, path: Path, *, may_upgrade: bool = False) -> None:
    """Restore a backup."""
    engine = make_engine(url)
    order = RestoreOrder(migrations_dir=MIGRATIONS, may_upgrade=may_upgrade, now=NOON)
    try:
        with open_archive(path) as archive:
            restore(engine, archive, order)
    finally:
        engine.dispose()


def rows_of(engine: Engine) -> dict[str, list[bytes]]:
    """Return every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: list(describe(table).lines(connection))
            for table in Base.metadata.sorted_tables
        }


def tamper(
    path: Path, to: Path, changes: dict[str, Callable[[bytes], bytes | None]]
) -> Path:
    """Copy a backup with some of its parts changed, or left out."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(to, "w") as made:
        for name in source.namelist():
            content = changes.get(name, bytes)(source.read(name))
            if content is not None:
                made.writestr(name, content)
    return to


def in_manifest(**values: object) -> dict[str, Callable[[bytes], bytes]]:
    """Change members of the manifest."""

    def change(content: bytes) -> bytes:
        return json.dumps({**json.loads(content), **values}).encode()

    return {"manifest.json": change}


def with_lines(
    path: Path, to: Path, table: str, change: Callable[[bytes], bytes]
) -> Path:
    """Copy a backup with the rows of a table changed and the manifest made to fit."""
    part = f"tables/{table}.jsonl"
    with zipfile.ZipFile(path) as source:
        content = change(source.read(part))

    def fit(raw: bytes) -> bytes:
        manifest = json.loads(raw)
        for entry in manifest["tables"]:
            if entry["name"] == table:
                entry["sha256"] = hashlib.sha256(content).hexdigest()
                entry["rows"] = content.count(b"\n")
        return json.dumps(manifest).encode()

    return tamper(path, to, {part: lambda _raw: content, "manifest.json": fit})
