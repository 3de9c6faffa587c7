"""Refusals as pages: calm words, what to do next, never a trace."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed

from lms.errors import LmsError
from lms.web.access import current_reader, forget_reader
from lms.web.forms import refill_reason
from lms.web.request_id import request_id
from lms.web.scripts import is_from_script
from lms.web.signing import is_of_another_reader
from lms.web.targets import address_of
from lms.web.typed import Fields, sent_token, show_again, typed_fields, words_in
from lms.web.way_back import page_above

Handler = Callable[[Any], ResponseReturnValue]
_log = logging.getLogger("lms")
_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
_RETRY_SECONDS = 5
_WITHOUT_PAGE = (400, 405)


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error page shows.

    Attributes
    ----------
    words : list of str
        What was written in the form, to be copied.
    fields : dict
        All of the form, where the page can send it once more.
    back : str or None
        The page with the form, where the address has none of its own.
    """

    status: int
    title: str
    text: str
    request_id: str | None = None
    words: list[str] = field(default_factory=list)
    fields: Fields = field(default_factory=dict)
    back: str | None = None


def init_problems(app: Flask) -> None:
    """Answer every refusal and every fault with a page of our own."""
    app.register_error_handler(LmsError, _refuse)
    app.register_error_handler(CSRFError, _refuse_stale_form)
    app.register_error_handler(IntegrityError, _refuse_lost_race)
    for away in _AWAY:
        app.register_error_handler(away, _refuse_unavailable)
    app.register_error_handler(DBAPIError, _refuse_broken)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _fail)


def _page(
    status: int,
    text: str,
    *,
    title: str | None = None,
    request_id: str | None = None,
    is_repeatable: bool = False,
) -> Response:
    title = title or _title(status)
    if is_from_script():
        return make_response({"title": title, "text": text}, status)
    fields = typed_fields()
    problem = Problem(
        status,
        title,
        text,
        request_id,
        words=words_in(fields),
        fields=fields if is_repeatable else {},
        back=page_above() if status in _WITHOUT_PAGE else None,
    )
    page = render_template(
        "errors/error.html",
        error=problem,
        url=address_of(request),
        can_repeat=is_repeatable and (bool(fields) or request.method == "GET"),
    )
    return make_response(page, status)


def _title(status: int) -> str:
    if _is_button_again(status):
        return str(_("Nothing was done"))
    titles = {
        400: _("This request could not be read"),
        403: _("This page is not part of your role"),
        404: _("Page not found"),
        405: _("There is no page at this address"),
        409: _("Changed in the meantime"),
        413: _("The file is too large") if _has_file() else _("The text is too long"),
        422: _("Please correct your input"),
        429: _("Please wait a moment"),
        503: _("The system cannot be reached for a moment"),
    }
    return str(titles.get(status, _("Something went wrong on our side")))


def _even_while_away(handler: Handler) -> Handler:
    """Answer calmly too where the database is gone when the page asks who reads it."""

    @wraps(handler)
    def answer(error: Any) -> ResponseReturnValue:
        try:
            return handler(error)
        except _AWAY as away:
            return _refuse_unavailable(away)

    return answer


@_even_while_away
def _refuse(error: LmsError) -> ResponseReturnValue:
    return _page(error.status, _(error.template, **error.values))


@_even_while_away
def _refuse_stale_form(_error: CSRFError) -> ResponseReturnValue:
    """Show the form again with a fresh token, if its page is still the reader's."""
    if is_of_another_reader(sent_token()):
        return _page(
            400,
            _(
                "Somebody else was signed in when this page was opened. Nothing was "
                "recorded. Copy what is yours; whoever wrote it signs in and sends it."
            ),
            title=_("You are signed in as %(name)s", name=current_reader().name),
        )
    text = _(
        "The page was open for too long or was opened before you signed in. "
        "Check what you typed and send it once more."
    )
    again = show_again(text)
    if again is not None:
        return again
    if not current_reader().is_authenticated:
        return _page(
            400, _("Sign in, open the page once more, and send it from there.")
        )
    return _page(
        400,
        _(
            "The page was open for too long or was opened before you signed in. "
            "Go back, reload it, and send it once more."
        ),
    )


@_even_while_away
def _refuse_lost_race(error: IntegrityError) -> ResponseReturnValue:
    _log.info("lost race at %s: %s", request.endpoint, type(error.orig).__name__)
    text = _("This was changed in the meantime. Reload the page.")
    return _page(409, text, is_repeatable=True)


def _refuse_unavailable(error: Exception) -> ResponseReturnValue:
    """Say so without asking the database for anything, and let it be sent again.

    Sending twice is harmless: what was recorded after all is known by its id.
    """
    cause = getattr(error, "orig", None) or error
    _log.warning("database unavailable: %s", type(cause).__name__)
    forget_reader()
    text = (
        _("Nothing was lost. Wait a moment and send it once more.")
        if request.method == "POST"
        else _("Nothing was lost. Wait a moment and open the page once more.")
    )
    answer = _page(503, text, is_repeatable=True)
    answer.headers["Retry-After"] = str(_RETRY_SECONDS)
    return answer


def _refuse_broken(error: DBAPIError) -> ResponseReturnValue:
    """Tell a connection that broke from a fault of ours."""
    return _refuse_unavailable(error) if error.connection_invalidated else _fail(error)


@_even_while_away
def _refuse_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    answer = _page(status, _text(status))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def refuse_unreadable(_error: Exception) -> ResponseReturnValue:
    """Refuse a body that the server in front of the application cannot read."""
    return _refuse_http(BadRequest())


def _text(status: int) -> str:
    if _is_button_again(status):
        return str(_("Go back to the page and press its button there."))
    texts = {
        404: _("This page does not exist, or it is not yours to see."),
        405: _("This address only takes what is sent from a form."),
        413: _("Choose a smaller file.")
        if _has_file()
        else _(
            "At most %(limit)d KiB can be sent at once. Shorten the text, or send it "
            "in parts.",
            limit=current_app.config["MAX_CONTENT_LENGTH"] // 1024,
        ),
    }
    return str(texts.get(status, _("This cannot be done.")))


def _has_file() -> bool:
    """Say whether there is a file in the request, which is too large to be read."""
    return request.mimetype == "multipart/form-data"


def _is_button_again(status: int) -> bool:
    """Say whether a form was to be shown again that is nothing but its button."""
    return status == 400 and refill_reason() is not None


@_even_while_away
def _fail(error: Exception) -> ResponseReturnValue:
    _log.exception("request failed", exc_info=error)
    return _page(
        500,
        _("Nothing that you saved before is lost. Tell us this number if it stays."),
        request_id=request_id(),
    )
