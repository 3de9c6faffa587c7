"""A small directory in memory, and the shipped one read from its files."""

from datetime import date
from functools import cache

from lms.content.domain import Bilingual, Findings, SourceNote
from lms.directory.content.kind import DirectoryKind
from lms.directory.domain import (
    Basis,
    Clause,
    Condition,
    Directory,
    LegalSource,
    Needs,
    Standing,
    SupportMenu,
    directory_from_document,
)
from lms.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "curricula" / "directory"


def words(text: str) -> Bilingual:
    return Bilingual(ja=text, en=text)


def make_basis(standing: Standing = Standing.READ) -> Basis:
    law = LegalSource("act", words("Act"), ("5",))
    note = SourceNote((law.citation,), (None,), date(2026, 1, 1), date(2027, 1, 1))
    return Basis(laws=(law,), note=note, standing=standing)


def make_condition(
    name: str, *ways: tuple[Clause, ...], standing: Standing = Standing.READ
) -> Condition:
    return Condition(
        id=name, text=words(name), needs=Needs(ways), basis=make_basis(standing)
    )


def make_menu(*conditions: Condition, is_weighed: bool = False) -> SupportMenu:
    return SupportMenu(
        id="menu",
        name=words("menu"),
        words=(),
        theme="theme",
        purpose=words("purpose"),
        partners=(),
        cost=None,
        limit=None,
        note=None,
        conditions=conditions,
        instead=(),
        is_weighed=is_weighed,
        basis=make_basis(),
        folded="menu",
    )


@cache
def shipped() -> Directory:
    """Return the directory as the files of this repository say it."""
    kind, findings = DirectoryKind(), Findings()
    [draft] = kind.read(FOLDER / "directory.yaml", PROJECT_ROOT, findings)
    return directory_from_document(draft.document)
