"""Staying signed in, and what was sent after the stay had ended."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts.gate import stay_seconds
from lms.accounts.kept_forms import drop_kept_forms, list_kept_forms
from lms.clock import utc_now
from lms.permissions import Permission
from lms.web.access import reader_key, requires
from lms.web.forms import REFILL, ActForm, require_act
from lms.web.session import get_session, transaction
from lms.web.signing import form_token
from lms.web.typed import words_in

bp = Blueprint("stay", __name__, template_folder="../templates")


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
