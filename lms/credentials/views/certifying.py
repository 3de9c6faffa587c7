"""Credentials as their holder sees them, and as a certifier issues and changes them."""

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.clock import utc_now
from lms.content.queries import Library
from lms.credentials.answers import answer_file, answer_records
from lms.credentials.certificates import answer_page
from lms.credentials.domain.state import MIN_REASON_CHARACTERS
from lms.credentials.forms import MAX_REASON_CHARACTERS, StateForm
from lms.credentials.queries.credentials import (
    get_credential,
    get_credential_page,
    get_credentials_page,
    get_own_credential,
    list_credentials_of,
)
from lms.credentials.services.award import award_of
from lms.credentials.services.export import EXPORTERS, ExportRequest, note_export
from lms.credentials.services.issue import IssueOrder, issue_credentials
from lms.credentials.services.states import (
    StateChange,
    StateConflictError,
    change_state,
)
from lms.credentials.views.verifying import bp, own_settings
from lms.decisions.queries import get_decision, is_superseded
from lms.decisions.services import ensure_independent
from lms.errors import ConflictError, NotAllowedError, NotFoundError, message
from lms.permissions import Permission
from lms.programme.queries import get_cohort
from lms.web.access import requires
from lms.web.forms import require_act
from lms.web.session import (
    get_session,
    reading_in_pieces,
    separate_transaction,
    transaction,
)


@bp.get("/credentials/mine")
@requires(Permission.CREDENTIAL_SEE_OWN)
def mine() -> ResponseReturnValue:
    """List what the reader holds."""
    lines = list_credentials_of(get_session(), current_user.subject_id, at=utc_now())
    return render_template("credentials/mine.html", lines=lines)


@bp.get("/credentials/mine/<uuid:public_id>.pdf")
@requires(Permission.CREDENTIAL_SEE_OWN)
def own_page(public_id: UUID) -> ResponseReturnValue:
    """Hand the holder the certificate as a page to print, in the reader's language."""
    found = get_own_credential(get_session(), current_user.subject_id, public_id)
    return answer_page(get_session(), found)


@bp.get("/credentials/mine/<uuid:public_id>.<shape>")
@requires(Permission.CREDENTIAL_SEE_OWN)
def own_file(public_id: UUID, shape: str) -> ResponseReturnValue:
    """Hand the holder a credential as a file."""
    session = get_session()
    return answer_file(
        get_own_credential(session, current_user.subject_id, public_id), shape
    )


@bp.get("/credentials/")
@requires(Permission.CREDENTIAL_REVOKE)
def credentials() -> ResponseReturnValue:
    """List certificates, newest first."""
    page = get_credentials_page(
        get_session(), before=_cursor(request.args.get("before")), at=utc_now()
    )
    return render_template("credentials/credentials.html", page=page)


@bp.post("/credentials/issue/<uuid:public_id>")
@requires(Permission.CREDENTIAL_ISSUE)
def issue(public_id: UUID) -> ResponseReturnValue:
    """Issue what a decision awards; the address names the decision."""
    require_act()
    now, settings = utc_now(), own_settings()
    library: Library = current_app.extensions["lms_library"]
    with transaction() as session:
        decision = get_decision(session, public_id)
        if is_superseded(session, decision):
            raise ConflictError(message("A later decision took the place of this one."))
        ensure_independent(session, current_user.subject_id, decision.pack.subject_id)
        framework = library.get(session, decision.pack.framework_version_id).content
        order = IssueOrder(
            decision_id=decision.id,
            award=award_of(decision, framework, settings, now=now),
            actor=current_user.subject_id,
            now=now,
        )
        certificate = issue_credentials(session, order, settings)[0]
    flash(_("The certificate %(number)s is issued.", number=certificate.number))
    return redirect(url_for(".credential", public_id=certificate.public_id), 303)


@bp.get("/cohorts/<slug>/records.<any(csv, json):shape>")
@requires(Permission.RECORD_EXPORT)
def export(slug: str, shape: str) -> ResponseReturnValue:
    """Give the cohort's competency records as a file: signed JSON, or CSV."""
    settings = own_settings()
    library: Library = current_app.extensions["lms_library"]
    as_of = utc_now().astimezone(ZoneInfo(settings.time_zone))
    with reading_in_pieces() as session:
        found = ExportRequest(get_cohort(session, slug), as_of)
        content = EXPORTERS[shape](session, library, settings, found)
    with separate_transaction() as own:
        note_export(own, found, [content], shape=shape, actor=current_user.subject_id)
    return answer_records(content, f"records-{slug}-{as_of.date()}.{shape}")


@bp.get("/credentials/<uuid:public_id>")
@requires(Permission.CREDENTIAL_REVOKE)
def credential(public_id: UUID) -> ResponseReturnValue:
    """Show a credential, what happened to it, and what can be done."""
    return _credential_page(public_id, StateForm(formdata=None))


@bp.get("/credentials/<uuid:public_id>.pdf")
@requires(Permission.CREDENTIAL_REVOKE)
def page(public_id: UUID) -> ResponseReturnValue:
    """Hand a certifier the certificate as a page to print."""
    session = get_session()
    return answer_page(session, get_credential(session, public_id))


@bp.get("/credentials/<uuid:public_id>.<shape>")
@requires(Permission.CREDENTIAL_REVOKE)
def file(public_id: UUID, shape: str) -> ResponseReturnValue:
    """Hand a certifier a credential as a file."""
    return answer_file(get_credential(get_session(), public_id), shape)


@bp.post("/credentials/<uuid:public_id>/events")
@requires(Permission.CREDENTIAL_REVOKE)
def change(public_id: UUID) -> ResponseReturnValue:
    """Revoke, suspend or restore a credential, with a reason."""
    form = StateForm()
    with transaction() as session:
        found = get_credential(session, public_id)
        if not form.validate():
            return _credential_page(public_id, form), 422
        act = StateChange(
            actor=current_user.subject_id, now=utc_now(), reason=form.reason.data
        )
        try:
            change_state(session, found, form.to_event(), act)
        except StateConflictError as error:
            return _credential_page(public_id, form, conflict=_(error.template)), 409
        except NotAllowedError as error:  # assigned to the holder since, perhaps
            return _credential_page(public_id, form), error.status
    flash(_("The state was changed. The public page says so from now on."))
    return redirect(url_for(".credential", public_id=public_id), 303)


def _credential_page(
    public_id: UUID, form: StateForm, *, conflict: str | None = None
) -> str:
    page = get_credential_page(
        get_session(), public_id, reader=current_user.subject_id, at=utc_now()
    )
    form.offer(page.possible)
    return render_template(
        "credentials/credential.html",
        page=page,
        form=form,
        conflict=conflict,
        limits=(MIN_REASON_CHARACTERS, MAX_REASON_CHARACTERS),
    )


def _cursor(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFoundError from error


__all__ = ["bp"]
