"""What the pages of the directory show; all of it is one published version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from lms.content.queries import Library, Published
from lms.directory.domain import (
    Directory,
    Partner,
    SupportMenu,
    Wanted,
    find_menus,
    find_partners,
)
from lms.errors import NotFoundError

Row = TypeVar("Row", Partner, SupportMenu)
KIND = SLUG = "directory"
ROWS_ON_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Leaf(Generic[Row]):
    """One page of a longer list; `number` counts from 1."""

    rows: Sequence[Row]
    total: int
    number: int

    @property
    def first(self) -> int:
        """Return the place of the first row in the whole list, from 1."""
        return (self.number - 1) * ROWS_ON_A_PAGE + 1

    @property
    def last(self) -> int:
        """Return the place of the last row in the whole list."""
        return self.first + len(self.rows) - 1

    @property
    def has_next(self) -> bool:
        """Say whether more rows follow."""
        return self.number * ROWS_ON_A_PAGE < self.total


@dataclass(frozen=True, slots=True)
class ListPage:
    """What was found: one leaf of menus or of partners, and the count of both."""

    directory: Directory
    menus: Leaf[SupportMenu] | None
    partners: Leaf[Partner] | None
    menu_count: int
    partner_count: int


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """A partner with the menus that it offers."""

    directory: Directory
    partner: Partner
    menus: tuple[SupportMenu, ...]


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A menu with those who offer it and what else may help."""

    directory: Directory
    menu: SupportMenu
    partners: tuple[Partner, ...]
    instead: tuple[SupportMenu, ...]


def get_directory(session: Session, library: Library) -> Published:
    """Return the published directory; its `content` is a `Directory`.

    Raises
    ------
    NotFoundError
        None is published.
    """
    return library.get_current(session, KIND, SLUG)


def get_list_page(
    directory: Directory, wanted: Wanted, *, shows_partners: bool, number: int
) -> ListPage:
    """Return one leaf of what answers `wanted`.

    Raises
    ------
    NotFoundError
        The list has no such page.
    """
    menus = find_menus(directory, wanted)
    partners = find_partners(directory, wanted)
    return ListPage(
        directory=directory,
        menus=None if shows_partners else _leaf(menus, number),
        partners=_leaf(partners, number) if shows_partners else None,
        menu_count=len(menus),
        partner_count=len(partners),
    )


def get_partner_page(directory: Directory, partner_id: str) -> PartnerPage:
    """Return one partner.

    Raises
    ------
    NotFoundError
        There is none with this id.
    """
    partner = directory.find_partner(partner_id)
    if partner is None:
        raise NotFoundError
    return PartnerPage(directory, partner, directory.menus_of(partner_id))


def get_menu_page(directory: Directory, menu_id: str) -> MenuPage:
    """Return one support menu.

    Raises
    ------
    NotFoundError
        There is none with this id.
    """
    menu = directory.find_menu(menu_id)
    if menu is None:
        raise NotFoundError
    return MenuPage(
        directory=directory,
        menu=menu,
        partners=directory.partners_of(menu),
        instead=tuple(directory.menus[name] for name in menu.instead),
    )


def _leaf(rows: list[Row], number: int) -> Leaf[Row]:
    start = (number - 1) * ROWS_ON_A_PAGE
    found = rows[start : start + ROWS_ON_A_PAGE]
    if number < 1 or (not found and number > 1):
        raise NotFoundError
    return Leaf(found, len(rows), number)
