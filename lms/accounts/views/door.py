"""Sign-in and sign-out."""

from dataclasses import dataclass
from urllib.parse import urlsplit

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

from lms.accounts.forms import DemoSignInForm, RoleForm, SignInForm
from lms.accounts.gate import browser_name, let_in, let_out
from lms.accounts.models import Person
from lms.accounts.queries import find_person_by_email
from lms.accounts.services import find_with_password
from lms.accounts.sign_ins import NewStay
from lms.clock import utc_now
from lms.permissions import Permission, Role
from lms.web.access import public, requires
from lms.web.forms import ActForm
from lms.web.session import get_session, transaction

bp = Blueprint("accounts", __name__, template_folder="../templates")
DEMO_DOMAIN = "demo.example"
DEMO_ROLES = (
    Role.TRAINEE,
    Role.SUPERVISOR,
    Role.CERTIFIER,
    Role.OPERATOR,
    Role.AUTHOR,
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One button of demo mode."""

    key: str
    name: str
    role_label: str


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form; runs no query."""
    form = SignInForm(formdata=None, target=request.args.get("target", ""))
    return _sign_in_page(form)


@bp.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Let somebody in; a failure never says what was wrong."""
    form = SignInForm()
    if form.validate():
        person = find_with_password(
            get_session(),
            form.email.data or "",
            form.password.data or "",
            passwords=current_app.extensions["lms_passwords"],
        )
        if person is not None:
            return _let_in(person, "password", form.target.data)
        form.form_errors.append(
            _("The e-mail address and password do not go together. Check both.")
        )
    return _sign_in_page(form), 422


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
    return _let_in(person, "demo", form.target.data)


@bp.post("/sign-out")
@requires(Permission.HOME_SEE)
def sign_out() -> ResponseReturnValue:
    """End the session of this browser, keeping only language and theme."""
    if not ActForm().validate():
        abort(400)
    with transaction():
        let_out(now=utc_now())
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@bp.post("/role")
@requires(Permission.HOME_SEE)
def switch_role() -> ResponseReturnValue:
    """Show menu and home of another of one's own roles."""
    form = RoleForm()
    if not form.validate() or form.role.data not in current_user.roles:
        abort(404)
    cookie["role"] = form.role.data
    return redirect(url_for("home.home"), 303)


def _let_in(person: Person, method: str, target: str | None) -> ResponseReturnValue:
    with transaction() as session:
        let_in(session, person, NewStay(method, browser_name()), now=utc_now())
    return redirect(_own_path(target) or url_for("home.home"), 303)


def _own_path(target: str | None) -> str | None:
    """Return `target` if it is a path of this site, so that no link leads away."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def _sign_in_page(form: SignInForm) -> str:
    return render_template(
        "accounts/sign_in.html", form=form, demo_people=_demo_people()
    )


def _demo_people() -> list[DemoPerson]:
    """Return the buttons of demo mode; roles speak for the fictional people."""
    notes = {
        Role.TRAINEE: _("read a lesson, play a case, see the competency record"),
        Role.SUPERVISOR: _("mark a case against its rubric"),
        Role.CERTIFIER: _("decide, issue a certificate, export records"),
        Role.OPERATOR: _("look at a cohort and prepare packs"),
        Role.AUTHOR: _("read modules and cases as they are published"),
    }
    names = current_app.extensions["lms_role_names"]
    return [
        DemoPerson(role.value, notes[role], str(names[role])) for role in DEMO_ROLES
    ]
