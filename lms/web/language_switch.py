"""The way to the same page in the other language, without losing what was typed."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from lms.settings import SUPPORTED_LOCALES
from lms.web.forms import REFILL, Refill
from lms.web.language import language, other_language
from lms.web.product import this_request
from lms.web.targets import path_of
from lms.web.typed import Fields, fields_to_repeat, is_from_own_page

CARRIED = "carried"
_PARAMETER = "lang"
_READING = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class LanguageSwitch:
    """The way to a page in the other language.

    Attributes
    ----------
    fields : dict or None
        What the form must send again of which the page is the answer; None where the
        page has an address of its own, so that a link does.
    """

    url: str
    fields: Fields | None = None

    @property
    def packed(self) -> str:
        """Return the fields as the text of one.

        The page has fields of the same names itself: each name stands there once.
        """
        return json.dumps(self.fields, ensure_ascii=False)


def init_language_switch(app: Flask) -> None:
    """Let readers choose; before the language of a request is decided."""
    app.before_request(_switch_language)


def language_switch() -> LanguageSwitch:
    """Return the way to this page in the other language."""
    asked = this_request()
    rest = _rest() if asked.args else []
    url = f"{path_of(asked)}?{urlencode([*rest, (_PARAMETER, other_language())])}"
    if asked.method in _READING:
        return LanguageSwitch(url)
    return LanguageSwitch(url, fields_to_repeat())


def switch_to(path: str, fields: Fields) -> LanguageSwitch:
    """Return the way to the page of another form than the one answered here."""
    url = f"{path}?{urlencode({_PARAMETER: other_language()})}"
    return LanguageSwitch(url, {**fields, REFILL: [Refill.UNCHECKED]})


def _rest() -> list[tuple[str, str]]:
    """Return what else the address says; a name may stand in it several times."""
    given = request.args.items(multi=True)
    return [(name, value) for name, value in given if name != _PARAMETER]


def _switch_language() -> ResponseReturnValue | None:
    """Keep a language asked for in the address, then show the same page in it."""
    asked = request.args.get(_PARAMETER)
    if asked not in SUPPORTED_LOCALES:
        return None
    if request.method != "GET":
        _switch_for_form(asked)
        return None
    cookie["language"] = asked
    rest = urlencode(_rest())
    path = path_of(request)
    return redirect(f"{path}?{rest}" if rest else path, 303)


def _switch_for_form(asked: str) -> None:
    """Keep the language of a page that answers a form; the form then goes its way.

    Before the token is looked at, so only for a page of our own.
    """
    if request.method == "POST" and is_from_own_page():
        cookie["language"] = asked
        _unpack()


def _unpack() -> None:
    """Let the request carry the fields that came in one, beside its token."""
    fields = _read_packed(request.form.get(CARRIED, ""))
    if fields:
        kept = ((name, text) for name, text in request.form.items() if name != CARRIED)
        carried = ((name, text) for name, texts in fields.items() for text in texts)
        request.form = ImmutableMultiDict([*kept, *carried])


def _read_packed(packed: str) -> Fields:
    """Return the fields; nothing where somebody else wrote the text."""
    try:
        fields = json.loads(packed)
    except (ValueError, RecursionError):
        return {}
    is_whole = isinstance(fields, dict) and all(
        isinstance(texts, list) and all(isinstance(text, str) for text in texts)
        for texts in fields.values()
    )
    return fields if is_whole else {}


def language_context() -> dict[str, Any]:
    """Return what every template may ask about the language.

    Switches that lead back to the page stay away where ``answers_form`` is true: such
    a page cannot be asked for once more.
    """
    return {
        "language": language(),
        "language_switch": language_switch(),
        "answers_form": request.method not in _READING,
    }
