"""Acts on a person: roles, access, invitation, second factor, who guides whom."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.accounts.admin.forms import AssignForm, ReasonForm
from lms.accounts.admin.queries.people import find_people_by_email, get_person_row
from lms.accounts.admin.services.assignments import assign, end_assignment
from lms.accounts.admin.services.roles import (
    Act,
    OwnAccountError,
    disable_person,
    enable_person,
    grant_role,
    revoke_role,
)
from lms.accounts.admin.views.person_page import grant_form, person_page, revoke_prefix
from lms.accounts.domain.address import normalise_address
from lms.accounts.invitations import resend_invitation
from lms.accounts.models import Person
from lms.accounts.second_factor.services import remove_second_factor
from lms.accounts.sign_ins import end_everywhere
from lms.clock import utc_now
from lms.errors import ConflictError, InvalidInputError, NotFoundError
from lms.permissions import Permission, Role
from lms.web.access import requires
from lms.web.forms import require_act
from lms.web.session import get_session, transaction

bp = Blueprint(
    "admin_acts", __name__, url_prefix="/admin/people", template_folder="../templates"
)
_SIDES = "<any(learners,supervisors):side>"
Work = Callable[[Session, Person], None]


@bp.post("/<uuid:subject_id>/roles")
@requires(Permission.PEOPLE_ADMINISTER)
def grant(subject_id: UUID) -> ResponseReturnValue:
    """Give the person a role."""
    form = grant_form(_person(subject_id).roles)

    def work(session: Session, person: Person) -> None:
        grant_role(session, person, Role(form.role.data), _act(form))

    return _carry_out(subject_id, form, work)


@bp.post("/<uuid:subject_id>/roles/<role>/revoke")
@requires(Permission.PEOPLE_ADMINISTER)
def revoke(subject_id: UUID, role: str) -> ResponseReturnValue:
    """Take a role from the person."""
    if role not in set(Role):
        raise NotFoundError
    form = ReasonForm(prefix=revoke_prefix(Role(role)))

    def work(session: Session, person: Person) -> None:
        revoke_role(session, person, Role(role), _act(form))

    return _carry_out(subject_id, form, work)


@bp.post("/<uuid:subject_id>/disable")
@requires(Permission.PEOPLE_ADMINISTER)
def disable(subject_id: UUID) -> ResponseReturnValue:
    """Let the person sign in no more."""
    form = ReasonForm(prefix="access")

    def work(session: Session, person: Person) -> None:
        disable_person(session, person, _act(form))

    return _carry_out(subject_id, form, work)


@bp.post("/<uuid:subject_id>/enable")
@requires(Permission.PEOPLE_ADMINISTER)
def enable(subject_id: UUID) -> ResponseReturnValue:
    """Let the person sign in again."""
    form = ReasonForm(prefix="access")

    def work(session: Session, person: Person) -> None:
        enable_person(session, person, _act(form))

    return _carry_out(subject_id, form, work)


@bp.post("/<uuid:subject_id>/invitation")
@requires(Permission.PEOPLE_ADMINISTER)
def invite_again(subject_id: UUID) -> ResponseReturnValue:
    """Mail an invitation to somebody who has not set a password yet."""
    require_act()
    with transaction() as session:
        person = get_person_row(session, subject_id).person
        resend_invitation(session, person, actor=current_user.subject_id, now=utc_now())
    flash(_("The invitation is on its way. The link in it works for seven days."))
    return redirect(url_for("admin_person.person", subject_id=subject_id), 303)


@bp.post("/<uuid:subject_id>/sign-ins/end")
@requires(Permission.PEOPLE_ADMINISTER)
def end_stays(subject_id: UUID) -> ResponseReturnValue:
    """Sign the person out everywhere, whose device was lost perhaps."""
    text = _("The person is signed out everywhere.")
    return _help_another(subject_id, end_everywhere, text)


@bp.post("/<uuid:subject_id>/second-factor/remove")
@requires(Permission.PEOPLE_ADMINISTER)
def remove_factor(subject_id: UUID) -> ResponseReturnValue:
    """Help somebody who has lost both app and recovery codes."""
    text = _("The second factor is removed. The person is told by mail.")
    return _help_another(subject_id, remove_second_factor, text)


def _help_another(
    subject_id: UUID, work: Callable[..., Any], text: str
) -> ResponseReturnValue:
    """Do what needs no more than a button, to anybody but oneself."""
    require_act()
    with transaction() as session:
        person = get_person_row(session, subject_id).person
        if person.subject_id == current_user.subject_id:
            raise OwnAccountError
        work(session, person, actor=current_user.subject_id, now=utc_now())
    flash(text)
    return redirect(url_for("admin_person.person", subject_id=subject_id), 303)


@bp.post(f"/<uuid:subject_id>/{_SIDES}")
@requires(Permission.PEOPLE_ADMINISTER)
def add_side(subject_id: UUID, side: str) -> ResponseReturnValue:
    """Let the person guide, or be guided by, somebody named by address."""
    form = AssignForm(prefix=side)

    def work(session: Session, person: Person) -> None:
        email = normalise_address(form.email.data or "")
        found = find_people_by_email(session, [email]).get(email)
        if found is None:
            raise InvalidInputError(_("Nobody here has this e-mail address."))
        supervisor, learner = _ordered(side, person, found[0])
        actor = current_user.subject_id
        assign(session, supervisor, learner, actor=actor, now=utc_now())

    return _carry_out(subject_id, form, work)


@bp.post(f"/<uuid:subject_id>/{_SIDES}/<uuid:other_id>/end")
@requires(Permission.PEOPLE_ADMINISTER)
def end_side(subject_id: UUID, side: str, other_id: UUID) -> ResponseReturnValue:
    """End an assignment; the learner's work is no longer open to the supervisor."""
    require_act()
    with transaction() as session:
        person = get_person_row(session, subject_id).person
        other = get_person_row(session, other_id).person
        supervisor, learner = _ordered(side, person, other)
        actor = current_user.subject_id
        end_assignment(session, supervisor, learner, actor=actor, now=utc_now())
    flash(_("The assignment has ended."))
    return redirect(url_for("admin_person.person", subject_id=subject_id), 303)


def _person(subject_id: UUID) -> Person:
    return get_person_row(get_session(), subject_id).person


def _act(form: ReasonForm) -> Act:
    return Act(
        actor=current_user.subject_id, now=utc_now(), reason=form.reason.data or ""
    )


def _ordered(side: str, person: Person, other: Person) -> tuple[Person, Person]:
    """Return supervisor and learner."""
    return (person, other) if side == "learners" else (other, person)


def _carry_out(subject_id: UUID, form: Any, work: Work) -> ResponseReturnValue:
    """Do one act; what it refuses stands on the page beside what was typed."""
    _person(subject_id)
    if not form.validate():
        return person_page(subject_id, form), 422
    try:
        with transaction() as session:
            work(session, _person(subject_id))
    except (ConflictError, InvalidInputError) as error:
        get_session().expire_all()
        form.form_errors.append(_(error.template, **error.values))
        return person_page(subject_id, form), error.status
    flash(_("Done."))
    return redirect(url_for("admin_person.person", subject_id=subject_id), 303)
