"""Refusals as pages: calm words, what to do next, never a trace."""

import logging
from dataclasses import dataclass

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from lms.errors import LmsError
from lms.web.request_id import request_id

_log = logging.getLogger("lms")


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error page shows."""

    status: int
    title: str
    text: str
    request_id: str | None = None


def init_problems(app: Flask) -> None:
    """Answer every refusal and every fault with a page of our own."""
    app.register_error_handler(LmsError, _refuse)
    app.register_error_handler(CSRFError, _refuse_stale_form)
    app.register_error_handler(IntegrityError, _refuse_lost_race)
    app.register_error_handler(OperationalError, _refuse_unavailable)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _fail)


def _page(
    status: int, text: str, *, request_id: str | None = None
) -> ResponseReturnValue:
    problem = Problem(status, _title(status), text, request_id)
    return render_template("errors/error.html", error=problem), status


def _title(status: int) -> str:
    titles = {
        400: _("This request could not be read"),
        403: _("This page is not part of your role"),
        404: _("Page not found"),
        405: _("Page not found"),
        409: _("Changed in the meantime"),
        413: _("The file is too large"),
        422: _("Please correct your input"),
        429: _("Please wait a moment"),
        503: _("The system cannot be reached for a moment"),
    }
    return str(titles.get(status, _("Something went wrong on our side")))


def _refuse(error: LmsError) -> ResponseReturnValue:
    return _page(error.status, _(error.template, **error.values))


def _refuse_stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _page(
        400,
        _(
            "The page was open for too long or was opened before you signed in. "
            "Go back, reload it, and send it once more."
        ),
    )


def _refuse_lost_race(error: IntegrityError) -> ResponseReturnValue:
    _log.info("lost race at %s: %s", request.endpoint, type(error.orig).__name__)
    return _page(409, _("This was changed in the meantime. Reload the page."))


def _refuse_unavailable(error: OperationalError) -> ResponseReturnValue:
    _log.warning("database unavailable: %s", type(error.orig).__name__)
    return _page(503, _("Nothing was lost. Wait a moment and send it once more."))


def _refuse_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    text = {
        404: _("This page does not exist, or it is not yours to see."),
        405: _("This page does not exist, or it is not yours to see."),
        413: _("Choose a smaller file."),
    }
    return _page(status, text.get(status, _("This cannot be done.")))


def _fail(error: Exception) -> ResponseReturnValue:
    _log.exception("request failed", exc_info=error)
    return _page(
        500,
        _("Nothing that you saved before is lost. Tell us this number if it stays."),
        request_id=request_id(),
    )
