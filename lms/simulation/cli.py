"""`lms case`: explore and play cases from their files."""

import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import click

from lms.content.domain import Findings, Level
from lms.settings import default_content_root
from lms.simulation.authoring.terminal import play_in_terminal
from lms.simulation.content.checks.run import check_soundness
from lms.simulation.content.kind import CASE_FOLDER, CaseKind
from lms.simulation.content.reading import CASE_FILE
from lms.simulation.domain import Case, PlayError, PlayResult, explore, play
from lms.simulation.domain.document import case_from_document
from lms.simulation.domain.plain import result_to_dict
from lms.simulation.pages import Reader

_shape = click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text"
)
root_option = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=f"Folder that holds {CASE_FOLDER}/.",
)


@click.group()
def case() -> None:
    """Explore and play cases."""


@case.command("explore")
@click.argument("name", metavar="SLUG|PATH")
@_shape
@root_option
@click.pass_context
def explore_case(
    context: click.Context, name: str, shape: str, root: Path | None
) -> None:
    """Search all states of a case and show what its routes let a rater see."""
    loaded = load_case(context, name, root)
    started = time.perf_counter()
    try:
        result = explore(loaded)
    except PlayError as error:
        raise click.ClickException(str(error)) from None
    seconds = round(time.perf_counter() - started, 3)
    figures = {**result.to_dict(), "seconds": seconds}
    click.echo(_as_json(figures) if shape == "json" else _as_table(figures))


@case.command("play")
@click.argument("name", metavar="SLUG|PATH")
@click.option(
    "--actions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON list of actions (docs/schemas/actions.schema.json); else type them.",
)
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write the actions to, for --actions.",
)
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja")
@_shape
@root_option
@click.pass_context
def play_case(
    context: click.Context,
    /,
    name: str,
    actions: Path | None,
    **options: Any,
) -> None:
    """Play a case here, or play recorded actions, and show where they lead."""
    loaded = load_case(context, name, options["root"])
    if actions is not None:
        given = _read_actions(actions)
    else:
        given = play_in_terminal(
            Reader(loaded, options["language"]),
            ask=partial(click.prompt, default="", show_default=False, err=True),
            say=partial(click.echo, err=True),
        )
    try:
        result = play(loaded, given)
    except PlayError as error:
        raise click.ClickException(str(error)) from None
    if options["save"] is not None:
        options["save"].write_text(_as_json(given), encoding="utf-8")
    click.echo(
        _as_json(result_to_dict(result))
        if options["shape"] == "json"
        else _as_text(result)
    )


def find_case(context: click.Context, name: str, root: Path | None) -> Path:
    """Return the folder of a case, named by slug or by path.

    Raises
    ------
    click.UsageError
        There is no such case.
    """
    path = Path(name)
    for folder in (path, path.parent):
        if (folder / CASE_FILE).is_file() and path.exists():
            return folder
    given = root or (context.obj if isinstance(context.obj, Path) else None)
    folder = (given or default_content_root()) / CASE_FOLDER / name
    if (folder / CASE_FILE).is_file():
        return folder
    raise click.UsageError(
        f"no case '{name}': neither a folder with {CASE_FILE} nor a name under "
        f"{folder.parent}"
    )


def content_root_of(folder: Path) -> Path:
    """Return the nearest folder above a case that holds all cases."""
    for parent in folder.resolve().parents:
        if (parent / CASE_FOLDER).is_dir():
            return parent
    return folder.resolve().parent


def load_case(context: click.Context, name: str, root: Path | None) -> Case:
    """Build a case, or list what keeps it from being built and leave with 1."""
    folder = find_case(context, name, root)
    kind = CaseKind()
    findings = Findings()
    drafts = kind.read(folder, root or content_root_of(folder), findings)
    for draft in drafts:
        check_soundness(draft, findings)
    faults = [row for row in findings if row.level is Level.ERROR]
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        raise SystemExit(1)
    return case_from_document(drafts[0].document)


def _read_actions(path: Path) -> list[Any]:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"{path}: no JSON: {error}") from None
    if not isinstance(given, list):
        raise click.ClickException(f"{path}: the file must hold a list of actions")
    return given


def _as_json(shape: Any) -> str:
    return json.dumps(shape, ensure_ascii=False, indent=2)


def _as_table(figures: dict[str, Any]) -> str:
    proof = "all searched" if figures["complete"] else "sampled, not proved"
    rows = [
        f"{figures['states']} states, {figures['routes']} routes, {proof}, "
        f"{figures['seconds']} s",
        "",
        "end                       routes",
        *(f"{end:<24} {routes:>7}" for end, routes in figures["endings"].items()),
        "",
        "criterion                 min  max  seen on",
    ]
    for criterion, row in figures["criteria"].items():
        low, high = ("–" if row[key] is None else row[key] for key in ("min", "max"))
        share = f"{row['observable_share']:.0%}"
        rows.append(f"{criterion:<24} {low:>4} {high:>4} {share:>8}")
    for label in ("shortest", "longest"):
        rows += ["", f"{label} play: {' > '.join(figures[f'{label}_play'])}"]
    return "\n".join(rows)


def _as_text(result: PlayResult) -> str:
    limit = "" if result.limit is None else f" of {result.limit}"
    outcome = f", outcome {result.outcome}" if result.outcome else ""
    rows = [f"{result.kind} '{result.scene}', minute {result.minutes}{limit}{outcome}"]
    rows += [f"fact     {row.fact} (minute {row.minute})" for row in result.facts]
    rows += [
        f"seen     {row.criterion}: {row.seen} × {row.weight} in '{row.scene}'"
        for row in result.observations
    ]
    rows += [f"to mark  {', '.join(r.criteria)} in '{r.scene}'" for r in result.pending]
    rows += [f"choice   {row.id}" for row in result.choices if row.is_allowed]
    return "\n".join(rows)
