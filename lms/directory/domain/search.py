"""Finding partners and menus by words of either language, and by what they are for."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from lms.content.domain import Bilingual
from lms.directory.domain.directory import Directory, Partner, SupportMenu
from lms.directory.domain.sources import Basis

_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = {code: code - 0x60 for code in _KATAKANA}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; empty parts ask for nothing."""

    words: str = ""
    theme: str = ""
    language: str = ""
    area: str = ""


def fold(text: str) -> str:
    """Return the form in which texts are compared.

    NFKC joins half and full width, case is folded, katakana becomes hiragana, and the
    middle dot goes, so that ハローワーク and はろーわーく are one word.
    """
    form = unicodedata.normalize("NFKC", text).casefold()
    return form.replace("・", "").translate(_TO_HIRAGANA)


def find_partners(directory: Directory, wanted: Wanted) -> list[Partner]:
    """Return the partners that answer every part of what is wanted."""
    terms = fold(wanted.words).split()
    return [
        row
        for row in directory.partners.values()
        if _serves(row, wanted)
        and (not wanted.theme or wanted.theme in row.themes)
        and _holds(terms, _partner_texts(row))
    ]


def find_menus(directory: Directory, wanted: Wanted) -> list[SupportMenu]:
    """Return the menus that answer; language and area are those of a partner."""
    terms = fold(wanted.words).split()
    return [
        row
        for row in directory.menus.values()
        if any(_serves(partner, wanted) for partner in directory.partners_of(row))
        and (not wanted.theme or wanted.theme == row.theme)
        and _holds(terms, _menu_texts(directory, row))
    ]


def _serves(partner: Partner, wanted: Wanted) -> bool:
    speaks = not wanted.language or wanted.language in partner.languages
    return speaks and (not wanted.area or wanted.area == partner.area)


def _holds(terms: Iterable[str], texts: Iterable[str]) -> bool:
    if not terms:
        return True
    folded = fold("\n".join(texts))
    return all(term in folded for term in terms)


def _partner_texts(row: Partner) -> list[str]:
    texts = [row.name, row.purpose, *row.can, *_titles(row.basis)]
    return [row.id, *row.words, *_both(texts)]


def _menu_texts(directory: Directory, row: SupportMenu) -> list[str]:
    names = [partner.name for partner in directory.partners_of(row)]
    texts = [row.name, row.purpose, *names, *_titles(row.basis)]
    return [row.id, *row.words, *_both(texts)]


def _titles(basis: Basis) -> list[Bilingual]:
    return [law.citation for law in basis.laws]


def _both(texts: Iterable[Bilingual]) -> list[str]:
    return [part for text in texts for part in (text.ja, text.en)]
