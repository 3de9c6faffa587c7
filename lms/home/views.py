"""Home by role: what to do next."""

from flask import Blueprint, current_app, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts.kept_forms import has_kept_forms
from lms.audit.queries.chain import find_head, get_waiting
from lms.clock import utc_now
from lms.home.queries import (
    get_administrator_home,
    get_supervisor_home,
    get_trainee_home,
    list_cohort_rows,
    list_published,
)
from lms.permissions import Permission, Role
from lms.programme.queries import numbers_of
from lms.web.access import requires
from lms.web.language import language
from lms.web.layout import current_role
from lms.web.session import get_session

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
@requires(Permission.HOME_SEE)
def home() -> ResponseReturnValue:
    """Show what waits for the person in the present role."""
    session, now = get_session(), utc_now()
    g.has_kept_forms = has_kept_forms(session, current_user.id, now=now)
    role = current_role()
    return _HOMES[role]() if role in _HOMES else _plain()


def _trainee() -> str:
    page = get_trainee_home(
        get_session(),
        current_app.extensions["lms_library"],
        current_user.subject_id,
        language(),
        utc_now(),
    )
    return render_template("home/trainee.html", page=page)


def _supervisor() -> str:
    page = get_supervisor_home(
        get_session(),
        current_app.extensions["lms_library"],
        current_user,
        language(),
        utc_now(),
    )
    numbers = numbers_of(
        get_session(), [row.submission.subject_id for row, _title in page.rows]
    )
    return render_template("home/supervisor.html", page=page, numbers=numbers)


def _cohorts() -> str:
    return render_template("home/cohorts.html", rows=list_cohort_rows(get_session()))


def _author() -> str:
    kinds = {
        "framework": _("Framework"),
        "rubric": _("Rubric"),
        "directory": _("Partners and support menus"),
        "case": _("Case"),
        "lesson": _("Lesson"),
        "module": _("Module"),
    }
    rows = list_published(get_session())
    return render_template("home/author.html", rows=rows, kinds=kinds)


def _auditor() -> str:
    session = get_session()
    return render_template(
        "home/auditor.html", head=find_head(session), waiting=get_waiting(session)
    )


def _administrator() -> str:
    page = get_administrator_home(get_session())
    return render_template("home/administrator.html", page=page)


def _plain() -> str:
    return render_template("home/plain.html")


_HOMES = {
    Role.TRAINEE: _trainee,
    Role.SUPERVISOR: _supervisor,
    Role.CERTIFIER: _cohorts,
    Role.OPERATOR: _cohorts,
    Role.AUTHOR: _author,
    Role.REVIEWER: _author,
    Role.AUDITOR: _auditor,
    Role.ADMINISTRATOR: _administrator,
}
