"""To the provider and back; what the flow needs lies in the signed cookie meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from lms.accounts.counting import network, throttle
from lms.accounts.gate import browser_name, let_in
from lms.accounts.sign_ins import NewStay
from lms.accounts.single_sign_on.errors import (
    DeniedError,
    ProviderAwayError,
    SignOnError,
    StaleFlowError,
    TooManyFailuresError,
    UntrustedAnswerError,
)
from lms.accounts.single_sign_on.services import enter_with_identity
from lms.accounts.single_sign_on.values import Flow, Identity
from lms.clock import utc_now
from lms.oidc import OidcSettings
from lms.settings import Settings
from lms.web.access import public
from lms.web.language import language
from lms.web.session import transaction
from lms.web.targets import own_path

if TYPE_CHECKING:
    from lms.accounts.single_sign_on.provider import Provider

bp = Blueprint("single_sign_on", __name__, template_folder="templates")
_FLOW_KEY = "oidc"
_FLOW_SECONDS = 600


def init_single_sign_on(app: Flask, settings: Settings) -> None:
    """Give `app` its provider, if it has one."""
    app.extensions["lms_provider"] = None
    if settings.oidc is None:
        return
    # What asks a provider takes ten megabytes: only where there is one.
    from lms.accounts.single_sign_on.provider import Provider

    path = "/sign-in/oidc/callback"
    app.extensions["lms_provider"] = Provider(settings.oidc, settings.public_url + path)


@bp.app_template_global()
def sign_on_name() -> str | None:
    """Return what the sign-in page calls the provider, if there is one."""
    provider = _find_provider()
    if provider is None:
        return None
    names = {"ja": provider.settings.name_ja, "en": provider.settings.name_en}
    return names[language()]


@bp.get("/sign-in/oidc")
@public
def begin() -> ResponseReturnValue:
    """Send the browser to the provider."""
    provider = _provider()
    g.sign_on_target = own_path(request.args.get("target"))
    with _counted():
        begun = provider.begin()
    flow = begun.flow
    cookie[_FLOW_KEY] = {
        "state": flow.state,
        "nonce": flow.nonce,
        "verifier": flow.verifier,
        "target": g.sign_on_target,
        "at": int(utc_now().timestamp()),
    }
    return redirect(begun.url, 303)


@bp.get("/sign-in/oidc/callback")
@public
def callback() -> ResponseReturnValue:
    """Take the provider's answer, verify it, and let the person in."""
    provider = _provider()
    kept = cookie.pop(_FLOW_KEY, None)  # whatever comes of it, it works once
    g.sign_on_target = kept["target"] if isinstance(kept, dict) else None
    with _counted():
        _let_in(_identify(provider, kept), provider.settings)
    return redirect(g.sign_on_target or url_for("home.home"), 303)


@bp.app_errorhandler(SignOnError)
def refuse(error: SignOnError) -> ResponseReturnValue:
    """Say what happened and what helps; both ways in are one step away."""
    page = render_template(
        "single_sign_on/refused.html", error=error, target=g.get("sign_on_target")
    )
    return page, error.status


@contextmanager
def _counted() -> Iterator[None]:
    """Count failures, so that nobody lets us knock at the provider without end.

    Not those of the provider, which is left alone for a while by itself, and not as
    wrong passwords: the other way in stays open to a whole office behind one address.
    """
    if throttle().is_full("sign-on", network()):
        raise TooManyFailuresError
    try:
        yield
    except ProviderAwayError:
        raise
    except SignOnError:
        throttle().take("sign-on", network())
        raise


def _identify(provider: "Provider", kept: Any) -> Identity:
    now = utc_now()
    flow = _own_flow(kept, int(now.timestamp()))
    if request.args.get("error"):
        raise DeniedError
    if request.args.get("iss", provider.settings.issuer) != provider.settings.issuer:
        raise UntrustedAnswerError  # RFC 9207
    return provider.finish(request.args.get("code", ""), flow, now=now)


def _let_in(identity: Identity, settings: OidcSettings) -> None:
    now = utc_now()
    has_factor = settings.is_second_factor and identity.has_factors
    with transaction() as session:
        person = enter_with_identity(session, identity, now=now)
        stay = NewStay("oidc", browser_name(), now if has_factor else None)
        let_in(session, person, stay, now=now)


def _own_flow(kept: Any, now: int) -> Flow:
    """Return the flow that this browser began, if the answer is one to it."""
    if not isinstance(kept, dict) or now - kept["at"] > _FLOW_SECONDS:
        raise StaleFlowError
    state = request.args.get("state", "")
    if not compare_digest(state.encode(), str(kept["state"]).encode()):
        raise StaleFlowError
    return Flow(kept["state"], kept["nonce"], kept["verifier"])


def _find_provider() -> "Provider | None":
    found: Provider | None = current_app.extensions["lms_provider"]
    return found


def _provider() -> "Provider":
    provider = _find_provider()
    if provider is None:
        raise NotFound
    return provider
