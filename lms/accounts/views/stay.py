"""Staying signed in, and what was sent after the stay had ended."""

import logging

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from lms.accounts.gate import stay_seconds
from lms.accounts.kept_forms import (
    drop_kept_forms,
    drop_sent_forms,
    has_kept_forms,
    list_kept_forms,
)
from lms.clock import utc_now
from lms.permissions import Permission
from lms.web.access import current_reader, held_at, reader_key, requires
from lms.web.forms import REFILL, ActForm, refill_reason, require_act
from lms.web.session import get_session, transaction
from lms.web.signing import form_token
from lms.web.targets import address_of
from lms.web.typed import words_in

bp = Blueprint("stay", __name__, template_folder="../templates")
_HAS_LOOKED = "kept"  # at what is kept; only then can it be sent from its page
_log = logging.getLogger(__name__)


@bp.get("/session")
@requires(Permission.HOME_SEE)
def stay() -> ResponseReturnValue:
    """Go on being signed in, as any request does; tell how long, and a fresh token.

    It says whose the token is: a page may have been opened by somebody else.
    """
    return {
        "seconds": stay_seconds(),
        "csrf_token": form_token(),
        "person": reader_key(),
    }


@bp.get("/kept")
@requires(Permission.HOME_SEE)
def kept() -> ResponseReturnValue:
    """Show what the reader sent too late; another reader has nothing here."""
    rows = list_kept_forms(get_session(), current_user.id, now=utc_now())
    if not rows:
        return redirect(url_for("home.home"), 303)
    cookie[_HAS_LOOKED] = True
    forms = [(row, words_in(row.fields)) for row in rows]
    return render_template(
        "accounts/kept.html", forms=forms, refill=REFILL, form=ActForm()
    )


@bp.post("/kept")
@requires(Permission.HOME_SEE)
def drop() -> ResponseReturnValue:
    """Throw away what was sent too late."""
    require_act()
    with transaction() as session:
        drop_kept_forms(session, current_user.id)
    flash(_("What was kept is deleted."))
    return redirect(url_for("home.home"), 303)


@bp.after_app_request
def drop_sent(response: Response) -> Response:
    """Keep a form no longer once it was taken, or home would ask to send it again."""
    if request.method == "POST" and _HAS_LOOKED in cookie and _is_taken(response):
        try:
            _drop(address_of(request))
        except OperationalError as error:  # what was taken stays taken
            _log.warning("a sent form is still kept: %s", type(error.orig).__name__)
    return response


def _drop(path: str) -> None:
    with transaction() as session:
        count = drop_sent_forms(session, current_user.id, path)
        is_last = count and not has_kept_forms(session, current_user.id, now=utc_now())
    if is_last:
        del cookie[_HAS_LOOKED]


def _is_taken(response: Response) -> bool:
    """Say whether the answer is that of a form which did what it is for."""
    is_inside = current_reader().is_authenticated and held_at() is None
    return is_inside and response.status_code == 303 and refill_reason() is None
