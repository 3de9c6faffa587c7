"""From the files of one case folder to its document."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from lms.content.domain import Findings, Level
from lms.content.source import NonEmpty, SourceFile, StrictModel, parse_model, read_yaml
from lms.content.yaml_reader import Place
from lms.simulation.content.listed import copy_listed
from lms.simulation.content.scene_shapes import SCENE_SHAPES
from lms.simulation.content.shape import CaseFile, CasePart
from lms.simulation.content.task_shapes import TASK_SHAPES

CASE_FILE = "case.yaml"
_NOT_PLAYED = {"status", "accepted"}
"""Keys about the work on a case; changing them makes no new version."""


class _TextRow(StrictModel):
    text: NonEmpty
    of: str | None = None


class _TextFile(StrictModel):
    texts: dict[str, _TextRow]


def read_case(
    folder: Path, root: Path, findings: Findings
) -> tuple[dict[str, Any], tuple[SourceFile, ...]] | None:
    """Read a case folder.

    Returns
    -------
    document, files
        The document as it is published, and the files, ``case.yaml`` first; nothing
        if some file cannot be read, which `findings` then says.
    """
    source = read_yaml(folder / CASE_FILE, root, findings)
    if source is None:
        return None
    logic = read_logic(source, findings)
    texts: dict[str, Any] = {}
    files = [source]
    for path in sorted(folder.glob("text.*.yaml")):
        language = path.name.removeprefix("text.").removesuffix(".yaml")
        text_source = read_yaml(path, root, findings)
        rows = text_source and _read_texts(text_source, findings)
        if text_source is None or rows is None:
            return None
        texts[language] = rows
        files.append(text_source)
    if logic is None:
        return None
    logic |= copy_listed(logic, root)
    return {**logic, "texts": texts}, tuple(files)


def read_logic(source: SourceFile, findings: Findings) -> dict[str, Any] | None:
    """Return the document of a ``case.yaml``, or nothing if it has faults."""
    empty = list(_empty(source.data, ()))
    for place in empty:
        text = f"'{place[-1]}' has no value; give it one or leave the key out"
        findings.add(source.finding("Y1", Level.ERROR, place, text))
    if empty:
        return None
    parsed = parse_model(CaseFile, source, findings)
    scenes = source.data.get("scenes")
    if not isinstance(scenes, dict):
        return None
    rows = {
        name: _read_scene(source, name, row, findings) for name, row in scenes.items()
    }
    if parsed is None or None in rows.values():
        return None
    document = _dump(parsed)
    return {
        **{key: value for key, value in document.items() if key not in _NOT_PLAYED},
        "scenes": rows,
    }


def _empty(node: Any, place: Place) -> Iterator[Place]:
    """Return the places without a value: a key left out says the same, clearly."""
    if node is None:
        yield place
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _empty(value, (*place, key))


def _read_scene(
    source: SourceFile, name: str, row: Any, findings: Findings
) -> dict[str, Any] | None:
    """Hold one scene against the shape that its kind and task ask for."""
    part = _part(source, ("scenes", name), row)
    shape = _shape_of(row)
    if isinstance(shape, str):
        findings.add(part.finding("Y1", Level.ERROR, ("scenes", name), shape))
        return None
    inner = Findings()
    parsed = parse_model(shape, _inside(part, ("scenes", name)), inner)
    for finding in inner:
        findings.add(replace(finding, where=f"scenes.{name}.{finding.where}"))
    return None if parsed is None else _dump(parsed)


def _shape_of(row: Any) -> type[CasePart] | str:
    """Return the shape of a scene, or what is wrong with its kind."""
    if not isinstance(row, dict):
        return "a scene is a mapping of keys; begin it with 'kind'"
    kind, task = row.get("kind"), row.get("task")
    if kind == "task":
        known = ", ".join(TASK_SHAPES)
        return TASK_SHAPES.get(str(task)) or f"task {task!r} is unknown; use {known}"
    known = ", ".join((*SCENE_SHAPES, "task"))
    return SCENE_SHAPES.get(str(kind)) or f"kind {kind!r} is unknown; use {known}"


def _read_texts(source: SourceFile, findings: Findings) -> dict[str, Any] | None:
    rows = {
        str(text_id): {"text": given} if isinstance(given, str) else given
        for text_id, given in source.data.items()
    }
    lines = {("texts", *place): line for place, line in source.lines.items()}
    wrapped = SourceFile(name=source.name, data={"texts": rows}, lines=lines)
    parsed = parse_model(_TextFile, wrapped, findings)
    return None if parsed is None else _dump(parsed)["texts"]


def _part(source: SourceFile, place: Place, data: Any) -> SourceFile:
    return replace(source, data=data, lines={**source.lines, (): source.line(*place)})


def _inside(source: SourceFile, place: Place) -> SourceFile:
    """Return a part of a file whose places begin at `place`."""
    depth = len(place)
    lines = {
        inner[depth:]: line
        for inner, line in source.lines.items()
        if inner[:depth] == place
    }
    return replace(source, lines=lines)


def _dump(parsed: StrictModel) -> dict[str, Any]:
    """Return what the author wrote, without defaults: they belong to the engine."""
    return parsed.model_dump(mode="json", by_alias=True, exclude_unset=True)
