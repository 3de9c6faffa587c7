"""`lms backup` and `lms restore`."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from sqlalchemy import Engine

from lms.clock import utc_now
from lms.db import make_engine
from lms.operation.backup.archive import open_archive
from lms.operation.backup.dump import back_up
from lms.operation.backup.load import RestoreOrder, restore
from lms.operation.backup.rows import require_whole
from lms.settings import Settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Only check FILE, a backup made before.")
def backup(file: Path, verify: bool) -> None:
    """Put the whole database into FILE while the server goes on.

    FILE holds names, addresses and what learners wrote: keep it as safe as the
    database. It holds no secret of the settings, and private keys only as they are
    locked; without LMS_KEYS_SECRET and LMS_SECRET_KEY nothing can be signed from it.
    """
    if verify:
        if not file.exists():
            raise click.UsageError(f"{file} does not exist")
        _verify(file)
        return
    settings = Settings.from_env()
    with _stopping_orderly(), _engine_of(settings) as engine:
        parts = back_up(engine, settings, file, now=utc_now())
    rows = sum(part.rows for part in parts)
    click.echo(f"{file}: {rows} rows in {len(parts)} tables")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--upgrade", is_flag=True, help="Take a backup of an earlier schema.")
def restore_command(file: Path, upgrade: bool) -> None:
    """Load FILE into the database of the settings, which must be empty.

    The kind of database may be another one than the backup was made from.
    """
    settings = Settings.from_env()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    order = RestoreOrder(
        migrations_dir=settings.migrations_dir, may_upgrade=upgrade, now=utc_now()
    )
    with open_archive(file) as archive, _engine_of(settings) as engine:
        restore(engine, archive, order)
        click.echo(f"restored: {archive.rows} rows in {len(archive.parts)} tables")
        made_for = archive.header.public_url
    if made_for != settings.public_url:
        click.echo(
            f"The backup is of {made_for}: set LMS_PUBLIC_URL to that.", err=True
        )
    click.echo("Now run: lms doctor")
    click.echo("People erased since the backup: see docs/operations.md, Restore.")


@contextmanager
def _stopping_orderly() -> Iterator[None]:
    """Let SIGTERM end the command as an error does, so that it leaves nothing half."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _engine_of(settings: Settings) -> Iterator[Engine]:
    """Connect for the length of a command, and leave no connection behind."""
    engine = make_engine(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _verify(file: Path) -> None:
    with open_archive(file) as archive:
        are_references_known = require_whole(archive)
        header = archive.header
        click.echo(f"good: {archive.rows} rows in {len(archive.parts)} tables")
        click.echo(f"made: {header.created_at.isoformat()} from {header.database}")
        click.echo(f"schema: {header.revision}, version: {header.product_version}")
        click.echo(f"of: {header.public_url}")
    if not are_references_known:
        click.echo("References were not looked at: it is of another schema.", err=True)
