"""Organisations: the list, adding, renaming, archiving."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts.admin.forms import OrganisationForm
from lms.accounts.admin.queries.organisations import (
    count_members,
    get_organisation,
    list_organisations,
)
from lms.accounts.admin.services.organisations import (
    StaleOrganisationError,
    TakenNameError,
    add_organisation,
    archive_organisation,
    rename_organisation,
    restore_organisation,
)
from lms.accounts.models import Organisation
from lms.clock import utc_now
from lms.permissions import Permission
from lms.web.access import requires
from lms.web.forms import require_act
from lms.web.session import get_session, transaction

bp = Blueprint(
    "organisations",
    __name__,
    url_prefix="/admin/organisations",
    template_folder="../templates",
)


@bp.get("/")
@requires(Permission.PEOPLE_SEE)
def organisations() -> ResponseReturnValue:
    """List the organisations, the archived ones last."""
    return _list_page(OrganisationForm(formdata=None))


@bp.post("/")
@requires(Permission.PEOPLE_ADMINISTER)
def add() -> ResponseReturnValue:
    """Add an organisation."""
    form = OrganisationForm()
    if not form.validate():
        return _list_page(form), 422
    try:
        with transaction() as session:
            add_organisation(session, form.to_names(), **_by())
    except TakenNameError as error:
        form.name_ja.errors = [_(error.template)]
        return _list_page(form), 422
    flash(_("The organisation is added."))
    return redirect(url_for(".organisations"), 303)


@bp.get("/<uuid:public_id>")
@requires(Permission.PEOPLE_SEE)
def organisation(public_id: UUID) -> ResponseReturnValue:
    """Show one organisation, to rename or archive it."""
    found = get_organisation(get_session(), public_id)
    form = OrganisationForm(
        formdata=None,
        name_ja=found.name_ja,
        name_en=found.name_en,
        revision=str(found.revision),
    )
    return _page(found, form)


@bp.post("/<uuid:public_id>")
@requires(Permission.PEOPLE_ADMINISTER)
def rename(public_id: UUID) -> ResponseReturnValue:
    """Rename an organisation; somebody else's change is shown beside it."""
    found = get_organisation(get_session(), public_id)
    form = OrganisationForm()
    if not form.validate():
        return _page(found, form), 422
    try:
        with transaction() as session:
            revision = form.to_revision()
            rename_organisation(
                session, found, form.to_names(), revision=revision, **_by()
            )
    except TakenNameError as error:
        form.name_ja.errors = [_(error.template)]
        return _page(found, form), 422
    except StaleOrganisationError:
        get_session().refresh(found)
        form.revision.data = str(found.revision)
        return _page(found, form, is_stale=True), 409
    flash(_("Saved."))
    return redirect(url_for(".organisations"), 303)


@bp.post("/<uuid:public_id>/archive")
@requires(Permission.PEOPLE_ADMINISTER)
def archive(public_id: UUID) -> ResponseReturnValue:
    """Offer the organisation to nobody any more."""
    require_act()
    with transaction() as session:
        archive_organisation(session, get_organisation(session, public_id), **_by())
    flash(_("The organisation is archived. Whoever has it keeps it."))
    return redirect(url_for(".organisations"), 303)


@bp.post("/<uuid:public_id>/restore")
@requires(Permission.PEOPLE_ADMINISTER)
def restore(public_id: UUID) -> ResponseReturnValue:
    """Offer the organisation again."""
    require_act()
    with transaction() as session:
        restore_organisation(session, get_organisation(session, public_id), **_by())
    flash(_("The organisation is in use again."))
    return redirect(url_for(".organisations"), 303)


def _by() -> dict[str, Any]:
    return {"actor": current_user.subject_id, "now": utc_now()}


def _list_page(form: OrganisationForm) -> str:
    session = get_session()
    return render_template(
        "organisations/organisations.html",
        rows=list_organisations(session, with_archived=True),
        members=count_members(session),
        form=form,
    )


def _page(
    found: Organisation, form: OrganisationForm, *, is_stale: bool = False
) -> str:
    return render_template(
        "organisations/organisation.html", found=found, form=form, is_stale=is_stale
    )
