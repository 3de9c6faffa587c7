"""Rebuilding a directory from its published document."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.content.domain import Bilingual, SourceNote
from lms.directory.domain.attributes import Attribute, Option, Value
from lms.directory.domain.conditions import Clause, Condition, Needs
from lms.directory.domain.directory import Directory, Partner, SupportMenu, Theme
from lms.directory.domain.folding import fold_all
from lms.directory.domain.sources import Basis, LegalSource, Standing

Row = Mapping[str, Any]


def directory_from_document(document: Row) -> Directory:
    """Return the directory that a published document describes."""
    attributes = {row["id"]: _attribute(row) for row in document["attributes"]}
    sources = _Sources(document)
    place = {row["id"]: number for number, row in enumerate(document["themes"])}
    rows = sorted(document["partners"], key=lambda row: place[row["themes"][0]])
    partners = {row["id"]: _partner(row, sources) for row in rows}
    menus: dict[str, SupportMenu] = {}
    for row in sorted(document["menus"], key=lambda row: place[row["theme"]]):
        names = [partners[name].name for name in row["partners"]]
        menus[row["id"]] = _menu(row, sources, attributes, names)
    return Directory(
        version=document["version"],
        title=Bilingual.from_json(document["title"]),
        themes={
            row["id"]: Theme(row["id"], Bilingual.from_json(row["name"]))
            for row in document["themes"]
        },
        attributes=attributes,
        partners=partners,
        menus=menus,
    )


class _Sources:
    """Laws and pages by id; gives the basis of a statement."""

    def __init__(self, document: Row) -> None:
        self._acts = {row["id"]: row for row in document["laws"]}
        self._pages = {row["id"]: row for row in document["pages"]}

    def basis(self, row: Row) -> Basis:
        """Return what a statement rests on."""
        laws = tuple(
            LegalSource(
                act=law["act"],
                title=Bilingual.from_json(self._acts[law["act"]]["title"]),
                articles=tuple(law["articles"]),
            )
            for law in row["law"]
        )
        pages = [self._pages[name] for name in row["pages"]]
        titles = [law.citation for law in laws]
        titles += [_page_title(page) for page in pages]
        note = SourceNote(
            titles=tuple(titles),
            urls=(*(None for _ in laws), *(page.get("url") for page in pages)),
            as_of=date.fromisoformat(row["as_of"]),
            review_by=date.fromisoformat(row["review_by"]),
        )
        return Basis(laws=laws, note=note, standing=Standing(row["standing"]))


def _page_title(page: Row) -> Bilingual:
    """Return the title with the day whose state the page shows."""
    title, day = Bilingual.from_json(page["title"]), page["as_of"]
    return Bilingual(f"{title.ja}（{day}の内容）", f"{title.en} (state of {day})")


def _attribute(row: Row) -> Attribute:
    options = tuple(
        Option(option["id"], Bilingual.from_json(option["name"]))
        for option in row.get("options", ())
    )
    bounds = row.get("bounds") or {"low": 0, "high": 0}
    return Attribute(
        id=row["id"],
        name=Bilingual.from_json(row["name"]),
        theme=row["theme"],
        ask=Bilingual.from_json(row["ask"]),
        kind=row["kind"],
        options=options,
        groups={
            name: frozenset(members)
            for name, members in (row.get("groups") or {}).items()
        },
        low=bounds["low"],
        high=bounds["high"],
        unit=_text(row, "unit"),
    )


def _partner(row: Row, sources: _Sources) -> Partner:
    basis = sources.basis(row)
    texts = [*map(Bilingual.from_json, (row["name"], row["purpose"], *row["can"]))]
    return Partner(
        id=row["id"],
        name=Bilingual.from_json(row["name"]),
        words=tuple(row["words"]),
        kind=row["kind"],
        themes=tuple(row["themes"]),
        purpose=Bilingual.from_json(row["purpose"]),
        area=row["area"],
        languages=tuple(row["languages"]),
        languages_note=_text(row, "languages_note"),
        hours=_text(row, "hours"),
        cost=_text(row, "cost"),
        reach=_text(row, "reach"),
        can=tuple(map(Bilingual.from_json, row["can"])),
        cannot=tuple(map(Bilingual.from_json, row["cannot"])),
        basis=basis,
        folded=_folded(row, texts, basis),
    )


def _menu(
    row: Row,
    sources: _Sources,
    attributes: Mapping[str, Attribute],
    partner_names: list[Bilingual],
) -> SupportMenu:
    basis = sources.basis(row)
    texts = [*map(Bilingual.from_json, (row["name"], row["purpose"])), *partner_names]
    return SupportMenu(
        id=row["id"],
        name=Bilingual.from_json(row["name"]),
        words=tuple(row["words"]),
        theme=row["theme"],
        purpose=Bilingual.from_json(row["purpose"]),
        partners=tuple(row["partners"]),
        cost=_text(row, "cost"),
        limit=_text(row, "limit"),
        note=_text(row, "note"),
        conditions=tuple(
            Condition(
                id=condition["id"],
                text=Bilingual.from_json(condition["text"]),
                needs=_needs(condition, attributes),
                basis=sources.basis(condition),
            )
            for condition in row["conditions"]
        ),
        instead=tuple(row["instead"]),
        is_weighed=row["weighed"],
        basis=basis,
        folded=_folded(row, texts, basis),
    )


def _folded(row: Row, texts: list[Bilingual], basis: Basis) -> str:
    """Return what is searched: id, other words for it, texts and laws."""
    laws = [law.citation for law in basis.laws]
    return fold_all([row["id"], *row["words"]], [*texts, *laws])


def _needs(row: Row, attributes: Mapping[str, Attribute]) -> Needs:
    ways = row["any"] if row.get("any") else [row["needs"]]
    return Needs(
        tuple(
            tuple(_clause(attributes[name], clause) for name, clause in way.items())
            for way in ways
        )
    )


def _clause(attribute: Attribute, clause: Row) -> Clause:
    return Clause(
        attribute=attribute.id,
        allowed=_allowed(attribute, clause),
        at_least=clause.get("at_least"),
        at_most=clause.get("at_most"),
    )


def _allowed(attribute: Attribute, clause: Row) -> frozenset[Value] | None:
    """Return the values that pass, with the names of groups taken apart."""
    if clause.get("one_of") is not None:
        return _members(attribute, clause["one_of"])
    if clause.get("none_of") is not None:
        return attribute.values - _members(attribute, clause["none_of"])
    return None


def _members(attribute: Attribute, named: list[Value]) -> frozenset[Value]:
    found: set[Value] = set()
    for value in named:
        found |= attribute.groups.get(str(value), {value})
    return frozenset(found)


def _text(row: Row, key: str) -> Bilingual | None:
    return Bilingual.from_json(row[key]) if row.get(key) else None
