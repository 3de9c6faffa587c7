"""Stories as Twee 3: passages in, scenes out, and the other way; with what was lost.

Only plain links come over (``[[words->passage]]`` and its older forms). Macros,
scripts and styles are never run and never guessed at: each is listed.

References
----------
.. [1] Interactive Fiction Technology Foundation (2021). Twee 3 specification, 3.0.2.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

_HEADER = re.compile(
    r"^::[ \t]*(?P<name>(?:\\.|[^\[{\\\n])*?)[ \t]*"
    r"(?P<tags>\[(?:\\.|[^\]\\])*\])?[ \t]*(?P<meta>\{.*\})?[ \t]*$"
)
_LINK = re.compile(r"\[\[(?P<inner>[^\[\]]+)\](?:\[(?P<setter>[^\]]*)\])?\]")
_MACRO = re.compile(
    r"<<[^>]+>>|\(\w[\w-]*:[^()]*\)|\{\{[^}]*\}\}|<(?:script|style)\b", re.IGNORECASE
)
_CODE_TAGS = frozenset({"script", "stylesheet"})


class TweeError(ValueError):
    """A file is no Twee 3; the message names line and remedy."""


class Link(NamedTuple):
    """A plain link of a passage."""

    words: str
    target: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage as it stands in the file."""

    name: str
    tags: tuple[str, ...]
    position: str | None
    text: str
    links: tuple[Link, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """A read file; `lost` says what did not come over, one line each."""

    title: str
    start: str
    passages: tuple[Passage, ...]
    lost: tuple[str, ...]


class _Block(NamedTuple):
    """A header and what stands under it."""

    name: str
    tags: tuple[str, ...]
    meta: str
    body: str
    line: int


def read_twee(source: str) -> Story:
    """Read a Twee 3 file.

    Raises
    ------
    TweeError
        There is no passage, one name stands twice, a link leads nowhere, or a header
        or the story data cannot be read.
    """
    lost: list[str] = []
    passages: dict[str, Passage] = {}
    about: dict[str, _Block] = {}
    for block in _blocks(source):
        if block.name in ("StoryTitle", "StoryData"):
            about[block.name] = block
        elif _CODE_TAGS & set(block.tags):
            tags = " ".join(block.tags)
            lost.append(f"line {block.line}: '{block.name}' [{tags}] holds code")
        elif block.name in passages:
            place = f"line {block.line}: passage '{block.name}'"
            raise TweeError(f"{place} stands there twice; rename one")
        else:
            passages[block.name] = _passage(block, lost)
    if not passages:
        raise TweeError("line 1: no passage; a passage begins with ':: Name'")
    _require_targets(passages.values())
    start = _start(about.get("StoryData"), passages)
    title = about["StoryTitle"].body if "StoryTitle" in about else ""
    return Story(title or start, start, tuple(passages.values()), tuple(lost))


def _blocks(source: str) -> Iterator[_Block]:
    header: _Block | None = None
    body: list[str] = []
    for number, line in enumerate(source.lstrip("\ufeff").splitlines(), 1):
        if not line.startswith("::"):
            body.append(line)
            continue
        if header is not None:
            yield header._replace(body="\n".join(body).strip())
        header, body = _header(line, number), []
    if header is not None:
        yield header._replace(body="\n".join(body).strip())


def _header(line: str, number: int) -> _Block:
    found = _HEADER.match(line)
    if found is None or not found["name"].strip():
        raise TweeError(f"line {number}: a passage begins with ':: Name [tags]'")
    name = re.sub(r"\\(.)", r"\1", found["name"]).strip()
    tags = tuple((found["tags"] or "[]")[1:-1].split())
    return _Block(name, tags, found["meta"] or "", "", number)


def _start(block: _Block | None, passages: Mapping[str, Passage]) -> str:
    data = _story_data(block) if block is not None else {}
    first = "Start" if "Start" in passages else next(iter(passages))
    start = str(data.get("start", first))
    if start not in passages:
        raise TweeError(f"StoryData: the start '{start}' is no passage; correct it")
    return start


def _story_data(block: _Block) -> Mapping[str, Any]:
    try:
        data = json.loads(block.body or "{}")
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise TweeError(f"line {block.line}: StoryData is no JSON object; correct it")
    return data


def _passage(block: _Block, lost: list[str]) -> Passage:
    place = f"line {block.line}: '{block.name}'"
    position = None
    if block.meta:
        try:
            position = json.loads(block.meta).get("position")
        except (ValueError, RecursionError):
            lost.append(f"{place}: metadata {block.meta} cannot be read")
    links = []
    for found in _LINK.finditer(block.body):
        links.append(_link(found["inner"]))
        if found["setter"]:
            lost.append(f"{place}: setter [{found['setter']}] of a link")
    prose = _LINK.sub("", block.body)
    lost += [f"{place}: macro or code {macro}" for macro in _MACRO.findall(prose)]
    text = re.sub(r"\n{3,}", "\n\n", _MACRO.sub("", prose)).strip()
    return Passage(block.name, block.tags, position, text, tuple(links), block.line)


def _link(inner: str) -> Link:
    if "->" in inner:
        words, target = inner.rsplit("->", 1)
    elif "<-" in inner:
        target, words = inner.split("<-", 1)
    elif "|" in inner:
        words, target = inner.rsplit("|", 1)
    else:
        words = target = inner
    return Link(words.strip(), target.strip())


def _require_targets(passages: Iterable[Passage]) -> None:
    rows = list(passages)
    names = {passage.name for passage in rows}
    for passage in rows:
        for link in passage.links:
            if link.target not in names:
                raise TweeError(
                    f"line {passage.line}: '{passage.name}' links to '{link.target}', "
                    "which is no passage; add it or correct the link"
                )


def write_twee(title: str, start: str, passages: Iterable[Passage], ifid: str) -> str:
    """Return a Twee 3 file; `ifid` is a UUID in capitals, as the format asks."""
    data = json.dumps({"ifid": ifid, "start": start}, ensure_ascii=False, indent=1)
    blocks = [f":: StoryTitle\n{title}", f":: StoryData\n{data}"]
    for passage in passages:
        head = f":: {_escaped(passage.name)}"
        if passage.tags:
            head += f" [{' '.join(passage.tags)}]"
        if passage.position:
            head += f" {json.dumps({'position': passage.position})}"
        links = "\n".join(f"[[{link.words}->{link.target}]]" for link in passage.links)
        parts = (f"{head}\n{passage.text}".rstrip(), links)
        blocks.append("\n\n".join(part for part in parts if part))
    return "\n\n".join(blocks) + "\n"


def _escaped(name: str) -> str:
    return re.sub(r"([\[\]{}\\])", r"\\\1", name)
