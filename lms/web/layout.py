"""What the layout of every page needs: navigation, person, theme, assets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, url_for
from flask import session as cookie
from flask_babel import LazyString

from lms.permissions import Role
from lms.settings import SUPPORTED_LOCALES, Settings
from lms.web.access import can, current_reader, held_at, reader_key
from lms.web.assets import asset
from lms.web.language import language
from lms.web.language_switch import language_context
from lms.web.product import this_request


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One word of the navigation.

    Attributes
    ----------
    endpoint : str
        Where it leads.
    blueprints : frozenset of str
        Pages on which it is the current one.
    """

    label: LazyString
    endpoint: str
    blueprints: frozenset[str]


@dataclass(frozen=True, slots=True)
class NavLink:
    """A navigation entry on one page."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """Who is signed in, and in which role.

    Attributes
    ----------
    key : str
        See `reader_key`.
    role, role_label : str
        Empty for somebody who holds no role any more.
    """

    key: str
    name: str
    role: str
    role_label: str
    other_roles: tuple[tuple[str, str], ...]


Navigation = Mapping[Role, tuple[NavEntry, ...]]


def init_layout(
    app: Flask,
    settings: Settings,
    navigation: Navigation,
    role_names: Mapping[Role, LazyString],
) -> None:
    """Give every template its context."""

    @lru_cache(maxsize=len(SUPPORTED_LOCALES))
    def names_in(_language: str) -> dict[Role, str]:
        return {role: str(name) for role, name in role_names.items()}

    @app.context_processor
    def _context() -> dict[str, Any]:
        role, asked = current_role(), this_request()
        return {
            **language_context(),
            "nav": lambda: _links(navigation.get(role, ()) if role else ()),
            "nav_key": (language(), asked.root_path, role, asked.blueprint),
            "person": _person(role, names_in(language())) if _is_inside() else None,
            "theme": cookie.get("theme", "auto"),
            "furigana": cookie.get("furigana", "difficult"),
            "is_demo": settings.is_demo,
            "can": can,
            "asset": asset,
        }


def current_role() -> Role | None:
    """Return the role that the reader looks at the product in."""
    if not _is_inside():
        return None  # nothing to navigate to yet
    roles: tuple[Role, ...] = current_reader().roles
    chosen = cookie.get("role")
    return next((role for role in roles if role == chosen), next(iter(roles), None))


def _is_inside() -> bool:
    """Say whether somebody is signed in and has nothing to do first."""
    return bool(current_reader().is_authenticated) and not held_at()


def _links(entries: tuple[NavEntry, ...]) -> list[NavLink]:
    return [
        NavLink(
            label=str(entry.label),
            url=url_for(entry.endpoint),
            is_current=request.blueprint in entry.blueprints,
        )
        for entry in entries
        if entry.endpoint in current_app.view_functions
    ]


def _person(role: Role | None, names: Mapping[Role, str]) -> PersonView:
    who = current_reader()
    return PersonView(
        key=reader_key(),
        name=who.name,
        role=role.value if role else "",
        role_label=names[role] if role else "",
        other_roles=tuple(
            (other.value, names[other]) for other in who.roles if other is not role
        ),
    )
