"""The reader's language: who decides it, the message catalogues, dates and numbers."""

from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, current_app, request
from flask import session as cookie
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext

from lms.clock import local_day, utc_now
from lms.settings import SUPPORTED_LOCALES
from lms.web.era import day_with_era
from lms.web.markdown import trusted_message

CATALOGUES = Path(__file__).parent / "translations"


def catalogue_path(language: str) -> Path:
    """Return the catalogue of one language."""
    return CATALOGUES / f"{language}.po"


class _Words:
    """The messages of one language for templates: looked up and marked once."""

    def __init__(self, translations: Translations) -> None:
        self._translations = translations
        self._marked: dict[str, str] = {}

    def say(self, text: str, values: dict[str, Any], *, is_html: bool) -> str:
        """Return a message with its values, which are escaped in HTML."""
        if not is_html:
            return str(self._translations.ugettext(text) % values)
        known = self._marked.get(text)
        if known is None:
            known = trusted_message(self._translations.ugettext(text))
            self._marked[text] = known
        return known % values if "%" in known else known

    def say_number(
        self, forms: tuple[str, str], values: dict[str, Any], *, is_html: bool
    ) -> str:
        """Return the form of a message that fits the number ``num``."""
        text = self._translations.ungettext(*forms, values["num"])
        return str((trusted_message(text) if is_html else text) % values)


class _Catalogues(Domain):  # type: ignore[misc]
    """Catalogues read once from their text form: no compiled file can be stale."""

    @cached_property
    def _loaded(self) -> dict[str, Translations]:
        return {language: _load(language) for language in SUPPORTED_LOCALES}

    @cached_property
    def words(self) -> dict[str, _Words]:
        """Return the messages of each language for templates."""
        return {name: _Words(found) for name, found in self._loaded.items()}

    def get_translations(self) -> Translations:
        """Return the catalogue of the present reader."""
        return self._loaded[language()]


class _Language(Babel):  # type: ignore[misc]
    """Flask-Babel with one shared set of catalogues for all requests."""

    catalogues = _Catalogues()

    @property
    def domain_instance(self) -> Domain:
        """Return the shared catalogues."""
        return self.catalogues


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
    app.before_request(_begin_to_speak)
    app.teardown_request(_end)
    app.jinja_env.globals.update(_=_say, gettext=_say, ngettext=_say_number)
    app.jinja_env.globals.update(page_language=language, other_words=_say_otherwise)
    app.jinja_env.filters.update(day=show_day, moment=show_moment, number=str)
    app.jinja_env.filters["recent"] = _format_recent_now


@pass_eval_context
def _say(context: EvalContext, text: str, /, **values: Any) -> str:
    """Stand for ``_`` in templates; Flask-Babel's own looks everything up anew."""
    words = _Language.catalogues.words[language()]
    return words.say(text, values, is_html=bool(context.autoescape))


@pass_eval_context
def _say_otherwise(context: EvalContext, text: str, /, **values: Any) -> str:
    """Stand for ``_`` where a page says something in its other language as well."""
    words = _Language.catalogues.words[other_language()]
    return words.say(text, values, is_html=bool(context.autoescape))


@pass_eval_context
def _say_number(
    context: EvalContext, one: str, many: str, num: int, /, **values: Any
) -> str:
    """Stand for ``ngettext`` in templates."""
    words = _Language.catalogues.words[language()]
    is_html = bool(context.autoescape)
    return words.say_number((one, many), {"num": num, **values}, is_html=is_html)


# A page asks some hundred times; each look-up through Flask-Babel costs five proxies.
_spoken: ContextVar[str | None] = ContextVar("language", default=None)


def language() -> str:
    """Return the reader's language: ``ja`` or ``en``."""
    return _spoken.get() or _ask_babel()


def _ask_babel() -> str:
    locale = get_locale()
    return "ja" if locale is None else str(locale.language)


def _begin_to_speak() -> None:
    _spoken.set(_choose_language())


def _end(_error: BaseException | None) -> None:
    _spoken.set(None)


def other_language() -> str:
    """Return the language that the page is not in."""
    return "en" if language() == "ja" else "ja"


def _choose_language() -> str:
    chosen = cookie.get("language")
    if chosen in SUPPORTED_LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(SUPPORTED_LOCALES) or "ja"


_WEEKDAYS = "月火水木金土日"


def format_day(value: date | str, *, weekday: bool = True) -> str:
    """Return a day as the reader writes it: 2026年11月23日（月）, 23 November 2026."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if language() == "ja":
        return f"{day.year}年{day.month}月{day.day}日{_weekday(day) if weekday else ''}"
    return str(format_date(day, "d MMMM yyyy", locale="en"))


def show_day(value: date | str, *, weekday: bool = True) -> str:
    """Return a day for a page: in Japanese it carries its era onto paper."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if language() == "ja":
        return day_with_era(day, _weekday(day) if weekday else "")
    return format_day(day)


def _weekday(day: date) -> str:
    return f"（{_WEEKDAYS[day.weekday()]}）"


def format_moment(value: datetime | str) -> str:
    """Return a moment in the installation's zone, to the minute."""
    here = _here(value)
    return f"{format_day(here.date())}{_joint()}{here:%H:%M}"


def show_moment(value: datetime | str) -> str:
    """Return a moment for a page, its day as in `show_day`."""
    here = _here(value)
    return show_day(here.date()) + f"{_joint()}{here:%H:%M}"


def _here(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo(current_app.config["LMS_SETTINGS"].time_zone))


def join_sentences(*sentences: str) -> str:
    """Set sentences one after another; Japanese puts nothing between them."""
    return ("" if language() == "ja" else " ").join(sentences)


def _joint() -> str:
    return " " if language() == "ja" else ", "


def format_recent(value: datetime, now: datetime) -> str:
    """Return the time alone for a moment of today, else day and time."""
    zone = current_app.config["LMS_SETTINGS"].time_zone
    if local_day(value, zone) != local_day(now, zone):
        return format_moment(value)
    return f"{value.astimezone(ZoneInfo(zone)):%H:%M}"


def _format_recent_now(value: datetime) -> str:
    return format_recent(value, utc_now())
