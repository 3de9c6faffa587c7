"""The public pages: whether a credential is good, and what is published about it."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, current_app, render_template
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.clock import local_day, utc_now
from lms.credentials.answers import answer_status_list, publish_json
from lms.credentials.domain import FAULT_TEXTS, OTHER_FILES, Purpose, issuer_profile
from lms.credentials.domain.certificate import CONTEXTS
from lms.credentials.forms import FileForm
from lms.credentials.queries.credentials import (
    check_credential_file,
    get_achievement,
    get_verify_page,
)
from lms.credentials.queries.issued import find_certificate_of
from lms.credentials.queries.keys import get_jwks, get_public_key
from lms.credentials.services.issue import issuer_of
from lms.errors import NotFoundError
from lms.settings import Settings
from lms.web.access import public
from lms.web.language import show_day
from lms.web.session import get_session

bp = Blueprint("credentials", __name__, template_folder="../templates")


@bp.record_once
def _answer_packages_below(state: BlueprintSetupState) -> None:
    """Tell a decision's page which certificate it gave; it may not ask us."""
    state.app.extensions["lms_certificate_of"] = find_certificate_of


def own_settings() -> Settings:
    """Return the settings of this installation."""
    settings: Settings = current_app.config["LMS_SETTINGS"]
    return settings


@bp.app_template_filter("first_day")
def _first_day(begins: datetime) -> str:
    """Return the day on which something begins, in the installation's zone."""
    return show_day(local_day(begins, own_settings().time_zone), weekday=False)


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
    if checked.fault in OTHER_FILES:
        return render_template("credentials/other_file.html", kind=checked.fault.value)
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
    profile = issuer_profile(issuer_of(own_settings()))
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


def _verify_page(public_id: UUID) -> str:
    page = get_verify_page(get_session(), public_id, at=utc_now())
    return render_template("credentials/verify.html", page=page)
