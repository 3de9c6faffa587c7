"""Opening cohorts and enrolling learners, by whoever runs the programme."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.clock import utc_now
from lms.content.queries import Library
from lms.permissions import Permission
from lms.programme.forms import CohortForm, EnrolForm
from lms.programme.models import Cohort
from lms.programme.queries import get_cohort
from lms.programme.services import (
    TakenNumberError,
    TakenSlugError,
    UnfitLearnerError,
    enrol_by_email,
    open_new_cohort,
)
from lms.web.access import requires
from lms.web.session import get_session, transaction

bp = Blueprint("programme", __name__, template_folder="templates")
_FRAMEWORK = "coordinator"


@bp.get("/cohorts/new")
@requires(Permission.COHORT_ADMINISTER)
def new() -> ResponseReturnValue:
    """Show the form for a cohort."""
    return _new_page(CohortForm(formdata=None, today=utc_now().date()))


@bp.post("/cohorts/new")
@requires(Permission.COHORT_ADMINISTER)
def open_one() -> ResponseReturnValue:
    """Open a cohort under the framework that is current now."""
    form = CohortForm(today=utc_now().date())
    if not form.validate():
        return _new_page(form), 422
    library: Library = current_app.extensions["lms_library"]
    try:
        with transaction() as session:
            framework = library.get_current(session, "framework", _FRAMEWORK)
            cohort = open_new_cohort(
                session,
                form.to_cohort(framework.id),
                now=utc_now(),
                actor=current_user.subject_id,
            )
    except TakenSlugError as error:
        form.slug.errors = [_(error.template)]
        return _new_page(form), 422
    flash(_("The cohort is open."))
    return redirect(url_for(".members", slug=cohort.slug), 303)


@bp.get("/cohorts/<slug>/members")
@requires(Permission.COHORT_ADMINISTER)
def members(slug: str) -> ResponseReturnValue:
    """Show the form that gives a trainee a place."""
    return _members_page(get_cohort(get_session(), slug), EnrolForm(formdata=None))


@bp.post("/cohorts/<slug>/members")
@requires(Permission.COHORT_ADMINISTER)
def enrol(slug: str) -> ResponseReturnValue:
    """Give a trainee a place in the cohort."""
    cohort = get_cohort(get_session(), slug)
    form = EnrolForm()
    if not form.validate():
        return _members_page(cohort, form), 422
    number = form.number.data or ""
    try:
        with transaction() as session:
            enrol_by_email(
                session,
                cohort,
                form.email.data or "",
                number=number,
                now=utc_now(),
                actor=current_user.subject_id,
            )
    except UnfitLearnerError as error:
        form.email.errors = [_(error.template)]
        return _members_page(cohort, form), 422
    except TakenNumberError as error:
        form.number.errors = [_(error.template)]
        return _members_page(cohort, form), 422
    flash(_("Candidate %(number)s is enrolled.", number=number))
    return redirect(url_for(".members", slug=slug), 303)


def _new_page(form: CohortForm) -> str:
    return render_template("programme/new.html", form=form)


def _members_page(cohort: Cohort, form: EnrolForm) -> str:
    return render_template("programme/members.html", cohort=cohort, form=form)
