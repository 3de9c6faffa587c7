"""What a kind of content must be able to do, and the registry of kinds.

Each package brings its kinds (`framework`, `rubric`, `case`, `item`, `lesson`,
`module`), and `lms.app` registers them; nothing here knows any of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from lms.content.domain import Findings
from lms.content.source import SourceFile


@dataclass(frozen=True, slots=True)
class Reference:
    """One content names another by kind and slug."""

    kind: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One piece of content as its files say it, before it is published.

    Attributes
    ----------
    label : str
        The author's version label; it must rise when the digest changes.
    document : mapping
        JSON-safe; its canonical bytes, with the digests of `references`, make the
        version.
    files : tuple of SourceFile
        What it was read from; the first one holds the label.
    """

    kind: str
    slug: str
    label: str
    document: Mapping[str, Any]
    files: tuple[SourceFile, ...]
    references: tuple[Reference, ...] = ()

    @property
    def main(self) -> SourceFile:
        """Return the file that findings about the whole point to."""
        return self.files[0]


@dataclass(slots=True)
class ContentIndex:
    """All drafts of a content root, read-only for checks."""

    drafts: dict[tuple[str, str], Draft] = field(default_factory=dict)

    def find(self, kind: str, slug: str) -> Draft | None:
        """Return one draft, or nothing."""
        return self.drafts.get((kind, slug))

    def list_kind(self, kind: str) -> list[Draft]:
        """Return the drafts of one kind by slug."""
        return [self.drafts[key] for key in sorted(self.drafts) if key[0] == kind]


class ContentKind(Protocol):
    """One kind of content: how it is found, read, checked and used."""

    name: str

    def find(self, root: Path) -> Iterable[Path]:
        """Return the main file (or folder) of each piece under a content root."""

    def recognise(self, path: Path) -> Path | None:
        """Return what to read for a path outside the content root, if it is ours."""

    def read(self, path: Path, root: Path, findings: Findings) -> list[Draft]:
        """Read one file or folder; faults go to `findings`."""

    def check(self, draft: Draft, index: ContentIndex, findings: Findings) -> None:
        """Check a draft that could be read, with everything else at hand."""


@runtime_checkable
class RenderingKind(Protocol):
    """A kind of which something is made once, at publishing, and kept."""

    def render(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is kept beside the document, and compiled with it."""


@runtime_checkable
class SearchedKind(Protocol):
    """A kind whose whole check takes long, since it searches what can happen."""

    def check_soundness(self, draft: Draft, findings: Findings) -> None:
        """Check only what a draft needs to be used at all."""


@runtime_checkable
class ChangingKind(Protocol):
    """A kind that says whether a new version may follow the published one."""

    def check_change(
        self, before: Mapping[str, Any], draft: Draft, findings: Findings
    ) -> None:
        """Add an error for each reason why the draft may not take its place."""


class KindRegistry:
    """The kinds of this installation, in the order in which they are published."""

    def __init__(self, kinds: Iterable[ContentKind]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}

    def __iter__(self) -> Iterator[ContentKind]:
        """Go through the kinds: what is referred to comes first."""
        return iter(self._kinds.values())

    def __getitem__(self, name: str) -> ContentKind:
        """Return one kind by name."""
        return self._kinds[name]
