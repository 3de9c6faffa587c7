"""One person: what is known of them, and correcting it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts.admin.forms import EditForm
from lms.accounts.admin.queries.people import PersonRow, get_person_row
from lms.accounts.admin.services.profiles import (
    ProfileFields,
    StaleProfileError,
    TakenAddressError,
    edit_profile,
    fields_of,
)
from lms.accounts.admin.views.person_page import person_page
from lms.accounts.admin.views.words import choices
from lms.clock import utc_now
from lms.permissions import Permission
from lms.web.access import requires
from lms.web.session import get_session, transaction

bp = Blueprint(
    "admin_person", __name__, url_prefix="/admin/people", template_folder="../templates"
)


@bp.get("/<uuid:subject_id>")
@requires(Permission.PEOPLE_SEE)
def person(subject_id: UUID) -> ResponseReturnValue:
    """Show a person, and everything that can be done."""
    return person_page(subject_id)


@bp.get("/<uuid:subject_id>/edit")
@requires(Permission.PEOPLE_ADMINISTER)
def edit(subject_id: UUID) -> ResponseReturnValue:
    """Show what names the person, to correct it."""
    row = get_person_row(get_session(), subject_id)
    form = EditForm(
        formdata=None,
        data=_shown(fields_of(row.profile, row.organisation)),
        revision=row.profile.revision,
        organisations=choices(row.organisation),
    )
    return _edit_page(row, form)


@bp.post("/<uuid:subject_id>/edit")
@requires(Permission.PEOPLE_ADMINISTER)
def save(subject_id: UUID) -> ResponseReturnValue:
    """Store the correction; somebody else's in the meantime is shown beside it."""
    row = get_person_row(get_session(), subject_id)
    form = EditForm(organisations=choices(row.organisation))
    if not form.validate():
        return _edit_page(row, form), 422
    try:
        with transaction() as session:
            edit_profile(
                session,
                row.person,
                form.to_fields(),
                revision=form.revision.data,
                actor=current_user.subject_id,
                now=utc_now(),
            )
    except TakenAddressError as error:
        form.email.errors = [_(error.template)]
        return _edit_page(row, form), 422
    except StaleProfileError:
        return _both_sides(subject_id, form), 409
    flash(_("Saved."))
    return redirect(url_for(".person", subject_id=subject_id), 303)


def _both_sides(subject_id: UUID, form: EditForm) -> str:
    """Show what is stored now beside what was typed; saving stores the latter."""
    session = get_session()
    session.expire_all()
    row = get_person_row(session, subject_id)
    form.revision.data = row.profile.revision
    form.revision.raw_data = None
    stored = _shown(fields_of(row.profile, row.organisation))
    sides = [
        (field.label.text, _value(field, stored[field.name]), _value(field, field.data))
        for field in form
        if field.name in stored
    ]
    return _edit_page(row, form, sides=[row for row in sides if row[1] != row[2]])


def _shown(fields: ProfileFields) -> dict[str, str]:
    return {
        "name": fields.name,
        "name_kana": fields.name_kana,
        "email": fields.email,
        "locale": fields.locale or "",
        "organisation": str(fields.organisation or ""),
    }


def _value(field: Any, data: Any) -> str:
    """Return what a reader knows a value by."""
    named = {row.value: str(row.label) for row in getattr(field, "choices", [])}
    return named.get(str(data or ""), str(data or ""))


def _edit_page(row: PersonRow, form: EditForm, *, sides: Any = ()) -> str:
    return render_template("admin/edit.html", row=row, form=form, sides=sides)
