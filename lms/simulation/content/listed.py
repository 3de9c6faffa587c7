"""What a case takes from the directory, copied into its published version.

An attempt must be judged by the conditions that it was begun with, and the engine
knows nothing but its case.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lms.content.domain import Findings
from lms.directory.content.kind import DirectoryKind
from lms.simulation.content.walk import At, Row, rows_of, scenes

_LISTS = {"directory": "partners", "partners": "partners", "menus": "menus"}


def listed(document: Row) -> Iterator[tuple[At, str]]:
    """Return every id that the directory must have, with ``partners`` or ``menus``."""
    for scene in scenes(document, "task"):
        for key, section in _LISTS.items():
            for at in rows_of(document, *scene.place, key):
                if isinstance(at.value, Mapping) and "listed_as" in at.value:
                    yield At((*at.place, "listed_as"), at.value["listed_as"]), section


def copy_listed(document: Row, root: Path) -> dict[str, Any]:
    """Return the key ``directory`` for a case that refers to it, otherwise nothing.

    What the directory does not have is left out; the check of the case says so.
    """
    wanted: dict[str, set[str]] = {"partners": set(), "menus": set()}
    for at, section in listed(document):
        wanted[section].add(at.value)
    kind = DirectoryKind()
    heads = list(kind.find(root)) if any(wanted.values()) else []
    drafts = [draft for head in heads for draft in kind.read(head, root, Findings())]
    if not drafts:
        return {}
    whole = drafts[0].document
    for menu in whole["menus"]:
        if menu["id"] in wanted["menus"]:
            wanted["partners"].update(menu["partners"])
    taken = {
        section: [row for row in whole[section] if row["id"] in ids]
        for section, ids in wanted.items()
    }
    return {"directory": {**taken, **_grounds(whole, taken)}}


def _grounds(whole: Row, taken: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Return the themes, attributes, laws and pages that the entries speak of."""
    conditions = [row for menu in taken["menus"] for row in menu["conditions"]]
    statements = [*taken["partners"], *taken["menus"], *conditions]
    read = {
        name
        for row in conditions
        for way in (row.get("any") or [row.get("needs") or {}])
        for name in way
    }
    laws = {law["act"] for row in statements for law in row["law"]}
    pages = {page for row in statements for page in row["pages"]}
    themes = {menu["theme"] for menu in taken["menus"]}
    themes |= {theme for partner in taken["partners"] for theme in partner["themes"]}
    named = {"themes": themes, "attributes": read, "laws": laws, "pages": pages}
    return {
        section: [row for row in whole[section] if row["id"] in ids]
        for section, ids in named.items()
    }
