"""The gate: which stay a request belongs to, letting a browser in, and out again."""

import logging
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, logout_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lms.accounts.browsers import name_browser
from lms.accounts.kept_forms import keep_form
from lms.accounts.models import Person, SignIn
from lms.accounts.passwords import Passwords
from lms.accounts.sign_ins import (
    NewStay,
    StayLimits,
    begin_sign_in,
    close_sign_in,
    is_note_due,
    note_seen,
    rotate_sign_in,
    seconds_left,
)
from lms.accounts.signed_in import SignedIn, Stay, find_signed_in
from lms.clock import utc_now
from lms.db import Database
from lms.errors import NotFoundError
from lms.settings import Settings
from lms.web.access import current_reader
from lms.web.scripts import is_from_script
from lms.web.session import before_writing, get_session, transaction
from lms.web.targets import address_of
from lms.web.typed import typed_fields

STAY_KEY = "sign_in"
_KEPT = ("language", "theme", "furigana")  # choices of the reader that outlast a stay
_log = logging.getLogger(__name__)


def init_gate(app: Flask) -> None:
    """Let Flask-Login ask the gate who is there."""
    manager = LoginManager(app)
    manager.session_protection = None  # it would keep a hash of the address
    manager.request_loader(_load_reader)
    manager.unauthorized_handler(_ask_to_sign_in)
    app.context_processor(_stay_context)
    app.after_request(_tell_scripts)


def stay_limits() -> StayLimits:
    """Return how long sign-ins last on this installation."""
    settings: Settings = current_app.config["LMS_SETTINGS"]
    return StayLimits(
        idle=timedelta(minutes=settings.session_idle_minutes),
        overall=timedelta(hours=settings.session_hours),
    )


def passwords() -> Passwords:
    """Return what makes and checks hashes on this installation."""
    found: Passwords = current_app.extensions["lms_passwords"]
    return found


def current_stay() -> Stay | None:
    """Return the stay that this request belongs to, if somebody is signed in."""
    who = current_reader()
    return who.stay if who.is_authenticated else None


def has_ended() -> bool:
    """Say whether this browser carries a stay that opens nothing any more."""
    return STAY_KEY in cookie and current_stay() is None


def own_sign_in() -> SignIn:
    """Return the row of the reader's stay, for what changes it.

    Raises
    ------
    NotFoundError
        Nobody is signed in, which the guard does not let happen.
    """
    stay = current_stay()
    if stay is None:
        raise NotFoundError
    return get_session().get_one(SignIn, stay.id)


def own_person() -> Person:
    """Return the row of the reader, for what changes or names them."""
    return get_session().get_one(Person, current_user.id)


def let_in(session: Session, person: Person, stay: NewStay, *, now: datetime) -> None:
    """Begin a stay in this browser; whatever it carried before opens nothing more."""
    _close_carried(reason="replaced", now=now)
    _keep_choices_alone()
    if person.profile and person.profile.locale and "language" not in cookie:
        cookie["language"] = person.profile.locale
    cookie[STAY_KEY] = begin_sign_in(
        session, person.id, stay, limits=stay_limits(), now=now
    )


def browser_name() -> str:
    """Return the coarse name of the browser that asks."""
    return name_browser(request.user_agent.string)


def renew_token(sign_in: SignIn) -> None:
    """Give this browser's stay a new token, now that it is worth more."""
    cookie[STAY_KEY] = rotate_sign_in(sign_in)


def let_out(*, now: datetime, reason: str = "signed_out") -> None:
    """End this browser's stay, keeping only what it is read in."""
    _close_carried(reason=reason, now=now)
    logout_user()
    _keep_choices_alone()


def led_out() -> ResponseReturnValue:
    """Lead to sign-in, and let the browser forget what scripts kept in it."""
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _load_reader(_request: Request) -> SignedIn | None:
    token = cookie.get(STAY_KEY)
    if not isinstance(token, str):
        return None
    now = utc_now()
    with before_writing() as session:
        reader = find_signed_in(session, token, limits=stay_limits(), now=now)
    if reader is not None and is_note_due(reader.stay.last_seen_at, now=now):
        _note(reader.stay.id, now)
    return reader


def _note(sign_in_id: int, now: datetime) -> None:
    """Note the request, apart from whatever else it does."""
    database: Database = current_app.extensions["lms_database"]
    try:
        with database.transaction() as session:
            note_seen(session, sign_in_id, now=now)
    except OperationalError as error:  # a page can be read while nothing is written
        _log.warning("a request was not noted: %s", type(error.orig).__name__)


def _ask_to_sign_in() -> ResponseReturnValue:
    """Lead to sign-in and back to the page, or to what was sent too late."""
    if is_from_script():
        return {"text": _("You were signed out. Sign in again.")}, 401
    target = address_of(request)
    if request.method == "POST":
        target = url_for("stay.kept") if _keep_typed() else ""
    return redirect(url_for("accounts.sign_in", target=target or None), 303)


def _keep_typed() -> bool:
    token, fields = cookie.get(STAY_KEY), typed_fields()
    if not fields or not isinstance(token, str):
        return False
    path = address_of(request)
    with transaction() as session:
        return keep_form(session, token, path, fields, now=utc_now())


def stay_seconds() -> int | None:
    """Return how long this browser's stay lasts from now on, if somebody is there."""
    stay = current_stay()
    if stay is None:
        return None
    return seconds_left(stay.expires_at, stay_limits(), now=utc_now())


def _stay_context() -> dict[str, Any]:
    settings: Settings = current_app.config["LMS_SETTINGS"]
    return {"stay_seconds": stay_seconds(), "time_zone": settings.time_zone}


def _tell_scripts(response: Response) -> Response:
    """Tell a page's script, with every answer, how long the stay lasts now."""
    is_known = "_login_user" in g and is_from_script()  # else nobody asked who it is
    seconds = stay_seconds() if is_known else None
    if seconds is not None:
        response.headers["X-Stay-Seconds"] = str(seconds)
    return response


def _close_carried(*, reason: str, now: datetime) -> None:
    if current_stay() is not None:
        close_sign_in(own_sign_in(), now=now, reason=reason)


def _keep_choices_alone() -> None:
    kept = {key: cookie[key] for key in _KEPT if key in cookie}
    cookie.clear()
    cookie.update(kept)
