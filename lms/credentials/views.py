"""Credentials: the public pages, the holder's own, and the certifier's."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.clock import local_day, utc_now
from lms.content.queries import Library
from lms.credentials.answers import (
    answer_file,
    answer_records,
    answer_status_list,
    publish_json,
)
from lms.credentials.certificates import answer_page
from lms.credentials.domain import FAULT_TEXTS, Purpose, issuer_profile
from lms.credentials.domain.certificate import CONTEXTS
from lms.credentials.domain.state import EventKind, possible_events
from lms.credentials.forms import FileForm, StateForm
from lms.credentials.models import Credential
from lms.credentials.queries.credentials import (
    check_credential_file,
    get_achievement,
    get_credential,
    get_credential_page,
    get_credentials_page,
    get_own_credential,
    get_verify_page,
    list_credentials_of,
)
from lms.credentials.queries.keys import get_jwks, get_public_key
from lms.credentials.services.award import award_of
from lms.credentials.services.export import EXPORTERS, ExportRequest, note_export
from lms.credentials.services.issue import IssueOrder, issue_credentials, issuer_of
from lms.credentials.services.states import (
    StateChange,
    restore_credential,
    revoke_credential,
    suspend_credential,
)
from lms.decisions.queries import get_decision, is_superseded
from lms.errors import ConflictError, NotFoundError, message
from lms.permissions import Permission
from lms.programme.queries import get_cohort
from lms.settings import Settings
from lms.web.access import public, requires
from lms.web.forms import ActForm
from lms.web.language import show_day
from lms.web.session import (
    get_session,
    reading_in_pieces,
    separate_transaction,
    transaction,
)

bp = Blueprint("credentials", __name__, template_folder="templates")
_SERVICES: Mapping[EventKind, Callable[[Session, Credential, StateChange], None]] = {
    EventKind.REVOKED: revoke_credential,
    EventKind.SUSPENDED: suspend_credential,
    EventKind.RESTORED: restore_credential,
}


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS_SETTINGS"]
    return settings


@bp.app_template_filter("first_day")
def _first_day(begins: datetime) -> str:
    """Return the day on which something begins, in the installation's zone."""
    return show_day(local_day(begins, _settings().time_zone), weekday=False)


@bp.app_template_filter("last_day")
def _last_day(ends: datetime) -> str:
    """Return the last whole day before a moment at which something is over."""
    return _first_day(ends - timedelta(seconds=1))


@bp.get("/verify/<uuid:public_id>")
@public
def verify(public_id: UUID) -> ResponseReturnValue:
    """Say to anybody whether a credential is good."""
    try:
        return _verify_page(public_id)
    except NotFoundError:
        return render_template("credentials/unknown.html"), 404


@bp.get("/verify")
@public
def check_form() -> ResponseReturnValue:
    """Offer to check a file."""
    return render_template("credentials/check.html", form=FileForm(formdata=None))


@bp.post("/verify")
@public
def check_file() -> ResponseReturnValue:
    """Check a file against the published keys, then show the state of what it is."""
    form = FileForm()
    if not form.validate():
        return render_template("credentials/check.html", form=form), 422
    checked = check_credential_file(get_session(), form.to_data(), at=utc_now())
    if checked.public_id is not None:
        return _verify_page(checked.public_id)
    fault = _(FAULT_TEXTS[checked.fault]) if checked.fault else None
    return render_template("credentials/broken.html", fault=fault)


@bp.get("/.well-known/jwks.json")
@public
def jwks() -> ResponseReturnValue:
    """Publish all public keys, retired ones too."""
    return publish_json(get_jwks(get_session()), "application/jwk-set+json")


@bp.get("/keys/<name>")
@public
def key(name: str) -> ResponseReturnValue:
    """Publish one public key: the address that `kid` names."""
    return publish_json(get_public_key(get_session(), name))


@bp.get("/issuers/<int:number>")
@public
def issuer(number: int) -> ResponseReturnValue:
    """Publish the profile of the certification body; there is one."""
    if number != 1:
        raise NotFoundError
    profile = issuer_profile(issuer_of(_settings()))
    return publish_json({"@context": list(CONTEXTS[:2]), **profile})


@bp.get("/achievements/<slug>")
@public
def achievement(slug: str) -> ResponseReturnValue:
    """Publish what is awarded, as it stood in the newest credential."""
    found = get_achievement(get_session(), slug)
    return publish_json({"@context": list(CONTEXTS[:2]), **found})


@bp.get("/status/<int:number>")
@public
def status(number: int) -> ResponseReturnValue:
    """Publish which credentials are revoked or suspended."""
    return answer_status_list(get_session(), number, Purpose.REVOCATION)


@bp.get("/status/<int:number>/suspension")
@public
def suspensions(number: int) -> ResponseReturnValue:
    """Publish which of them are suspended only."""
    return answer_status_list(get_session(), number, Purpose.SUSPENSION)


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
    if not ActForm().validate():
        abort(400)
    now, settings = utc_now(), _settings()
    library: Library = current_app.extensions["lms_library"]
    with transaction() as session:
        decision = get_decision(session, public_id)
        if is_superseded(session, decision):
            raise ConflictError(message("A later decision took the place of this one."))
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
    settings = _settings()
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
    found = get_credential(get_session(), public_id)
    form = StateForm(formdata=None, events=possible_events(found.event_kinds))
    return _credential_page(public_id, form)


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
    with transaction() as session:
        found = get_credential(session, public_id)
        form = StateForm(events=possible_events(found.event_kinds))
        if not form.validate():
            return _credential_page(public_id, form), 422
        act = StateChange(
            actor=current_user.subject_id, now=utc_now(), reason=form.reason.data
        )
        _SERVICES[form.to_event()](session, found, act)
    flash(_("The state was changed. The public page says so from now on."))
    return redirect(url_for(".credential", public_id=public_id), 303)


def _verify_page(public_id: UUID) -> str:
    page = get_verify_page(get_session(), public_id, at=utc_now())
    return render_template("credentials/verify.html", page=page)


def _credential_page(public_id: UUID, form: StateForm) -> str:
    page = get_credential_page(get_session(), public_id, at=utc_now())
    return render_template("credentials/credential.html", page=page, form=form)


def _cursor(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFoundError from error
