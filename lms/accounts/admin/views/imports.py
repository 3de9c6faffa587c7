"""Taking in a list of people: choose a file, look through it, confirm."""

from base64 import b64encode

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.accounts.admin.forms import ConfirmForm, ListForm
from lms.accounts.admin.imports.apply import (
    ChangedPlanError,
    ImportOrder,
    RefusedRowsError,
    apply_import,
)
from lms.accounts.admin.imports.plan import ImportPlan, Outcome, plan_import
from lms.accounts.admin.views.words import role_names
from lms.accounts.domain.people_file import (
    MAX_BYTES,
    MAX_ROWS,
    PeopleFileError,
    read_people,
)
from lms.clock import utc_now
from lms.permissions import Permission
from lms.web.access import requires
from lms.web.language_switch import switch_to
from lms.web.session import get_session, transaction

bp = Blueprint(
    "admin_import",
    __name__,
    url_prefix="/admin/people/import",
    template_folder="../templates",
)


@bp.get("/")
@requires(Permission.PEOPLE_ADMINISTER)
def upload() -> ResponseReturnValue:
    """Say what a list looks like, and ask for one."""
    return _upload_page(ListForm(formdata=None))


@bp.post("/")
@requires(Permission.PEOPLE_ADMINISTER)
def check() -> ResponseReturnValue:
    """Show what every row would do; nothing is written."""
    form = ListForm()
    if not form.validate():
        return _upload_page(form), 422
    content = form.to_bytes()
    try:
        plan = _plan(get_session(), content)
    except PeopleFileError as error:
        form.file.errors = [_(error.template, **error.values)]
        return _upload_page(form), 422
    return _plan_page(plan, content)


@bp.post("/confirm")
@requires(Permission.PEOPLE_ADMINISTER)
def confirm() -> ResponseReturnValue:
    """Write the list, if it still does what was shown."""
    form = ConfirmForm()
    if not form.validate():
        return _shown_again(form), 422
    content = form.to_bytes()
    try:
        with transaction() as session:
            plan = _plan(session, content)
            apply_import(session, plan, _order(form))
    except PeopleFileError:
        return _upload_page(_asking_again()), 422
    except (ChangedPlanError, RefusedRowsError) as error:
        return _plan_page(plan, content, note=_(error.template)), error.status
    flash(_taken_in(plan))
    return redirect(url_for("admin.people"), 303)


def _shown_again(form: ConfirmForm) -> str:
    """Return the list as it was checked, if it came along; else ask for the file."""
    try:
        content = form.to_bytes()
        plan = _plan(get_session(), content)
    except (ValueError, PeopleFileError):
        return _upload_page(_asking_again())
    note = form.shown_again if plan.can_be_applied else None
    return _plan_page(plan, content, note=note)


def _plan(session: Session, content: bytes) -> ImportPlan:
    return plan_import(session, read_people(content), actor=current_user.subject_id)


def _order(form: ConfirmForm) -> ImportOrder:
    return ImportOrder(
        confirmed=form.digest.data or "",
        actor=current_user.subject_id,
        now=utc_now(),
        invites=bool(form.invites.data),
    )


def _asking_again() -> ListForm:
    form = ListForm(formdata=None)
    form.file.errors = [_("Choose the file again.")]
    return form


def _taken_in(plan: ImportPlan) -> str:
    new, updated = plan.count(Outcome.NEW), plan.count(Outcome.UPDATED)
    return " ".join(
        (
            ngettext("%(num)d person is new.", "%(num)d people are new.", new),
            ngettext("%(num)d was updated.", "%(num)d were updated.", updated),
        )
    )


def _upload_page(form: ListForm) -> str:
    return render_template(
        "admin/import.html", form=form, max_rows=MAX_ROWS, max_kib=MAX_BYTES // 1024
    )


def _plan_page(plan: ImportPlan, content: bytes, *, note: str | None = None) -> str:
    form = ConfirmForm(
        formdata=None,
        content=b64encode(content).decode(),
        digest=plan.digest,
        invites=True,
    )
    fields = {"content": [form.content.data], "digest": [plan.digest]}
    return render_template(
        "admin/plan.html",
        plan=plan,
        form=form,
        note=note,
        language_switch=switch_to(url_for(".confirm"), fields),
        counts={outcome: plan.count(outcome) for outcome in Outcome},
        rows={outcome: plan.having(outcome) for outcome in Outcome},
        role_names=role_names(),
    )
