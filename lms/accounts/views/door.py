"""Sign-in and sign-out."""

from dataclasses import dataclass

from flask import (
    Blueprint,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import (
    session as cookie,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts.counting import (
    counted_account,
    know_browser,
    network,
    throttle,
    too_many_attempts,
)
from lms.accounts.forms import DemoSignInForm, RoleForm, SignInForm
from lms.accounts.gate import (
    browser_name,
    has_ended,
    led_out,
    let_in,
    let_out,
    passwords,
)
from lms.accounts.passwords import keep_password
from lms.accounts.queries import (
    Entrant,
    find_entrant,
    find_person_by_email,
    get_person,
)
from lms.accounts.sign_ins import NewStay
from lms.audit.services import record_audit
from lms.clock import utc_now
from lms.permissions import Permission, Role
from lms.web.access import public, requires, while_held
from lms.web.forms import require_act
from lms.web.session import get_session, reading, transaction
from lms.web.targets import own_path

bp = Blueprint("accounts", __name__, template_folder="../templates")
DEMO_DOMAIN = "demo.example"
DEMO_ROLES = (
    Role.TRAINEE,
    Role.SUPERVISOR,
    Role.CERTIFIER,
    Role.OPERATOR,
    Role.AUTHOR,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One button of demo mode."""

    key: str
    name: str
    role_label: str


@dataclass(frozen=True, slots=True)
class EndedStay:
    """What is said to somebody whose sign-in has run out."""

    title: str
    text: str


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form; asks the database only who carries a stay."""
    form = SignInForm(formdata=None, target=request.args.get("target", ""))
    return _sign_in_page(form)


@bp.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Let somebody in; a failure never says what was wrong."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    email = form.email.data or ""
    who = counted_account(email)
    if throttle().is_full("address", network()):
        return _ask_to_wait(form, throttle().seconds_left("address", network()))
    if not throttle().take("account", who):
        return _ask_to_wait(form, throttle().seconds_left("account", who))
    with reading() as session:
        entrant = find_entrant(session, email)
    proven = _prove(entrant, form.password.data or "")
    if proven is None:
        return _refuse(form, entrant, who)
    throttle().forget("account", who)
    know_browser(email)
    return _let_in_with_password(proven, form)


@bp.post("/sign-in/demo")
@public
def enter_demo() -> ResponseReturnValue:
    """Let a visitor in as one of the fictional people; demo mode only."""
    form = DemoSignInForm()
    if not current_app.config["LMS_SETTINGS"].is_demo or not form.validate():
        abort(404)
    email = f"{form.role.data}@{DEMO_DOMAIN}"
    person = find_person_by_email(get_session(), email)
    if person is None:
        abort(404)
    with transaction() as session:
        let_in(session, person, NewStay("demo", browser_name()), now=utc_now())
    return redirect(own_path(form.target.data) or url_for("home.home"), 303)


@bp.post("/sign-out")
@requires(Permission.HOME_SEE)
@while_held()
def sign_out() -> ResponseReturnValue:
    """End the session of this browser, keeping only what it is read in."""
    require_act()
    with transaction():
        let_out(now=utc_now())
    return led_out()


@bp.post("/role")
@requires(Permission.HOME_SEE)
def switch_role() -> ResponseReturnValue:
    """Show menu and home of another of one's own roles."""
    form = RoleForm()
    if not form.validate() or form.role.data not in current_user.roles:
        abort(404)
    cookie["role"] = form.role.data
    return redirect(url_for("home.home"), 303)


def _prove(entrant: Entrant | None, password: str) -> Entrant | None:
    """Return who the password opens for; takes as long when there is nobody."""
    known_hash = entrant.password_hash if entrant else None
    is_right = passwords().matches(known_hash, password)
    return entrant if is_right and entrant and entrant.is_enabled else None


def _let_in_with_password(entrant: Entrant, form: SignInForm) -> ResponseReturnValue:
    """Begin the stay, with a hash at the present cost if the kept one is older."""
    fresh_hash = None
    if passwords().is_outdated(entrant.password_hash or ""):
        fresh_hash = passwords().hash(form.password.data or "")
    with transaction() as session:
        person = get_person(session, entrant.subject_id)
        if fresh_hash:
            keep_password(person, fresh_hash)
        let_in(session, person, NewStay("password", browser_name()), now=utc_now())
    return redirect(own_path(form.target.data) or url_for("home.home"), 303)


def _refuse(form: SignInForm, entrant: Entrant | None, who: str) -> ResponseReturnValue:
    throttle().take("address", network())
    if throttle().is_full("account", who):
        _record_throttled(entrant)
    form.form_errors.append(
        _("The e-mail address and password do not go together. Check both.")
    )
    return _sign_in_page(form), 422


def _record_throttled(entrant: Entrant | None) -> None:
    """Leave a trace of guessing, for accounts that do not exist too: same time."""
    whose = entrant.subject_id if entrant else "unknown"
    with transaction() as session:
        record_audit(
            session, "account.throttled", ("person", whose), actor=None, now=utc_now()
        )


def _ask_to_wait(form: SignInForm, seconds: int) -> ResponseReturnValue:
    page = _sign_in_page(form, wait=too_many_attempts(seconds))
    return page, 429, {"Retry-After": str(seconds)}


def _sign_in_page(form: SignInForm, *, wait: str | None = None) -> str:
    return render_template(
        "accounts/sign_in.html",
        form=form,
        wait=wait,
        ended=_what_ended(form) if has_ended() else None,
        demo_people=_demo_people(),
    )


def _what_ended(form: SignInForm) -> EndedStay:
    """Say why the reader stands at the door again, and where their words are."""
    is_kept = form.target.data == url_for("stay.kept")
    kept = _("What you had sent is kept. It is shown to you once you have signed in.")
    return EndedStay(_("You were signed out. Sign in again."), kept if is_kept else "")


def _demo_people() -> list[DemoPerson]:
    """Return the buttons of demo mode; roles speak for the fictional people."""
    notes = {
        Role.TRAINEE: _("read a lesson, play a case, see the competency record"),
        Role.SUPERVISOR: _("mark a case against its rubric"),
        Role.CERTIFIER: _("decide, issue a certificate, export records"),
        Role.OPERATOR: _("look at a cohort and prepare packs"),
        Role.AUTHOR: _("try cases while writing them, see what is published"),
        Role.ADMINISTRATOR: _("invite people, give roles, assign learners"),
        Role.AUDITOR: _("read who did what, and check that nothing was changed"),
    }
    names = current_app.extensions["lms_role_names"]
    return [
        DemoPerson(role.value, notes[role], str(names[role])) for role in DEMO_ROLES
    ]
