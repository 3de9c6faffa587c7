"""One's own data: see what is held, take it along, ask to be erased."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts.gate import own_person
from lms.accounts.queries import names_of
from lms.clock import utc_now
from lms.errors import NotFoundError
from lms.jobs.mail_files import forget_mail_files, mail_folder
from lms.permissions import Permission
from lms.privacy.forms import CarryOutForm, DeclineForm, ErasureForm
from lms.privacy.held import held_classes
from lms.privacy.models import ErasureRequest
from lms.privacy.queries import (
    find_last_settled,
    find_open_request,
    get_request,
    list_requests,
)
from lms.privacy.services.erasure import (
    Act,
    carry_out,
    decline_request,
    request_erasure,
    withdraw_request,
)
from lms.privacy.services.export import export_person
from lms.web.access import requires
from lms.web.forms import BaseForm, require_act
from lms.web.session import get_session, reading, transaction

bp = Blueprint("privacy", __name__, template_folder="templates")


@bp.get("/account/data")
@requires(Permission.DATA_SEE_OWN)
def own() -> ResponseReturnValue:
    """Say what is held, for how long, and what one can do about it."""
    return _own_page(ErasureForm(formdata=None))


@bp.post("/account/data/export")
@requires(Permission.DATA_SEE_OWN)
def export() -> ResponseReturnValue:
    """Hand everything that is held about the reader to them, as one file."""
    require_act()
    now = utc_now()
    with transaction() as session:
        content = export_person(session, own_person(), actor=own_person(), now=now)
    answer = Response(content, content_type="application/json; charset=utf-8")
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"my-data-{now:%Y-%m-%d}.json"
    )
    return answer


@bp.post("/account/data/erasure")
@requires(Permission.DATA_SEE_OWN)
def ask() -> ResponseReturnValue:
    """Ask to be erased; somebody who administers people carries it out."""
    form = ErasureForm()
    if not form.validate():
        return _own_page(form), 422
    with transaction() as session:
        request_erasure(session, current_user.subject_id, _act())
    flash(_("Your request is recorded. You can take it back until it is carried out."))
    return redirect(url_for(".own"), 303)


@bp.post("/account/data/erasure/withdraw")
@requires(Permission.DATA_SEE_OWN)
def withdraw() -> ResponseReturnValue:
    """Take one's own request back."""
    require_act()
    with transaction() as session:
        withdraw_request(session, current_user.subject_id, _act())
    flash(_("Your request is taken back."))
    return redirect(url_for(".own"), 303)


@bp.get("/admin/erasures")
@requires(Permission.PERSON_ERASE)
def requests() -> ResponseReturnValue:
    """List the requests that wait, and the last ones settled."""
    session = get_session()
    waiting = list_requests(session, is_open=True)
    names = names_of(session, [row.subject_id for row in waiting])
    return render_template(
        "privacy/requests.html",
        waiting=waiting,
        settled=list_requests(session, is_open=False, limit=20),
        names=names,
        outcomes={
            "erased": _("erased"),
            "declined": _("declined"),
            "withdrawn": _("taken back"),
        },
    )


@bp.get("/admin/erasures/<uuid:public_id>")
@requires(Permission.PERSON_ERASE)
def request(public_id: UUID) -> ResponseReturnValue:
    """Show one request, what would be deleted, and the two ways to settle it."""
    found = get_request(get_session(), public_id)
    if found.settled_at is not None:
        raise NotFoundError
    return _request_page(found)


@bp.post("/admin/erasures/<uuid:public_id>/carry-out")
@requires(Permission.PERSON_ERASE)
def erase(public_id: UUID) -> ResponseReturnValue:
    """Erase the person."""
    with transaction() as session:
        found = get_request(session, public_id)
        form = CarryOutForm()
        if not form.validate():
            return _request_page(found, form), 422
        carry_out(session, found, _act())
    with reading() as session:
        forget_mail_files(session, mail_folder(current_app.config["LMS_SETTINGS"]))
    flash(_("The person is erased."))
    return redirect(url_for(".requests"), 303)


@bp.post("/admin/erasures/<uuid:public_id>/decline")
@requires(Permission.PERSON_ERASE)
def decline(public_id: UUID) -> ResponseReturnValue:
    """Decline a request, with a reason that the person reads."""
    with transaction() as session:
        found = get_request(session, public_id)
        form = DeclineForm()
        if not form.validate():
            return _request_page(found, form), 422
        decline_request(session, found, _act(form.reason.data or ""))
    flash(_("The request is declined."))
    return redirect(url_for(".requests"), 303)


def _act(reason: str = "") -> Act:
    return Act(actor=current_user.subject_id, now=utc_now(), reason=reason)


def _own_page(form: ErasureForm) -> str:
    session = get_session()
    last = find_last_settled(session, current_user.subject_id)
    return render_template(
        "privacy/own.html",
        held=held_classes(current_app.config["LMS_SETTINGS"].retention),
        form=form,
        waiting=find_open_request(session, current_user.subject_id),
        declined=last if last and last.settlement == "declined" else None,
    )


def _request_page(
    found: ErasureRequest, refused: CarryOutForm | DeclineForm | None = None
) -> str:
    names = names_of(get_session(), [found.subject_id])
    return render_template(
        "privacy/request.html",
        found=found,
        form=refused,
        erasing=_one_of(CarryOutForm, refused),
        declining=_one_of(DeclineForm, refused),
        name=names.get(found.subject_id, ""),
    )


def _one_of(kind: type[BaseForm], refused: BaseForm | None) -> BaseForm:
    """Return the form that was refused if it is of a kind, else an empty one."""
    return refused if isinstance(refused, kind) else kind(formdata=None)
