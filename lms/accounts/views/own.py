"""One's own account: what it says, its password, and where it is signed in."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts.counting import throttle, too_many_attempts
from lms.accounts.domain import MIN_CHARACTERS
from lms.accounts.forms import ChangePasswordForm, PreferencesForm
from lms.accounts.gate import (
    led_out,
    let_out,
    own_person,
    own_sign_in,
    passwords,
    renew_token,
    stay_limits,
)
from lms.accounts.passwords import change_password
from lms.accounts.services import remember_locale
from lms.accounts.sign_ins import end_everywhere, end_sign_in, list_sign_ins
from lms.clock import utc_now
from lms.permissions import Permission
from lms.web.access import requires
from lms.web.forms import require_act
from lms.web.language import language
from lms.web.session import get_session, transaction

bp = Blueprint("account", __name__, template_folder="../templates")


@bp.get("/account")
@requires(Permission.ACCOUNT_KEEP_OWN)
def account() -> ResponseReturnValue:
    """Show one's own account."""
    return _account_page(
        PreferencesForm(
            formdata=None, language=language(), theme=cookie.get("theme", "auto")
        )
    )


@bp.post("/account")
@requires(Permission.ACCOUNT_KEEP_OWN)
def keep_preferences() -> ResponseReturnValue:
    """Keep language and theme; mails come in that language too."""
    form = PreferencesForm()
    if not form.validate():
        return _account_page(form), 422
    with transaction():
        remember_locale(own_person(), form.language.data)
    cookie["language"] = form.language.data
    cookie["theme"] = form.theme.data
    return redirect(url_for(".account"), 303)


@bp.get("/account/password")
@requires(Permission.ACCOUNT_KEEP_OWN)
def password() -> ResponseReturnValue:
    """Show the form."""
    return _password_page(ChangePasswordForm(formdata=None))


@bp.post("/account/password")
@requires(Permission.ACCOUNT_KEEP_OWN)
def set_password() -> ResponseReturnValue:
    """Set a new password; other browsers are signed out, this one gets a new token."""
    form = ChangePasswordForm(about=_own_words())
    if not form.validate():
        return _password_page(form), 422
    who = f"person/{current_user.subject_id}"
    if not throttle().take("account", who):
        seconds = throttle().seconds_left("account", who)
        page = _password_page(form, wait=too_many_attempts(seconds))
        return page, 429, {"Retry-After": str(seconds)}
    if not passwords().matches(_own_hash(), form.current.data or ""):
        form.current.errors = [_("This is not your present password.")]
        return _password_page(form), 422
    throttle().forget("account", who)
    _change(form.password.data or "")
    flash(_("Your password is changed. Other browsers are signed out."))
    return redirect(url_for(".security"), 303)


@bp.get("/account/security")
@requires(Permission.ACCOUNT_KEEP_OWN)
def security() -> ResponseReturnValue:
    """List where one is signed in."""
    return render_template(
        "accounts/security.html",
        sign_ins=list_sign_ins(
            get_session(), current_user.id, limits=stay_limits(), now=utc_now()
        ),
        here=own_sign_in().public_id,
        has_password=_own_hash() is not None,
        has_factor=current_user.has_factor,
    )


@bp.post("/account/security/<uuid:public_id>/end")
@requires(Permission.ACCOUNT_KEEP_OWN)
def end(public_id: UUID) -> ResponseReturnValue:
    """Sign one other browser out."""
    require_act()
    with transaction() as session:
        end_sign_in(
            session, current_user.id, public_id, now=utc_now(), reason="ended_by_owner"
        )
    flash(_("That browser is signed out."))
    return redirect(url_for(".security"), 303)


@bp.post("/account/security/end-all")
@requires(Permission.ACCOUNT_KEEP_OWN)
def end_all() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    require_act()
    now = utc_now()
    with transaction() as session:
        end_everywhere(session, own_person(), actor=current_user.subject_id, now=now)
        let_out(now=now)
    flash(_("You are signed out everywhere."))
    return led_out()


def _change(new: str) -> None:
    password_hash = passwords().hash(new)
    with transaction() as session:
        here = own_sign_in()
        change_password(
            session,
            own_person(),
            password_hash,
            now=utc_now(),
            except_id=here.id,
        )
        renew_token(here)


def _own_hash() -> str | None:
    profile = own_person().profile
    return profile.password_hash if profile else None


def _own_words() -> tuple[str, ...]:
    profile = own_person().profile
    return (profile.name, profile.email) if profile else ()


def _account_page(form: PreferencesForm) -> str:
    return render_template(
        "accounts/account.html", form=form, profile=own_person().profile
    )


def _password_page(form: ChangePasswordForm, *, wait: str | None = None) -> str:
    return render_template(
        "accounts/password.html",
        form=form,
        wait=wait,
        profile=own_person().profile,
        min_characters=MIN_CHARACTERS,
    )
