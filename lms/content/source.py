"""Strict reading of content files, with the line of everything that was read.

YAML 1.2 (so that `on` and `no` stay words), no duplicate keys, no tags; unknown keys
and wrong types become findings that name file, line and remedy.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from lms.content.domain import Finding, Findings, Level

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)
_FENCE = "---"
_FRONT_MATTER_LINES_BEFORE = 1


class StrictModel(BaseModel):
    """Base of all parsers: unknown keys are errors, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$")]
NonEmpty = Annotated[str, Field(min_length=1, pattern=r"\S")]


def _as_date(value: Any) -> Any:
    """Take a plain YAML date; ruamel reads ``2026-11-23`` as one."""
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    return value


Day = Annotated[dt.date, BeforeValidator(_as_date)]


class BilingualText(StrictModel):
    """``{ja: …, en: …}``, neither empty."""

    ja: NonEmpty
    en: NonEmpty


class SourceEntry(StrictModel):
    """One law and article, or publisher and title."""

    title: BilingualText
    url: str | None = None


class Sourced(StrictModel):
    """Keys that every statement of law or system carries."""

    source: Annotated[list[SourceEntry], Field(min_length=1)]
    as_of: Day
    review_by: Day
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: its data as plain Python, and where each part stands.

    Attributes
    ----------
    name : str
        Path from the content root, with forward slashes.
    data : Any
        Dicts, lists and scalars only.
    lines : mapping of place to int
        Line (from 1) of each key or list entry; the place is the path of keys.
    body, body_line : str, int
        For Markdown, the text after the front matter and the line it begins on.
    """

    name: str
    data: Any
    lines: Mapping[Place, int]
    body: str = ""
    body_line: int = 1

    def line(self, *place: str | int) -> int:
        """Return the line of `place`, or of the nearest parent that exists."""
        for length in range(len(place), -1, -1):
            found = self.lines.get(place[:length])
            if found is not None:
                return found
        return 1

    def finding(
        self,
        code: str,
        level: Level,
        place: Place,
        message: str,
        *,
        play: tuple[str, ...] | None = None,
    ) -> Finding:
        """Return a finding at `place` of this file."""
        return Finding(
            code=code,
            level=level,
            file=self.name,
            line=self.line(*place),
            where=".".join(map(str, place)),
            message=message,
            play=play,
        )


def has_format(path: Path, name: str) -> bool:
    """Say whether a YAML file names `name` as its format."""
    if path.suffix != ".yaml" or not path.is_file():
        return False
    text = path.read_text(encoding="utf-8", errors="replace")
    return re.search(rf"^format:\s*['\"]?{re.escape(name)}", text, re.M) is not None


def read_yaml(path: Path, root: Path, findings: Findings) -> SourceFile | None:
    """Read one YAML file; a file that cannot be read is finding Y1."""
    name = _name(path, root)
    text = _read_text(path, name, findings)
    return None if text is None else _parse_yaml(text, name, findings)


def read_markdown(path: Path, root: Path, findings: Findings) -> SourceFile | None:
    """Read Markdown with front matter between two ``---`` lines."""
    name = _name(path, root)
    text = _read_text(path, name, findings)
    if text is None:
        return None
    rows = text.split("\n")
    end = next((i for i, row in enumerate(rows[1:], 1) if row.rstrip() == _FENCE), None)
    if rows[0].rstrip() != _FENCE or end is None:
        findings.add(
            _unreadable(name, 1, "no front matter; begin the file with --- lines")
        )
        return None
    head = _parse_yaml("\n" + "\n".join(rows[1:end]), name, findings)
    if head is None:
        return None
    after = rows[end + 1 :]
    blank = next((i for i, row in enumerate(after) if row.strip()), 0)
    return SourceFile(
        name=name,
        data=head.data,
        lines=head.lines,
        body="\n".join(after).strip() + "\n",
        body_line=end + 2 + blank,
    )


def parse_model(
    model: type[Model], source: SourceFile, findings: Findings, *, data: Any = None
) -> Model | None:
    """Turn a file into `model`, or report every fault with its line."""
    try:
        return model.model_validate(source.data if data is None else data)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            findings.add(_model_finding(source, fault))
        return None


def _model_finding(source: SourceFile, fault: Any) -> Finding:
    place = _place_in(source.data, fault["loc"])
    kind = fault["type"]
    if kind == "extra_forbidden":
        text = f"unknown key '{place[-1]}'; remove it or correct its spelling"
        return source.finding("S1", Level.ERROR, place, text)
    if kind == "missing":
        text = f"key '{place[-1]}' is missing here; add it"
        return source.finding("Y1", Level.ERROR, place, text)
    shown = fault.get("input")
    short = repr(shown) if isinstance(shown, str | int | float | bool) else "this value"
    return source.finding("Y1", Level.ERROR, place, f"{short}: {fault['msg']}")


def _place_in(data: Any, told: tuple[str | int, ...]) -> Place:
    """Return the place that pydantic tells, less the names of kinds that it puts in.

    Where a shape depends on `kind`, the place goes through the value of that key.
    """
    place: list[str | int] = []
    node = data
    for part in told:
        if isinstance(node, dict) and part not in node and node.get("kind") == part:
            continue
        place.append(part)
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            node = None
    return tuple(place)


def _read_text(path: Path, name: str, findings: Findings) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        findings.add(
            _unreadable(name, 1, f"not UTF-8 at byte {error.start}; save it so")
        )
    except OSError as error:
        findings.add(_unreadable(name, 1, f"cannot be opened: {error.strerror}"))
    return None


def _parse_yaml(text: str, name: str, findings: Findings) -> SourceFile | None:
    try:
        data, lines = _load_yaml(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        findings.add(_unreadable(name, line, _one_line(error.problem or str(error))))
        return None
    except (YAMLError, ValueError) as error:
        findings.add(_unreadable(name, 1, _one_line(str(error))))
        return None
    return SourceFile(name=name, data=data, lines=lines)


@lru_cache(maxsize=512)
def _load_yaml(text: str) -> tuple[dict[str, Any], dict[Place, int]]:
    """Return the tree of a text and the line of each part; nobody changes them.

    Most files of a second check in one process are what they were in the first, and
    to read them takes longer than all the rest.

    Raises
    ------
    YAMLError, ValueError
        It is no YAML, or no mapping.
    """
    yaml = YAML(typ="rt", pure=True)
    yaml.version = (1, 2)
    tree = yaml.load(text)
    if not isinstance(tree, CommentedMap):
        raise ValueError("the file must be a mapping of keys")
    lines: dict[Place, int] = {(): 1}
    return _plain(tree, (), lines), lines


def _plain(node: Any, place: Place, lines: dict[Place, int]) -> Any:
    """Return plain Python for a tree, noting the line of each part."""
    if isinstance(node, CommentedMap):
        result: dict[Any, Any] = {}
        for key, value in node.items():
            here = (*place, key)
            lines[here] = node.lc.key(key)[0] + 1
            result[key] = _plain(value, here, lines)
        return result
    if isinstance(node, CommentedSeq):
        entries = []
        for number, value in enumerate(node):
            here = (*place, number)
            lines[here] = node.lc.item(number)[0] + 1
            entries.append(_plain(value, here, lines))
        return entries
    return _plain_scalar(node)


def _plain_scalar(node: Any) -> Any:
    """Drop the wrapper types of the reader."""
    if node is None or isinstance(node, bool):
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def _name(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _unreadable(name: str, line: int, message: str) -> Finding:
    return Finding(
        code="Y1", level=Level.ERROR, file=name, line=line, where="", message=message
    )
