"""The list of people, and adding one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from lms.accounts.admin.forms import FindForm, InviteForm, organisation_choices
from lms.accounts.admin.queries.organisations import list_organisations
from lms.accounts.admin.queries.people import list_people
from lms.accounts.admin.services.profiles import TakenAddressError, invite
from lms.accounts.admin.views.words import choices, role_names, state_names
from lms.clock import utc_now
from lms.errors import NotFoundError
from lms.permissions import Permission
from lms.web.access import requires
from lms.web.language import language
from lms.web.session import get_session, transaction

bp = Blueprint(
    "admin", __name__, url_prefix="/admin/people", template_folder="../templates"
)
_FILTERS = ("role", "organisation", "state")
_SEARCH = "people_search"  # in the signed cookie: a name stands in no address or log


@bp.get("/")
@requires(Permission.PEOPLE_SEE)
def people() -> ResponseReturnValue:
    """List people fifty a page, all or those that were looked for."""
    form = _find_form(MultiDict({"search": _search(), **_filters()}))
    if not form.validate():
        raise NotFoundError
    page = list_people(get_session(), form.to_filter(), after=_after())
    return _people_page(form, page=page)


@bp.post("/find")
@requires(Permission.PEOPLE_SEE)
def find() -> ResponseReturnValue:
    """Keep what is looked for in the reader's cookie, and show the list."""
    form = _find_form(request.form)
    if not form.validate():
        return _people_page(form), 422
    search = form.search.data or ""
    cookie[_SEARCH] = search
    chosen = {name: form[name].data for name in _FILTERS if form[name].data}
    if search:
        chosen["found"] = "1"
    return redirect(url_for(".people", **chosen), 303)


@bp.get("/new")
@requires(Permission.PEOPLE_ADMINISTER)
def new() -> ResponseReturnValue:
    """Show the form for somebody new."""
    return _new_page(_invite_form(formdata=None))


@bp.post("/new")
@requires(Permission.PEOPLE_ADMINISTER)
def add() -> ResponseReturnValue:
    """Add a person and mail them an invitation."""
    form = _invite_form()
    if not form.validate():
        return _new_page(form), 422
    try:
        with transaction() as session:
            person = invite(
                session,
                form.to_fields(),
                form.to_roles(),
                actor=current_user.subject_id,
                now=utc_now(),
            )
    except TakenAddressError as error:
        form.email.errors = [_(error.template)]
        return _new_page(form), 422
    flash(_("The invitation is on its way. The link in it works for seven days."))
    return redirect(url_for("admin_person.person", subject_id=person.subject_id), 303)


def _find_form(data: Any) -> FindForm:
    return FindForm(
        data,
        meta={} if request.method == "POST" else {"csrf": False},
        names=role_names(),
        states=state_names(),
        organisations=organisation_choices(
            list_organisations(get_session(), with_archived=True), language()
        ),
    )


def _invite_form(**given: Any) -> InviteForm:
    return InviteForm(names=role_names(), organisations=choices(), **given)


def _search() -> str:
    return str(cookie.get(_SEARCH, "")) if request.args.get("found") else ""


def _filters() -> dict[str, str]:
    return {name: request.args[name] for name in _FILTERS if request.args.get(name)}


def _after() -> UUID | None:
    asked = request.args.get("after")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise NotFoundError from None


def _people_page(form: FindForm, *, page: Any = None) -> str:
    kept = {k: v for k, v in request.args.items() if k in (*_FILTERS, "found")}
    return render_template(
        "admin/people.html",
        form=form,
        page=page,
        kept=kept,
        role_names=role_names(),
        state_names=state_names(),
        is_first="after" not in request.args,
        is_narrowed=bool(kept),
    )


def _new_page(form: InviteForm) -> str:
    return render_template("admin/new.html", form=form)
