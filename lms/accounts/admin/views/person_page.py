"""The page of a person, with whichever form was refused on it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template
from flask_login import current_user

from lms.accounts.admin.forms import AssignForm, GrantForm, ReasonForm
from lms.accounts.admin.queries.people import PersonRow, get_person_row
from lms.accounts.admin.queries.person import (
    Guided,
    find_invitation,
    list_grants,
    list_learners,
    list_supervisors,
    list_suspensions,
)
from lms.accounts.admin.views.words import role_names, state_names
from lms.accounts.models import AccountLink, RoleGrant, Suspension
from lms.accounts.queries import names_of
from lms.accounts.second_factor.queries import find_factor
from lms.permissions import Role
from lms.web.session import get_session

FORMS: dict[str, type[Any]] = {
    "access": ReasonForm,
    "learners": AssignForm,
    "supervisors": AssignForm,
}


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything that administrators see of a person; no marks."""

    row: PersonRow
    grants: list[RoleGrant]
    suspensions: list[Suspension]
    learners: list[Guided]
    supervisors: list[Guided]
    invitation: AccountLink | None
    has_factor: bool
    names: dict[UUID, str]
    is_self: bool

    @property
    def held(self) -> list[RoleGrant]:
        """Return the roles of today."""
        return [grant for grant in self.grants if grant.revoked_at is None]


def person_page(subject_id: UUID, refused: Any = None) -> str:
    """Render the page.

    Parameters
    ----------
    refused : BaseForm, optional
        The form that was sent and could not be taken, with its faults.
    """
    page = _collect(subject_id)
    forms = {name: made(formdata=None, prefix=name) for name, made in FORMS.items()}
    forms["grant"] = grant_form(page.row.person.roles, formdata=None)
    for role in page.row.person.roles:
        name = revoke_prefix(role)
        forms[name] = ReasonForm(formdata=None, prefix=name)
    if refused is not None:
        forms[refused._prefix.rstrip("-")] = refused
    return render_template(
        "admin/person.html",
        page=page,
        form=refused,
        forms=forms,
        role_names=role_names(),
        state_names=state_names(),
    )


def grant_form(held: tuple[Role, ...], **given: Any) -> GrantForm:
    """Return the form that gives another role."""
    return GrantForm(prefix="grant", names=role_names(), held=held, **given)


def revoke_prefix(role: Role) -> str:
    """Return what tells the form of one role from those of the others."""
    return f"revoke_{role.value}"


def _collect(subject_id: UUID) -> PersonPage:
    session = get_session()
    row = get_person_row(session, subject_id)
    grants = list_grants(session, row.person)
    suspensions = list_suspensions(session, row.person)
    actors = {grant.granted_by for grant in grants}
    actors |= {grant.revoked_by for grant in grants}
    actors |= {each.began_by for each in suspensions}
    actors |= {each.ended_by for each in suspensions}
    return PersonPage(
        row=row,
        grants=grants,
        suspensions=suspensions,
        learners=list_learners(session, row.person),
        supervisors=list_supervisors(session, row.person),
        invitation=find_invitation(session, row.person),
        has_factor=find_factor(session, row.person.id) is not None,
        names=names_of(session, [actor for actor in actors if actor]),
        is_self=current_user.subject_id == subject_id,
    )
