"""Strict reading of content files, with the line of everything that was read.

Text that cannot be read, unknown keys and wrong types become findings that name file,
line and remedy.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lms.content.domain import Finding, Findings, Level
from lms.content.yaml_reader import Place, YamlError, load_yaml

Model = TypeVar("Model", bound=BaseModel)
_FENCE = "---"


class StrictModel(BaseModel):
    """Base of all parsers: unknown keys are errors, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$")]
NonEmpty = Annotated[str, Field(min_length=1, pattern=r"\S")]


def _as_date(value: Any) -> Any:
    """Take a day in quotes for what it would be without."""
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
        data, lines = _load_once(text)
    except YamlError as fault:
        findings.add(_unreadable(name, fault.line, _one_line(str(fault))))
        return None
    return SourceFile(name=name, data=data, lines=lines)


@lru_cache(maxsize=512)
def _load_once(text: str) -> tuple[dict[str, Any], dict[Place, int]]:
    """Return what `load_yaml` does; nobody changes it.

    Most files of a second check in one process are what they were in the first.
    """
    return load_yaml(text)


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
