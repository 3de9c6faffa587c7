"""Finding partners and menus by words of either language, and by what they are for."""

from dataclasses import dataclass

from lms.directory.domain.directory import Directory, Partner, SupportMenu
from lms.directory.domain.folding import fold


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; empty parts ask for nothing."""

    words: str = ""
    theme: str = ""
    language: str = ""
    area: str = ""


def find_partners(directory: Directory, wanted: Wanted) -> list[Partner]:
    """Return the partners that answer every part of what is wanted."""
    terms = fold(wanted.words).split()
    return [
        row
        for row in directory.partners.values()
        if _serves(row, wanted)
        and (not wanted.theme or wanted.theme in row.themes)
        and all(term in row.folded for term in terms)
    ]


def find_menus(directory: Directory, wanted: Wanted) -> list[SupportMenu]:
    """Return the menus that answer; language and area are those of a partner."""
    terms = fold(wanted.words).split()
    return [
        row
        for row in directory.menus.values()
        if any(_serves(partner, wanted) for partner in directory.partners_of(row))
        and (not wanted.theme or wanted.theme == row.theme)
        and all(term in row.folded for term in terms)
    ]


def _serves(partner: Partner, wanted: Wanted) -> bool:
    speaks = not wanted.language or wanted.language in partner.languages
    return speaks and (not wanted.area or wanted.area == partner.area)
