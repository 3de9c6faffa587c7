"""YAML 1.2 as plain data, with the line of each part.

libyaml finds where things begin and end, twenty times as fast as a reader in Python.
What a plain word means is decided here, by the core schema of YAML 1.2.2 (section
10.3.2): `on`, `no` and `1:30` stay words. A day, ``2026-11-23``, is a date besides;
what is no finite number is a word, since nothing in content could mean it.
"""

import datetime as dt
import re
from typing import Any, ClassVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

Place = tuple[str | int, ...]
# The largest file that we ship has fewer than ten thousand.
_MOST_PARTS = 200_000
_PREFIX = "tag:yaml.org,2002:"
_BOOLEAN = r"true|True|TRUE|false|False|FALSE"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_INTEGER = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
# What a plain word means, how it is known, and which characters it may begin with.
_MEANINGS = (
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", _BOOLEAN, "tTfF"),
    ("int", _INTEGER, "-+0123456789"),
    ("float", _FLOAT, "-+.0123456789"),
    ("date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
)


class YamlError(ValueError):
    """A text that is not the YAML of content files.

    Attributes
    ----------
    line : int
        Where it shows, from 1.
    """

    def __init__(self, line: int, fault: str) -> None:
        super().__init__(fault)
        self.line = line


class _Composer(yaml.CSafeLoader):
    """Composes nodes by the schema of this module."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]


class _Writer(yaml.SafeDumper):
    """Puts in quotes what any reader would not take for a word."""

    def increase_indent(
        self,
        flow: bool = False,
        indentless: bool = False,  # noqa: ARG002 (of the library)
    ) -> None:
        """Set the entries of a list in from their key."""
        super().increase_indent(flow, indentless=False)


for _kind, _pattern, _begins in _MEANINGS:
    for _known in (_Composer, _Writer):
        _known.add_implicit_resolver(
            _PREFIX + _kind, re.compile(f"^(?:{_pattern})$"), [*_begins, ""]
        )


def load_yaml(text: str) -> tuple[dict[Any, Any], dict[Place, int]]:
    """Return the mapping that a text holds, and the line (from 1) of each part.

    Returns
    -------
    tuple of dict and dict
        Dicts, lists and scalars only; the lines by the path of keys.

    Raises
    ------
    YamlError
        It is no YAML or no mapping, a key stands twice, something refers to what it
        is a part of, references make it enormous, or there is a tag.
    """
    node = _compose(text)
    if not isinstance(node, MappingNode):
        raise YamlError(1, "the file must be a mapping of keys")
    builder = _Builder()
    return builder.build(node, ()), builder.lines


def dump_yaml(data: Any) -> str:
    """Return plain data as YAML in the order given, for people to go on with."""
    return str(
        yaml.dump(data, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=100)
    )


def _compose(text: str) -> Node | None:
    try:
        loader = _Composer(text)
        try:
            found: Node | None = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        told = ": ".join(filter(None, (error.context, error.problem)))
        raise YamlError(mark.line + 1 if mark else 1, told) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(line, f"{error.reason}: #x{error.character:04x}") from error
    return found


class _Builder:
    """Turns nodes into plain data and notes where each part stands.

    A reference (``*name``) leads to the node that it names, so that its parts stand
    where they are written out.
    """

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {(): 1}
        self._around: set[int] = set()

    def build(self, node: Node, place: Place) -> Any:
        if isinstance(node, ScalarNode):
            return _scalar(node)
        if id(node) in self._around:
            raise YamlError(_line(node), "this refers to what it is a part of")
        if len(self.lines) > _MOST_PARTS:
            raise YamlError(_line(node), "references make this far too long")
        self._around.add(id(node))
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, place)
            return self._sequence(node, place)
        finally:
            self._around.remove(id(node))

    def _mapping(self, node: MappingNode, place: Place) -> dict[Any, Any]:
        _refuse_tag(node, "map")
        found: dict[Any, Any] = {}
        for name, value in node.value:
            if not isinstance(name, ScalarNode):
                raise YamlError(_line(name), "a key must be one word")
            key = _scalar(name)
            here = (*place, key)
            if key in found:
                first = f"it stands in line {self.lines[here]} already"
                raise YamlError(_line(name), f"duplicate key '{key}': {first}")
            self.lines[here] = _line(name)
            found[key] = self.build(value, here)
        return found

    def _sequence(self, node: Node, place: Place) -> list[Any]:
        _refuse_tag(node, "seq")
        entries = []
        for number, entry in enumerate(node.value):
            here = (*place, number)
            self.lines[here] = _line(entry)
            entries.append(self.build(entry, here))
        return entries


def _refuse_tag(node: Node, kind: str) -> None:
    if node.tag != _PREFIX + kind:
        raise YamlError(_line(node), f"the tag {node.tag} is not used; remove it")


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _scalar(node: Node) -> Any:
    """Return the value of a word by its tag."""
    kind, word = node.tag.removeprefix(_PREFIX), node.value
    try:
        return _VALUES[kind](word)
    except KeyError:
        fault = f"the tag {node.tag} is not used; remove it"
    except ValueError as error:
        fault = str(error)
    raise YamlError(_line(node), fault)


def _integer(word: str) -> int:
    return int(word, 0) if word[:2] in ("0o", "0x") else int(word)


_VALUES: dict[str, Any] = {
    "str": str,
    "null": lambda _word: None,
    "bool": lambda word: word.lower() == "true",
    "int": _integer,
    "float": float,
    "date": dt.date.fromisoformat,
}
