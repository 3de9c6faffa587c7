"""Checks of the directory: what refers to what, what it rests on, and how old it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.content.domain import Findings, Level
from lms.content.kinds import Draft
from lms.content.source import SourceFile
from lms.content.yaml_reader import Place
from lms.directory.content.clauses import clause_faults

_SECTIONS = ("themes", "laws", "pages", "attributes", "partners", "menus")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry with the place where its author wrote it."""

    row: Mapping[str, Any]
    file: SourceFile
    place: Place


@dataclass(slots=True)
class _Checker:
    """All entries by section and id, and where faults go."""

    findings: Findings
    entries: dict[str, dict[str, _Entry]]

    def error(self, entry: _Entry, place: Place, text: str) -> None:
        """Report a fault inside an entry."""
        where = (*entry.place, *place)
        self.findings.add(entry.file.finding("S1", Level.ERROR, where, text))

    def refer(self, entry: _Entry, place: Place, section: str, name: str) -> None:
        """Report a reference that leads nowhere."""
        if name in self.entries[section]:
            return
        what = {"pages": "page", "laws": "law"}.get(section, section.rstrip("s"))
        text = f"{what} '{name}' is not there; add it or correct its id"
        self.error(entry, place, text)


def check_directory(draft: Draft, findings: Findings, *, today: date) -> None:
    """Report every fault of a directory that could be read.

    Parameters
    ----------
    today : date
        The day against which review dates are held.
    """
    checker = _Checker(findings, {name: {} for name in _SECTIONS})
    for entry, section in _walk(draft):
        known = checker.entries[section]
        if entry.row["id"] in known:
            first = known[entry.row["id"]].file.name
            text = f"'{entry.row['id']}' is already in {first}; give one another id"
            checker.error(entry, ("id",), text)
        known.setdefault(entry.row["id"], entry)
    _check_attributes(checker)
    _check_partners(checker, today)
    dated = {row["id"]: row for row in draft.document["menus"]}
    for entry in checker.entries["menus"].values():
        _check_menu(checker, entry, dated[entry.row["id"]], today)
    _check_use(checker)


def _walk(draft: Draft) -> Iterator[tuple[_Entry, str]]:
    """Go through all entries of all files, as their authors wrote them."""
    for file in draft.files:
        for section in _SECTIONS:
            for number, row in enumerate(file.data.get(section, ())):
                yield _Entry(row, file, (section, number)), section


def _check_attributes(checker: _Checker) -> None:
    """Check that each attribute has what its kind asks for, and groups have members."""
    for entry in checker.entries["attributes"].values():
        checker.refer(entry, ("theme",), "themes", entry.row["theme"])
        row, wanted = entry.row, {"one_of": "options", "number": "bounds"}
        for kind, key in wanted.items():
            if (row["kind"] == kind) != (key in row):
                text = f"'{key}' belongs to attributes of kind {kind}, and only there"
                checker.error(entry, ("kind",), text)
        known = {option["id"] for option in row.get("options", ())}
        for name, members in row.get("groups", {}).items():
            for strange in sorted(set(members) - known):
                text = f"'{strange}' is no option of '{row['id']}'; correct it"
                checker.error(entry, ("groups", name), text)


def _check_partners(checker: _Checker, today: date) -> None:
    for entry in checker.entries["partners"].values():
        for number, theme in enumerate(entry.row["themes"]):
            checker.refer(entry, ("themes", number), "themes", theme)
        _check_statement(checker, entry, (), entry.row)
        around = {**entry.file.data, **entry.row}
        _check_age(checker, entry, (), around, today)


