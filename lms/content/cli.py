"""`lms content`: check and publish."""

import getpass
import json
from pathlib import Path
from uuid import uuid4

import click

from lms.clock import utc_now
from lms.content.domain import Finding, Level
from lms.content.kinds import ContentIndex, KindRegistry
from lms.content.services import (
    PublishOrder,
    PublishResult,
    check_content,
    publish_content,
)
from lms.db import Database
from lms.errors import InvalidInputError, message
from lms.migrations import open_current_database
from lms.nouns import some
from lms.settings import Settings, default_content_root

CONTENT_FOLDERS = ("case_simulations", "curricula", "assessments", "rubrics")


@click.group()
def content() -> None:
    """Check content files and publish them."""


@content.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
@click.option("--root", type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Warnings make the check fail too.")
@click.pass_obj
def check(
    kinds: KindRegistry,
    paths: tuple[Path, ...],
    shape: str,
    root: Path | None,
    strict: bool,
) -> None:
    """List every fault as FILE:LINE: what is wrong, what would be right."""
    folder = root or find_root(paths)
    require_content(folder)
    _, findings = check_content(folder, kinds, only=paths)
    _show(findings, shape)
    if any(_counts(row, strict=strict) for row in findings):
        raise SystemExit(1)


@content.command()
@click.option("--root", type=click.Path(exists=True, path_type=Path))
@click.option("--by", default=getpass.getuser, help="Who publishes.")
@click.option("--reviewed-by", default=None, help="Who read it before.")
@click.pass_obj
def publish(
    kinds: KindRegistry, root: Path | None, by: str, reviewed_by: str | None
) -> None:
    """Store what changed as new versions; running attempts keep their own."""
    settings = Settings.from_env()
    folder = root or settings.content_root
    require_content(folder)
    index, findings = check_content(folder, kinds)
    errors = [row for row in findings if row.level is Level.ERROR]
    if not errors:
        order = PublishOrder(
            by=by, reviewed_by=reviewed_by, now=utc_now(), batch=uuid4()
        )
        with open_current_database(settings) as database:
            result, errors = _publish_all(database, index, kinds, order)
    if errors:
        _show(errors, "text", err=True)
        raise SystemExit(1)
    for kind, slug in result.published:
        click.echo(f"published {kind} {slug}")
    click.echo(f"{len(result.published)} published, {len(result.unchanged)} unchanged")


def _publish_all(
    database: Database, index: ContentIndex, kinds: KindRegistry, order: PublishOrder
) -> tuple[PublishResult, list[Finding]]:
    """Publish everything or, when a label is faulty, nothing."""
    with database.transaction() as session:
        result, faults = publish_content(session, index, kinds, order=order)
        if faults:
            session.rollback()
    return result, faults


def find_root(paths: tuple[Path, ...]) -> Path:
    """Return the nearest folder above the first path that holds content folders.

    Where there is none, the installation's own content stands behind the path: its
    rubrics and frameworks are what a case of one's own is checked against.
    """
    for start in paths[:1]:
        for folder in (start.resolve(), *start.resolve().parents):
            if has_content(folder):
                return folder
    return default_content_root()


def has_content(root: Path) -> bool:
    """Say whether a folder is one that content may lie in."""
    return any((root / name).is_dir() for name in CONTENT_FOLDERS)


def require_content(root: Path) -> None:
    """Refuse a folder in which nothing can be found, instead of finding no fault.

    Raises
    ------
    InvalidInputError
        None of the folders of content is there.
    """
    if not has_content(root):
        raise InvalidInputError(
            message("There is no content in %(folder)s: none of %(names)s is there."),
            folder=root,
            names=", ".join(f"{name}/" for name in CONTENT_FOLDERS),
        )


def _show(findings: list[Finding], shape: str, *, err: bool = False) -> None:
    if shape == "json":
        rows = {"findings": [row.to_dict() for row in findings]}
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in findings:
        click.echo(str(row), err=err)
        if row.play:
            click.echo(f"    shortest play: {' > '.join(row.play)}", err=err)
    if not err:
        click.echo(", ".join(_count(findings, level) for level in Level), err=True)


def _count(findings: list[Finding], level: Level) -> str:
    return some(sum(row.level is level for row in findings), level.value)


def _counts(finding: Finding, *, strict: bool) -> bool:
    levels = (Level.ERROR, Level.WARNING) if strict else (Level.ERROR,)
    return finding.level in levels
