"""Setting a password with a mailed link, and asking for one."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.accounts.counting import (
    counted_account,
    know_browser,
    network,
    throttle,
    too_many_attempts,
)
from lms.accounts.domain import MIN_CHARACTERS
from lms.accounts.domain.address import normalise_address
from lms.accounts.forms import ForgottenForm, NewPasswordForm
from lms.accounts.gate import passwords
from lms.accounts.links import (
    DeadLinkError,
    LinkSigner,
    get_open_link,
    request_reset,
    use_link,
)
from lms.accounts.models import AccountLink, Profile
from lms.accounts.ways_in import Purpose
from lms.clock import utc_now
from lms.web.access import public
from lms.web.session import reading, transaction

bp = Blueprint("account_links", __name__, template_folder="../templates")


@bp.get("/sign-in/forgotten")
@public
def forgotten() -> ResponseReturnValue:
    """Ask for the address to which a link is to go; runs no query."""
    return _forgotten_page(ForgottenForm(formdata=None))


@bp.post("/sign-in/forgotten")
@public
def ask() -> ResponseReturnValue:
    """Mail a link if there is an account; the answer is the same if there is none."""
    form = ForgottenForm()
    if not form.validate():
        return _forgotten_page(form), 422
    email = normalise_address(form.email.data or "")
    for kind, who in (("mail-address", network()), ("mail", email)):
        if not throttle().take(kind, who):
            seconds = throttle().seconds_left(kind, who)
            page = _forgotten_page(form, wait=too_many_attempts(seconds))
            return page, 429, {"Retry-After": str(seconds)}
    with transaction() as session:
        request_reset(session, email, now=utc_now())
    return redirect(url_for(".asked"), 303)


@bp.get("/sign-in/forgotten/sent")
@public
def asked() -> ResponseReturnValue:
    """Say what to expect, whether or not a mail was sent."""
    return render_template("accounts/forgotten_sent.html")


@bp.get("/sign-in/<any(invitation,reset):purpose>/<token>")
@public
def open_link(purpose: str, token: str) -> ResponseReturnValue:
    """Show the form; programs that look into mails use nothing up by opening it."""
    if throttle().is_full("link", network()):
        return _ask_to_wait()
    try:
        link = _get_link(token, Purpose(purpose))
    except DeadLinkError:
        return _dead_page(purpose)
    return _hidden(_password_page(NewPasswordForm(formdata=None), link))


@bp.post("/sign-in/<any(invitation,reset):purpose>/<token>")
@public
def set_password(purpose: str, token: str) -> ResponseReturnValue:
    """Set the password, once; everything that was open for the account ends."""
    if throttle().is_full("link", network()):
        return _ask_to_wait()
    try:
        link = _get_link(token, Purpose(purpose))
        profile = _profile(link)
        form = NewPasswordForm(about=(profile.name, profile.email))
        if not form.validate():
            return _hidden(_password_page(form, link), 422)
        _use(link, form.password.data or "")
    except DeadLinkError:
        return _dead_page(purpose)
    know_browser(profile.email)
    throttle().forget("account", counted_account(profile.email))
    flash(_("Your password is set. Sign in with it now."))
    return _hidden(redirect(url_for("accounts.sign_in"), 303))


def _use(link: AccountLink, password: str) -> None:
    password_hash = passwords().hash(password)  # slow: before anything is locked
    with transaction() as session:
        use_link(
            session,
            link.public_id,
            Purpose(link.purpose),
            password_hash=password_hash,
            now=utc_now(),
        )


def _get_link(token: str, purpose: Purpose) -> AccountLink:
    public_id: UUID = _signer().read(token, purpose)
    with reading() as session:
        return get_open_link(session, public_id, purpose, now=utc_now())


def _profile(link: AccountLink) -> Profile:
    if link.person.profile is None:
        raise DeadLinkError
    return link.person.profile


def _signer() -> LinkSigner:
    return LinkSigner(current_app.config["LMS_SETTINGS"].secret_key)


def _forgotten_page(form: ForgottenForm, *, wait: str | None = None) -> str:
    return render_template("accounts/forgotten.html", form=form, wait=wait)


def _password_page(form: NewPasswordForm, link: AccountLink) -> str:
    return render_template(
        "accounts/new_password.html",
        form=form,
        email=_profile(link).email,
        purpose=link.purpose,
        address=request.path,
        min_characters=MIN_CHARACTERS,
    )


def _dead_page(purpose: str) -> ResponseReturnValue:
    throttle().take("link", network())
    return _hidden(render_template("accounts/dead_link.html", purpose=purpose), 404)


def _ask_to_wait() -> ResponseReturnValue:
    seconds = throttle().seconds_left("link", network())
    page = render_template(
        "accounts/dead_link.html", purpose=None, wait=too_many_attempts(seconds)
    )
    answer = _hidden(page, 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _hidden(answer: ResponseReturnValue, status: int = 200) -> Response:
    """Keep an address that opens an account out of caches and other sites' logs."""
    response = make_response(answer)
    if status != 200:
        response.status_code = status
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
