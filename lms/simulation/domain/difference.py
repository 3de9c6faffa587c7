"""What changed between two versions of a case, and how much it means.

A change is of the gravest kind that anything in it has: ``structure`` (scenes, choices,
tasks, facts, where acts lead and what they do), ``scoring`` (keys, conditions,
evidence), or ``wording`` (texts and what stands around the play).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Row = Mapping[str, Any]
_MISSING: Any = object()


class ChangeKind(StrEnum):
    """How much a change means; the order of `rank` is from least to most."""

    NONE = "none"
    WORDING = "wording"
    SCORING = "scoring"
    STRUCTURE = "structure"

    @property
    def rank(self) -> int:
        """Return the place in the order of gravity, from 0."""
        return list(ChangeKind).index(self)


@dataclass(frozen=True, slots=True)
class Change:
    """One place that differs; `before` or `after` is None where it is not there."""

    kind: ChangeKind
    where: str
    before: Any
    after: Any

    def __str__(self) -> str:
        """Return one line: place, and what it was and is."""
        return (
            f"{self.kind}: {self.where}: {_shown(self.before)} → {_shown(self.after)}"
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the change: `code` as in the list of checks."""

    code: str
    is_error: bool
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs, in the order of the newer file."""

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]

    @property
    def kind(self) -> ChangeKind:
        """Return the gravest kind of all changes."""
        kinds = [change.kind for change in self.changes]
        return max(kinds, key=lambda kind: kind.rank, default=ChangeKind.NONE)

    @property
    def has_errors(self) -> bool:
        """Say whether the newer version may not be published like this."""
        return any(fault.is_error for fault in self.faults)


_SCORING_KEYS = frozenset(
    {
        *("evidence", "scores", "weight", "scored_by", "cuts", "key", "order"),
        *("before", "needed", "harmful", "fit", "needs", "may_share", "panel"),
        *("blueprint", "omissions", "when", "good_when", "rubric", "framework"),
        *("aspects", "partners", "conditions", "client", "anchors", "look_for"),
    }
)
_WORDING_KEYS = frozenset(
    {
        *("texts", "title", "summary", "notice", "themes", "comment", "because"),
        *("prompt", "sources", "tests", "minutes_expected", "about", "name", "tells"),
        *("follow_up", "text", "alt", "note", "labels", "difficulty"),
    }
)
_KEYED = frozenset({"scenes", "facts", "people", "state", "renderings", "set", "add"})
"""Keys of mappings from an id to something, so that one may be called ``text``."""
_LABELS = frozenset({"version", "change", "format", "id", "references"})


def compare(before: Row, after: Row) -> Difference:
    """Hold two documents of one case against each other.

    Parameters
    ----------
    before, after : mapping
        As `read_case` gives them. Ids that ``change.renamed`` of the newer one maps
        count as the same thing.
    """
    renamed = dict(after.get("change", {}).get("renamed", {}))
    old = _by_id(_with_names(before, renamed))
    new = _by_id(after)
    changes = tuple(
        change
        for key in dict.fromkeys((*new, *old))
        if key not in _LABELS
        for change in _changes(
            old.get(key, _MISSING), new.get(key, _MISSING), (key,), (key,)
        )
    )
    return Difference(changes, tuple(_faults(before, after, changes, renamed)))


def _with_names(document: Row, renamed: Mapping[str, str]) -> Any:
    """Return a document with old ids in place of which new ones stand now."""
    if not renamed:
        return document

    def walk(node: Any) -> Any:
        if isinstance(node, Mapping):
            return {renamed.get(key, key): walk(value) for key, value in node.items()}
        if isinstance(node, list | tuple):
            return [walk(value) for value in node]
        return renamed.get(node, node) if isinstance(node, str) else node

    return walk(document)


class _ById(dict[str, Any]):
    """A mapping whose keys are ids of the author, and no words of the format."""


def _by_id(node: Any, *, is_keyed: bool = False) -> Any:
    """Return lists of things with ids as mappings, so that moving is no change."""
    if isinstance(node, Mapping):
        rows = {
            key: _by_id(value, is_keyed=not is_keyed and key in _KEYED)
            for key, value in node.items()
        }
        return _ById(rows) if is_keyed else rows
    if isinstance(node, list | tuple):
        entries = list(node)
        if entries and all(isinstance(row, Mapping) and "id" in row for row in entries):
            return _ById({str(row["id"]): _by_id(row) for row in entries})
        return [_by_id(row) for row in entries]
    return node


def _changes(
    old: Any, new: Any, place: tuple[str, ...], words: tuple[str, ...]
) -> Iterator[Change]:
    """Return what differs; `words` are the keys of `place` that are no ids."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*new, *old)):
            yield from _changes(
                old.get(key, _MISSING),
                new.get(key, _MISSING),
                (*place, str(key)),
                words if isinstance(new, _ById) else (*words, str(key)),
            )
        return
    yield Change(
        _kind_of(words),
        ".".join(place),
        None if old is _MISSING else old,
        None if new is _MISSING else new,
    )


