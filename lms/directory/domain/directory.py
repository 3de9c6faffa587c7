"""The directory: partners, the support menus that they offer, and how to find them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.content.domain import Bilingual
from lms.directory.domain.attributes import Attribute, fault_in
from lms.directory.domain.conditions import Condition
from lms.directory.domain.sources import Basis


@dataclass(frozen=True, slots=True)
class Theme:
    """What partners and menus are for, as a heading."""

    id: str
    name: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A body, or a kind of body, to which a client can be referred.

    Attributes
    ----------
    kind : str
        Such as ``public`` or ``nonprofit``.
    area : str
        How far one of them reaches: ``national``, ``prefecture``, ``municipality``.
    languages : tuple of str
        Codes of languages in which a client is served; Japanese at least.
    languages_note, hours, reach : Bilingual or None
        None where the sources do not say.
    can, cannot : tuple of Bilingual
        What it does, and what one must not send there.
    folded : str
        All that is searched, in the form of `fold`.
    """

    id: str
    name: Bilingual
    words: tuple[str, ...]
    kind: str
    themes: tuple[str, ...]
    purpose: Bilingual
    area: str
    languages: tuple[str, ...]
    languages_note: Bilingual | None
    hours: Bilingual | None
    cost: Bilingual | None
    reach: Bilingual | None
    can: tuple[Bilingual, ...]
    cannot: tuple[Bilingual, ...]
    basis: Basis
    folded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportMenu:
    """One thing that a client can be given, with the conditions of using it.

    Attributes
    ----------
    partners : tuple of str
        Those who offer it or take the application.
    limit : Bilingual or None
        Time limits.
    instead : tuple of str
        Menus to look at where this one cannot be used.
    is_weighed : bool
        Granted by weighing the whole case; conditions alone do not settle it.
    folded : str
        All that is searched, in the form of `fold`.
    """

    id: str
    name: Bilingual
    words: tuple[str, ...]
    theme: str
    purpose: Bilingual
    partners: tuple[str, ...]
    cost: Bilingual | None
    limit: Bilingual | None
    note: Bilingual | None
    conditions: tuple[Condition, ...]
    instead: tuple[str, ...]
    is_weighed: bool
    basis: Basis
    folded: str

    def reads(self) -> tuple[str, ...]:
        """Return the attributes that its conditions depend on, in order."""
        names = [name for row in self.conditions for name in row.needs.reads()]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Everything by id, in the order of the themes."""

    version: int
    title: Bilingual
    themes: Mapping[str, Theme]
    attributes: Mapping[str, Attribute]
    partners: Mapping[str, Partner]
    menus: Mapping[str, SupportMenu]

    def find_partner(self, partner_id: str) -> Partner | None:
        """Return one partner, or nothing."""
        return self.partners.get(partner_id)

    def find_menu(self, menu_id: str) -> SupportMenu | None:
        """Return one support menu, or nothing."""
        return self.menus.get(menu_id)

    def menus_of(self, partner_id: str) -> tuple[SupportMenu, ...]:
        """Return the menus that a partner offers."""
        return tuple(row for row in self.menus.values() if partner_id in row.partners)

    def partners_of(self, menu: SupportMenu) -> tuple[Partner, ...]:
        """Return the partners that offer a menu."""
        return tuple(self.partners[name] for name in menu.partners)

    def faults_in(self, facts: Mapping[str, object]) -> list[str]:
        """Say which statements about a client have no word here, and the remedy."""
        faults = (fault_in(self.attributes, *row) for row in facts.items())
        return [fault for fault in faults if fault is not None]

    def list_due(self, today: date) -> list[str]:
        """Return ``partner/ID`` and ``menu/ID`` of what is past its review date."""
        rows = [(f"partner/{x.id}", x.basis) for x in self.partners.values()]
        for menu in self.menus.values():
            rows.append((f"menu/{menu.id}", menu.basis))
            rows += [(f"menu/{menu.id}", row.basis) for row in menu.conditions]
        due = (name for name, basis in rows if basis.note.is_due(today))
        return list(dict.fromkeys(due))
