"""The reader's language: who decides it, the message catalogues, dates and numbers."""

from datetime import UTC, date, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, current_app, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import Babel, Domain, get_locale

from lms.settings import SUPPORTED_LOCALES

CATALOGUES = Path(__file__).parent / "translations"
_PARAMETER = "lang"


def catalogue_path(language: str) -> Path:
    """Return the catalogue of one language."""
    return CATALOGUES / f"{language}.po"


class _Catalogues(Domain):  # type: ignore[misc]
    """Catalogues read once from their text form: no compiled file can be stale."""

    @cached_property
    def _loaded(self) -> dict[str, Translations]:
        return {language: _load(language) for language in SUPPORTED_LOCALES}

    def get_translations(self) -> Translations:
        """Return the catalogue of the present reader."""
        return self._loaded[language()]


class _Language(Babel):  # type: ignore[misc]
    """Flask-Babel with one shared set of catalogues for all requests."""

    _catalogues = _Catalogues()

    @property
    def domain_instance(self) -> Domain:
        """Return the shared catalogues."""
        return self._catalogues


def _load(name: str) -> Translations:
    with catalogue_path(name).open("rb") as file:
        catalogue = read_po(file, locale=name)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def init_language(app: Flask, time_zone: str) -> None:
    """Let each request speak its reader's language."""
    _Language(
        app,
        default_locale="ja",
        default_timezone=time_zone,
        locale_selector=_choose_language,
    )
    app.before_request(_switch_language)
    app.jinja_env.filters.update(day=format_day, moment=format_moment, number=str)


def language() -> str:
    """Return the reader's language: ``ja`` or ``en``."""
    return str(get_locale() or "ja")


def other_language_url() -> str:
    """Return the address of this page in the other language."""
    other = "en" if language() == "ja" else "ja"
    query = {**request.args, _PARAMETER: other}
    return f"{request.path}?{urlencode(query)}"


def _choose_language() -> str:
    chosen = cookie.get("language")
    if chosen in SUPPORTED_LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(SUPPORTED_LOCALES) or "ja"


def _switch_language() -> ResponseReturnValue | None:
    """Keep a language asked for in the address, then show the same page in it."""
    asked = request.args.get(_PARAMETER)
    if asked not in SUPPORTED_LOCALES or request.method != "GET":
        return None
    cookie["language"] = asked
    rest = urlencode({k: v for k, v in request.args.items() if k != _PARAMETER})
    return redirect(f"{request.path}?{rest}" if rest else request.path, 303)


_WEEKDAYS = "月火水木金土日"


def format_day(value: date | str, *, weekday: bool = True) -> str:
    """Return a day as the reader writes it: 2026年11月23日（月）, 23 November 2026."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if language() == "ja":
        end = f"（{_WEEKDAYS[day.weekday()]}）" if weekday else ""
        return f"{day.year}年{day.month}月{day.day}日{end}"
    return str(format_date(day, "d MMMM yyyy", locale="en"))


def format_moment(value: datetime | str) -> str:
    """Return a moment in the installation's zone, to the minute."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    here = moment.astimezone(ZoneInfo(current_app.config["LMS_SETTINGS"].time_zone))
    joint = " " if language() == "ja" else ", "
    return f"{format_day(here.date())}{joint}{here:%H:%M}"


def language_context() -> dict[str, Any]:
    """Return what every template may ask about the language."""
    return {"language": language(), "other_language_url": other_language_url()}