def _check_menu(
    checker: _Checker, entry: _Entry, dated: Mapping[str, Any], today: date
) -> None:
    row = entry.row
    checker.refer(entry, ("theme",), "themes", row["theme"])
    for key, section in (("partners", "partners"), ("instead", "menus")):
        for number, name in enumerate(row.get(key, ())):
            checker.refer(entry, (key, number), section, name)
    _check_statement(checker, entry, (), row)
    _check_age(checker, entry, (), dated, today)
    seen: set[str] = set()
    for number, condition in enumerate(row.get("conditions", ())):
        place: Place = ("conditions", number)
        if condition["id"] in seen:
            text = f"this menu has a condition '{condition['id']}' already; rename it"
            checker.error(entry, (*place, "id"), text)
        seen.add(condition["id"])
        full = dated["conditions"][number]
        _check_statement(checker, entry, place, full)
        if {"as_of", "review_by"} & set(condition):
            _check_age(checker, entry, place, full, today)
        _check_clauses(checker, entry, place, condition)


def _check_clauses(
    checker: _Checker, entry: _Entry, place: Place, condition: Mapping[str, Any]
) -> None:
    """Check that a condition reads declared attributes in a way that they allow."""
    if ("needs" in condition) == ("any" in condition):
        text = "give either 'needs' or 'any', so that the condition can be judged"
        checker.error(entry, place, text)
        return
    ways = [(("needs",), condition["needs"])] if "needs" in condition else []
    ways += [(("any", n), way) for n, way in enumerate(condition.get("any", ()))]  # type: ignore[misc]  # places of two lengths
    for where, way in ways:
        for name, clause in way.items():
            declared = checker.entries["attributes"].get(name)
            row = declared.row if declared else None
            for text in clause_faults(name, clause, row):
                checker.error(entry, (*place, *where, name), text)


def _check_statement(
    checker: _Checker, entry: _Entry, place: Place, row: Mapping[str, Any]
) -> None:
    """Check that a statement rests on laws or pages that are there."""
    for number, law in enumerate(row.get("law", ())):
        checker.refer(entry, (*place, "law", number), "laws", law["act"])
    for number, page in enumerate(row.get("pages", ())):
        checker.refer(entry, (*place, "pages", number), "pages", page)
    if not row.get("law") and not row.get("pages"):
        text = "no source; name a law with its article, or a page that was read"
        checker.error(entry, place, text)
    elif row["standing"] == "read" and not row.get("pages"):
        text = "standing is 'read', but no page is named; add it, or write 'general'"
        checker.error(entry, (*place, "standing"), text)


def _check_age(
    checker: _Checker,
    entry: _Entry,
    place: Place,
    row: Mapping[str, Any],
    today: date,
) -> None:
    """Hold the dates of a statement against each other and against today.

    Dates that stand at the head of the file are judged there, once for all entries.
    """
    own: Any = entry.row
    for part in place:
        own = own[part]
    where = (*entry.place, *place) if "review_by" in own else ()
    as_of, review_by = str(row["as_of"]), str(row["review_by"])
    if review_by < as_of:
        text = f"review_by {review_by} lies before as_of {as_of}; correct one of them"
        found = entry.file.finding("S1", Level.ERROR, (*where, "review_by"), text)
    elif review_by < today.isoformat():
        text = f"review was due by {review_by}; check it and give new dates"
        found = entry.file.finding("T3", Level.WARNING, (*where, "review_by"), text)
    else:
        return
    if found not in checker.findings.rows:
        checker.findings.add(found)


def _check_use(checker: _Checker) -> None:
    """Point to laws and pages that nothing rests on, and partners without a menu."""
    used: dict[str, set[str]] = {name: set() for name in ("laws", "pages", "partners")}
    for section in ("partners", "menus"):
        for entry in checker.entries[section].values():
            if section == "menus":
                used["partners"].update(entry.row["partners"])
            for row in (entry.row, *entry.row.get("conditions", ())):
                used["laws"].update(law["act"] for law in row.get("law", ()))
                used["pages"].update(row.get("pages", ()))
    for section, names in used.items():
        for name, entry in checker.entries[section].items():
            if name not in names:
                text = f"'{name}' is used nowhere; refer to it or take it out"
                finding = entry.file.finding("V1", Level.HINT, entry.place, text)
                checker.findings.add(finding)
