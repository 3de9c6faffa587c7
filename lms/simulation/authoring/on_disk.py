"""Cases as their files stand on disk now, for pages that show them while they change.

Files are read at every call, so that what was just saved is there; what follows from
their bytes is kept, since it takes seconds to search all states of a case.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from lms.content.domain import Finding, Findings
from lms.content.kinds import KindRegistry
from lms.content.services import read_content
from lms.errors import NotFoundError
from lms.simulation.content.checks.run import check_soundness
from lms.simulation.content.kind import CaseKind
from lms.simulation.domain import Case, PlayError, Seen, explore, play_named
from lms.simulation.domain.document import case_from_document
from lms.simulation.domain.figures import CriterionFigures
from lms.simulation.domain.state import State

REFERRED_KINDS = ("framework", "rubric", "directory")
"""Kinds of content that a case is checked against."""
_REFERRED_FOLDERS = ("rubrics", "curricula/directory")


@dataclass(frozen=True, slots=True)
class CaseOnDisk:
    """A case folder, read.

    Attributes
    ----------
    case : Case or None
        None while its files cannot be played; `findings` say why.
    findings : tuple of Finding
        Of reading and of names; by file and line.
    """

    slug: str
    case: Case | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RouteFigures:
    """What all routes of a case show, without the states that were searched.

    Attributes
    ----------
    first_states : mapping of str to State
        By scene, the state in which the shortest play comes there.
    """

    states: int
    routes: int
    is_complete: bool
    endings: Mapping[str, int]
    criteria: Mapping[str, CriterionFigures]
    shortest_play: tuple[str, ...]
    longest_play: tuple[str, ...]
    first_states: Mapping[str, State]


@dataclass(frozen=True, slots=True)
class NamedRoute:
    """A named play, and what it showed of each criterion: the lowest, if anything.

    `pending` are the criteria that wait for a person's judgement.
    """

    name: str
    end: str
    minutes: int
    seen: Mapping[str, Seen]
    pending: frozenset[str]


@dataclass(frozen=True, slots=True)
class CheckedCase:
    """A case folder with everything that the checker finds and the search counts.

    Attributes
    ----------
    figures : RouteFigures or None
        None where the case cannot be played or searched.
    named : tuple of NamedRoute
        Named plays that can be played as they stand.
    """

    findings: tuple[Finding, ...]
    figures: RouteFigures | None
    named: tuple[NamedRoute, ...]


def list_cases(root: Path) -> list[CaseOnDisk]:
    """Return every case folder under a content root by slug, broken ones too."""
    return [_read(str(folder), _stamp(folder, root)) for folder in _find(root)]


def get_case(root: Path, slug: str) -> CaseOnDisk:
    """Return one case as its files say it now.

    Raises
    ------
    NotFoundError
        There is no such folder.
    """
    folder = _folder(root, slug)
    return _read(str(folder), _stamp(folder, root))


def check_case_files(
    root: Path, slug: str, kinds: KindRegistry, *, today: date
) -> CheckedCase:
    """Check one case against the rubrics, frameworks and directory beside it.

    Parameters
    ----------
    today : date
        Sources fall due; what was found yesterday need not hold today.

    Raises
    ------
    NotFoundError
        There is no such folder.
    """
    folder = _folder(root, slug)
    return _check(str(folder), _stamp(folder, root), today, kinds)


def _find(root: Path) -> Iterable[Path]:
    return CaseKind().find(root)


def _folder(root: Path, slug: str) -> Path:
    """Return a folder by name; a name that leads elsewhere is none of the list."""
    found = next((row for row in _find(root) if row.name == slug), None)
    if found is None:
        raise NotFoundError
    return found


def _stamp(folder: Path, root: Path) -> str:
    """Return a digest of every byte that a check of this case depends on."""
    digest = hashlib.sha256()
    others = (root / name for name in _REFERRED_FOLDERS)
    for top in (folder, *others):
        for path in sorted(top.rglob("*.yaml")):
            try:
                content = path.read_bytes()
            except OSError:  # an editor's lock, or gone just now
                continue
            digest.update(f"{path}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


@lru_cache(maxsize=256)
def _read(folder: str, _stamp: str) -> CaseOnDisk:
    path, kind, findings = Path(folder), CaseKind(), Findings()
    drafts = kind.read(path, _root_of(path), findings)
    for draft in drafts:
        check_soundness(draft, findings)
    is_playable = bool(drafts) and not findings.has_errors
    case = case_from_document(drafts[0].document) if is_playable else None
    return CaseOnDisk(path.name, case, tuple(findings))


@lru_cache(maxsize=32)
def _check(folder: str, _stamp: str, _today: date, kinds: KindRegistry) -> CheckedCase:
    path, kind, findings = Path(folder), CaseKind(), Findings()
    root = _root_of(path)
    index, _others = read_content(
        root, KindRegistry(kinds[name] for name in REFERRED_KINDS)
    )
    drafts = kind.read(path, root, findings)
    for draft in drafts:
        kind.check(draft, index, findings)
    case = _read(folder, _stamp).case
    figures = _explore(case) if case else None
    named = tuple(_play_all(case)) if case and figures else ()
    return CheckedCase(tuple(findings), figures, named)


def _explore(case: Case) -> RouteFigures | None:
    try:
        found = explore(case)
    except PlayError:  # a fork that leads nowhere: the checker has said so
        return None
    first: dict[str, State] = {}
    for state in found.graph.states:
        first.setdefault(state.scene, state)
    return RouteFigures(
        states=found.states,
        routes=found.routes,
        is_complete=found.is_complete,
        endings=found.endings,
        criteria=found.criteria,
        shortest_play=found.shortest_play,
        longest_play=found.longest_play,
        first_states=first,
    )


def _play_all(case: Case) -> Iterable[NamedRoute]:
    for test in case.tests:
        try:
            played = play_named(case, test.play)
        except PlayError:  # the checker has said where it stops
            continue
        seen: dict[str, Seen] = {}
        for row in played.observations:
            lowest = min(row.seen, seen.get(row.criterion, row.seen), key=_rank)
            seen[row.criterion] = lowest
        pending = frozenset(name for row in played.pending for name in row.criteria)
        yield NamedRoute(test.name, played.scene, played.minutes, seen, pending)


def _rank(seen: Seen) -> tuple[int, bool]:
    return seen.score, seen is not Seen.UNSAFE


def _root_of(folder: Path) -> Path:
    return folder.parents[1]
