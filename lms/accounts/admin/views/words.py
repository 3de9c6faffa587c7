"""The words of administration that several pages share."""

from flask import current_app
from flask_babel import gettext as _
from wtforms import SelectChoice

from lms.accounts.admin.forms import Names, organisation_choices
from lms.accounts.admin.queries.organisations import list_organisations
from lms.accounts.admin.queries.people import AccountState
from lms.accounts.models import Organisation
from lms.web.language import language
from lms.web.session import get_session


def role_names() -> Names:
    """Return the names of roles in the reader's language."""
    names: Names = current_app.extensions["lms_role_names"]
    return names


def state_names() -> dict[AccountState, str]:
    """Return the names of states in the reader's language."""
    return {
        AccountState.ACTIVE: _("Can sign in"),
        AccountState.INVITED: _("Invited"),
        AccountState.UNINVITED: _("Not invited yet"),
        AccountState.DISABLED: _("Disabled"),
    }


def choices(present: Organisation | None = None) -> list[SelectChoice]:
    """Return the organisations on offer, and the one that a person has."""
    rows = list_organisations(get_session())
    if present is not None and present not in rows:
        rows.append(present)
    return organisation_choices(rows, language())
