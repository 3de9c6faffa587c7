"""`lms case new|map|diff|import|export`: writing cases as files."""

import json
import re
from pathlib import Path
from typing import Any

import click

from lms.content.domain import Findings
from lms.content.source import read_yaml
from lms.settings import default_content_root
from lms.simulation.authoring.exporting import export_twee
from lms.simulation.authoring.importing import import_story
from lms.simulation.authoring.map_file import map_page
from lms.simulation.authoring.skeleton import (
    RubricFound,
    new_case_files,
    write_case,
)
from lms.simulation.authoring.twee import TweeError, read_twee
from lms.simulation.cli import content_root_of, find_case, load_case, root_option
from lms.simulation.content.kind import CASE_FOLDER
from lms.simulation.content.reading import CASE_FILE, read_case
from lms.simulation.domain.difference import Difference, compare

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RUBRIC = "first-interview"
_language = click.option(
    "--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True
)
_out = click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to write; standard output when left out.",
)


@click.command("new")
@click.argument("slug")
@root_option
def new(slug: str, root: Path | None) -> None:
    """Write the files of a new case: small, with comments, and clean."""
    folder = _new_folder(slug, root)
    _write(folder, new_case_files(slug, _rubric_in(folder.parents[1])))
    click.echo(f"{folder / CASE_FILE}\nNext: lms case play {slug}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "form", type=click.Choice(["twee"]), required=True)
@click.option("--as", "slug", metavar="SLUG", help="Default: the name of the file.")
@root_option
def import_case(file: Path, form: str, slug: str | None, root: Path | None) -> None:
    """Make the draft of a case from a story; say what did not come over."""
    slug = slug or file.stem.lower()
    folder = _new_folder(slug, root)
    try:
        story = read_twee(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise click.ClickException(f"{file}: not UTF-8; save it as UTF-8") from None
    except TweeError as error:
        raise click.ClickException(f"{file}: {error}") from None
    files, lost = import_story(story, slug, _rubric_in(folder.parents[1]))
    _write(folder, files)
    click.echo(str(folder / CASE_FILE))
    _tell_lost(lost, form)


@click.command("export")
@click.argument("name", metavar="SLUG|PATH")
@click.option("--to", "form", type=click.Choice(["twee"]), required=True)
@_language
@_out
@root_option
@click.pass_context
def export_case(context: click.Context, /, name: str, form: str, **given: Any) -> None:
    """Write a case as a story for other tools; say what does not come over."""
    loaded = load_case(context, name, given["root"])
    text, lost = export_twee(loaded, given["language"])
    _emit(text, given["out"])
    _tell_lost(lost, form)


@click.command("map")
@click.argument("name", metavar="SLUG|PATH")
@_language
@_out
@root_option
@click.pass_context
def map_case(
    context: click.Context,
    name: str,
    language: str,
    out: Path | None,
    root: Path | None,
) -> None:
    """Draw the scenes of a case and their ways, with a table beside it, as HTML."""
    _emit(map_page(load_case(context, name, root), language), out)


@click.command("diff")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
@root_option
@click.pass_context
def diff_cases(
    context: click.Context, before: str, after: str, shape: str, root: Path | None
) -> None:
    """Say what changed between two versions (SLUG or PATH), and refuse a wrong label.

    Status 1 if AFTER may not follow BEFORE: a label that says too little (D1), or ids
    that are gone (D2).
    """
    difference = compare(
        _document(find_case(context, before, root)),
        _document(find_case(context, after, root)),
    )
    if shape == "json":
        click.echo(json.dumps(_as_dict(difference), ensure_ascii=False, indent=2))
    else:
        _tell_difference(difference)
    if difference.has_errors:
        raise SystemExit(1)


def _new_folder(slug: str, root: Path | None) -> Path:
    if not _SLUG.fullmatch(slug):
        raise click.UsageError(
            f"'{slug}' cannot be the id of a case; use small letters, digits and '-'"
        )
    folder = (root or default_content_root()) / CASE_FOLDER / slug
    if folder.exists():
        raise click.UsageError(f"{folder} is there already; take another name")
    return folder


def _rubric_in(root: Path) -> RubricFound:
    """Return the rubric that a new case names until its author takes another."""
    findings = Findings()
    source = read_yaml(root / "rubrics" / f"{_RUBRIC}.yaml", root, findings)
    if source is None:
        raise click.UsageError(
            f"{root} has no rubrics/{_RUBRIC}.yaml; name the content root with --root"
        )
    return RubricFound(
        id=_RUBRIC,
        version=int(source.data["version"]),
        framework=str(source.data["framework"]["version"]),
        criterion=str(source.data["criteria"][0]["id"]),
    )


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        write_case(folder, files)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error}") from None


def _emit(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error}") from None


def _tell_lost(lost: list[str], form: str) -> None:
    if lost:
        click.echo(f"{len(lost)} things have no place in {form}:", err=True)
    for line in lost:
        click.echo(f"- {line}", err=True)


def _document(folder: Path) -> dict[str, Any]:
    findings = Findings()
    found = read_case(folder, content_root_of(folder), findings)
    if found is None:
        for row in findings:
            click.echo(str(row), err=True)
        raise SystemExit(1)
    return found[0]


def _as_dict(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind.value,
        "changes": [
            {
                "kind": row.kind.value,
                "where": row.where,
                "before": row.before,
                "after": row.after,
            }
            for row in difference.changes
        ],
        "findings": [
            {
                "code": row.code,
                "level": "error" if row.is_error else "warning",
                "where": row.where,
                "message": row.text,
            }
            for row in difference.faults
        ],
    }


def _tell_difference(difference: Difference) -> None:
    click.echo(f"{difference.kind}: {len(difference.changes)} changes")
    for change in difference.changes:
        click.echo(f"  {change}")
    for fault in difference.faults:
        level = "error" if fault.is_error else "warning"
        click.echo(f"{level} {fault.code}: {fault.text}", err=True)
