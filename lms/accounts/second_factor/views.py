"""Show a code at sign-in; set up, replace and remove one's own second factor."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.accounts.gate import let_out, own_person
from lms.accounts.second_factor.forms import CodeForm, FirstForm, ProofForm
from lms.accounts.second_factor.held import must_have_factor, must_show_password
from lms.accounts.second_factor.pages import (
    codes_page,
    draw_offer,
    has_offer,
    offer_page,
    own_page,
    say_codes_left,
    step_page,
    wrong_code,
    wrong_password,
    wrong_proof,
)
from lms.accounts.second_factor.queries import count_codes_left
from lms.accounts.second_factor.services import (
    Proof,
    confirm_factor,
    offer_factor,
    remove_second_factor,
    renew_recovery_codes,
    tell_of_wrong_codes,
)
from lms.accounts.second_factor.tries import (
    Try,
    raise_sign_in,
    try_code,
    try_password,
    try_password_or_code,
)
from lms.clock import utc_now
from lms.errors import NotFoundError
from lms.permissions import Permission
from lms.settings import Settings
from lms.web.access import requires, while_held
from lms.web.session import get_session, transaction
from lms.web.targets import own_path

bp = Blueprint("second_factor", __name__, template_folder="templates")
STEP, OWN = "second_factor.step", "second_factor.own"


@bp.get("/sign-in/second")
@requires(Permission.HOME_SEE)
@while_held(STEP)
def step() -> ResponseReturnValue:
    """Ask for a code, between the password and everything else."""
    target = _target()
    if not _is_asked():
        return redirect(target or url_for("home.home"), 303)
    return step_page(CodeForm(formdata=None, target=target))


@bp.post("/sign-in/second")
@requires(Permission.HOME_SEE)
@while_held(STEP)
def pass_step() -> ResponseReturnValue:
    """Take a code; the sign-in is worth more afterwards and gets a new token."""
    form = CodeForm()
    onward = redirect(own_path(form.target.data) or url_for("home.home"), 303)
    if not _is_asked():
        return onward
    if not form.validate():
        return step_page(form), 422
    with transaction() as session:
        attempt = try_code(session, form.code.data)
        if attempt.is_last:
            return _shut_out(session, attempt)
        if attempt.proof is None:
            form.code.errors = [wrong_code(attempt)]
            return step_page(form), attempt.status
        raise_sign_in()
        left = count_codes_left(session, current_user.id)
    if attempt.proof is Proof.RECOVERY:
        say_codes_left(left)
    return onward


@bp.get("/account/second-factor")
@requires(Permission.ACCOUNT_KEEP_OWN)
@while_held(OWN)
def own() -> ResponseReturnValue:
    """Say what is set up, and what can be done about it."""
    if current_user.has_factor:
        return own_page(ProofForm(formdata=None))
    return own_page(FirstForm(formdata=None, target=_target()))


@bp.post("/account/second-factor/begin")
@requires(Permission.ACCOUNT_KEEP_OWN)
@while_held(OWN)
def begin() -> ResponseReturnValue:
    """Make a secret for the first app."""
    if current_user.has_factor:
        raise NotFoundError  # a further one asks for a code as well: `change`
    form = FirstForm()
    if not must_show_password():
        del form.password
    if not form.validate():
        return own_page(form), 422
    with transaction() as session:
        if form.password:
            attempt = try_password(session, form.password.data)
            if attempt.is_last:
                return _shut_out(session, attempt)
            if attempt.proof is None:
                form.password.errors = [wrong_password(attempt)]
                return own_page(form), attempt.status
        _offer(session)
    return redirect(url_for(".offer", target=own_path(form.target.data)), 303)


@bp.get("/account/second-factor/app")
@requires(Permission.ACCOUNT_KEEP_OWN)
@while_held(OWN)
def offer() -> ResponseReturnValue:
    """Show the secret as a picture and in letters, and ask for the first code."""
    if not has_offer():
        return _lead_back(_target())
    return offer_page(CodeForm(formdata=None, target=_target()))


@bp.get("/account/second-factor/app.svg")
@requires(Permission.ACCOUNT_KEEP_OWN)
@while_held(OWN)
def picture() -> ResponseReturnValue:
    """Draw the secret that is offered; never one in use."""
    return Response(draw_offer(get_session()), content_type="image/svg+xml")


@bp.post("/account/second-factor/app")
@requires(Permission.ACCOUNT_KEEP_OWN)
@while_held(OWN)
def confirm() -> ResponseReturnValue:
    """Take the first code, and show the recovery codes this once."""
    form = CodeForm()
    if not has_offer():  # taken already: the page with the codes was reloaded
        return _lead_back(own_path(form.target.data))
    if not form.validate():
        return offer_page(form), 422
    with transaction() as session:
        codes = confirm_factor(
            session,
            own_person(),
            form.code.data,
            secrets=_settings().unlocking_secrets,
            now=utc_now(),
            keep_sign_in=current_user.stay.id,
        )
        if codes is None:
            form.code.errors = [
                _("This is not the code that the app shows now. Wait for the next one.")
            ]
            return offer_page(form), 422
        raise_sign_in()
    return codes_page(codes, onward=own_path(form.target.data))


@bp.post("/account/second-factor")
@requires(Permission.ACCOUNT_KEEP_OWN)
def change() -> ResponseReturnValue:
    """Exchange the app, renew the codes or remove both, once somebody proved it."""
    form = ProofForm()
    if form.act.data not in ("app", "codes", "remove"):
        abort(400)
    if not form.validate():
        return own_page(form), 422
    if not current_user.has_factor:
        raise NotFoundError
    with transaction() as session:
        attempt = try_password_or_code(session, form.password_or_code.data)
        if attempt.is_last:
            return _shut_out(session, attempt)
        if attempt.proof is None:
            form.password_or_code.errors = [wrong_proof(attempt)]
            return own_page(form), attempt.status
        return _carry_out(session, form.act.data)


def _carry_out(session: Session, act: str) -> ResponseReturnValue:
    now, person = utc_now(), own_person()
    if act == "app":
        _offer(session)
        return redirect(url_for(".offer"), 303)
    if act == "codes":
        return codes_page(renew_recovery_codes(session, person, now=now))
    if must_have_factor():
        raise NotFoundError
    remove_second_factor(
        session,
        person,
        actor=current_user.subject_id,
        now=now,
        keep_sign_in=current_user.stay.id,
    )
    flash(_("Your second factor is removed. No code is asked for any more."))
    return redirect(url_for(".own"), 303)


def _offer(session: Session) -> None:
    offer_factor(
        session, own_person(), secret=_settings().locking_secret, now=utc_now()
    )


def _lead_back(target: str | None) -> ResponseReturnValue:
    """Lead to what is set up from a page whose secret is taken or has run out."""
    if current_user.has_factor:
        text = _(
            "An authenticator app is set up. Recovery codes are shown only once; "
            "if you did not keep them, make new ones here."
        )
        flash(text)
    else:
        text = _(
            "There is no secret to confirm: each can be used for 30 minutes. "
            "Begin again here."
        )
        flash(text, "error")
    return redirect(url_for(".own", target=target), 303)


def _shut_out(session: Session, attempt: Try) -> ResponseReturnValue:
    now = utc_now()
    if (
        attempt.n_left == 0 and current_user.has_factor
    ):  # those sent at once with it are told of already
        tell_of_wrong_codes(session, own_person(), now=now)
    let_out(now=now, reason="wrong_codes")
    flash(_("That was the fifth wrong try in a row. Sign in again to go on."), "error")
    return redirect(url_for("accounts.sign_in"), 303)


def _target() -> str | None:
    """Return the page that was asked for, if it is one of ours."""
    return own_path(request.args.get("target"))


def _is_asked() -> bool:
    return current_user.has_factor and current_user.stay.second_factor_at is None


def _settings() -> Settings:
    found: Settings = current_app.config["LMS_SETTINGS"]
    return found