def _kind_of(words: tuple[str, ...]) -> ChangeKind:
    """Return what a change at a place means: the outermost key that says so decides."""
    for key in words:
        if key in _SCORING_KEYS:
            return ChangeKind.SCORING
        if key in _WORDING_KEYS:
            return ChangeKind.WORDING
    return ChangeKind.STRUCTURE


def _faults(
    before: Row, after: Row, changes: tuple[Change, ...], renamed: Mapping[str, str]
) -> Iterator[Fault]:
    found = Difference(changes, ()).kind
    said = after.get("change", {})
    if found is ChangeKind.NONE:
        return
    if after["version"] <= before["version"]:
        text = f"version {after['version']} is not above {before['version']}; raise it"
        yield Fault("D1", is_error=True, where="version", text=text)
    if "kind" in said and ChangeKind(said["kind"]).rank < found.rank:
        worst = next(change for change in changes if change.kind is found)
        text = (
            f"the change is labelled {said['kind']}, but {worst.where} differs, which "
            f"is {found}; label it so, or take the change back"
        )
        yield Fault("D1", is_error=True, where="change.kind", text=text)
    yield from _lost_ids(before, after, renamed)
    if found.rank >= ChangeKind.SCORING.rank:
        text = (
            "scored content changed; figures of this and the earlier version must not "
            "be put together"
        )
        yield Fault("D3", is_error=False, where="version", text=text)


def _lost_ids(before: Row, after: Row, renamed: Mapping[str, str]) -> Iterator[Fault]:
    """D2: ids that stand in logs and evidence, and mean nothing any more."""
    old, new = dict(_ids(before)), dict(_ids(after))
    for name, what in old.items():
        now = renamed.get(name, name)
        if now not in new:
            text = (
                f"{what} '{name}' is gone; attempts and evidence name it: keep it, or "
                "say in change.renamed what it is called now"
            )
            yield Fault("D2", is_error=True, where=f"{what} {name}", text=text)
        elif new[now] != what:
            text = f"'{now}' was a {what} and is a {new[now]}; take a new id"
            yield Fault("D2", is_error=True, where=f"{what} {name}", text=text)
    for name in renamed:
        if name not in old:
            text = f"the earlier version has no '{name}'; correct change.renamed"
            yield Fault("D2", is_error=True, where="change.renamed", text=text)


def _ids(document: Row) -> Iterator[tuple[str, str]]:
    for name, scene in document["scenes"].items():
        yield name, f"{scene['kind']} scene"
        for choice in scene.get("choices", ()):
            yield choice["id"], "choice"
    for name in document.get("facts", {}):
        yield f"fact.{name}", "fact"


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    text = str(dict(value) if isinstance(value, Mapping) else value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


_MOST_SHOWN = 60
