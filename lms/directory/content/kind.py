"""The directory as one piece of content, put together from several files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lms.clock import utc_now
from lms.content.domain import Findings
from lms.content.kinds import ContentIndex, Draft
from lms.content.source import (
    SourceFile,
    StrictModel,
    has_format,
    parse_model,
    read_yaml,
)
from lms.directory.content.checks import check_directory
from lms.directory.content.shape import (
    AttributesFile,
    HeadFile,
    MenusFile,
    PartnersFile,
    SourcesFile,
)

HEAD = "directory.yaml"
SLUG = "directory"
_INHERITED = ("as_of", "review_by")


class DirectoryKind:
    """``curricula/directory/``: head, sources, attributes, partners and menus.

    It has one version as a whole: a menu refers to partners and attributes, and an
    attempt must be judged by those that it was begun with.
    """

    name = "directory"

    def find(self, root: Path) -> Iterable[Path]:
        """Return the head file, if the content root has a directory."""
        return (root / "curricula" / SLUG).glob(HEAD)

    def recognise(self, path: Path) -> Path | None:
        """Return the folder of the directory that `path` is or lies in."""
        start = path if path.is_dir() else path.parent
        for folder in (start, start.parent):
            if has_format(folder / HEAD, "directory/1"):
                return folder
        return None

    def read(self, path: Path, root: Path, findings: Findings) -> list[Draft]:
        """Read all files of a folder, given it or its head; a fault stops the whole."""
        folder = path if path.is_dir() else path.parent
        before = len(findings.rows)
        parts = [
            _read(folder / HEAD, root, HeadFile, findings),
            _read(folder / "sources.yaml", root, SourcesFile, findings),
            _read(folder / "attributes.yaml", root, AttributesFile, findings),
            *_read_all(folder / "partners", root, PartnersFile, findings),
            *_read_all(folder / "menus", root, MenusFile, findings),
        ]
        known = [part for part in parts if part is not None]
        if len(findings.rows) > before or len(known) < len(parts):
            return []
        document: dict[str, Any] = {"partners": [], "menus": []}
        for model, _file in known:
            _add(document, model)
        return [
            Draft(
                kind=self.name,
                slug=SLUG,
                label=str(document["version"]),
                document=document,
                files=tuple(file for _model, file in known),
            )
        ]

    def check(self, draft: Draft, _index: ContentIndex, findings: Findings) -> None:
        """Check what refers to what, and what is past its review date."""
        check_directory(draft, findings, today=utc_now().date())


def _read(
    path: Path, root: Path, model: type[StrictModel], findings: Findings
) -> tuple[StrictModel, SourceFile] | None:
    file = read_yaml(path, root, findings)
    parsed = file and parse_model(model, file, findings)
    return (parsed, file) if file and parsed else None


def _read_all(
    folder: Path, root: Path, model: type[StrictModel], findings: Findings
) -> list[tuple[StrictModel, SourceFile] | None]:
    paths = sorted(folder.glob("*.yaml"))
    return [_read(path, root, model, findings) for path in paths]


def _add(document: dict[str, Any], model: StrictModel) -> None:
    """Put what one file says into the document, with dates where none are given."""
    data = model.model_dump(mode="json", exclude_none=True, exclude={"format"})
    if not isinstance(model, PartnersFile | MenusFile):
        document.update(data)
        return
    around = {key: data[key] for key in _INHERITED}
    for partner in data.get("partners", ()):
        document["partners"].append({**around, **partner})
    for entry in data.get("menus", ()):
        menu = {**around, **entry}
        menu["conditions"] = [_condition(row, menu) for row in menu["conditions"]]
        document["menus"].append(menu)


def _condition(row: dict[str, Any], menu: dict[str, Any]) -> dict[str, Any]:
    """Return a condition with the standing, pages and dates of its menu, if none."""
    around = {key: menu[key] for key in (*_INHERITED, "standing")}
    pages = row["pages"] or (menu["pages"] if "standing" not in row else [])
    return {**around, **row, "pages": pages}
