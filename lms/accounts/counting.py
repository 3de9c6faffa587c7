"""Whom a failure counts for, and browsers that are known to an account.

Anybody can fail on purpose with somebody else's address. So that this locks nobody
out, a browser in which the account was signed in before, or for which a mailed link
was used, has a counter of its own (OWASP, "Slow Down Online Guessing Attacks with
Device Cookies"). Everybody else shares the account's counter.
"""

import math
import secrets
from typing import Any

from flask import Response, after_this_request, current_app, request
from flask_babel import ngettext
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lms.accounts.domain.address import normalise_address
from lms.accounts.throttle import Throttle, network_of

_COOKIE = "tsunagu-known"
_KNOWN_SECONDS = 180 * 24 * 60 * 60
_NONCE_BYTES = 16


def throttle() -> Throttle:
    """Return the counters of this application."""
    found: Throttle = current_app.extensions["lms_throttle"]
    return found


def network() -> str:
    """Return whom the address of this request stands for."""
    return network_of(request.remote_addr)


def counted_account(email: str) -> str:
    """Return whom failures with this address count for."""
    name = normalise_address(email)
    known = _read_cookie()
    is_known = known.get("account") == throttle().digest("known", name)
    return f"browser/{known['nonce']}" if is_known else f"account/{name}"


def know_browser(email: str) -> None:
    """Give this browser a counter of its own for the account, once it has shown it."""
    account = throttle().digest("known", normalise_address(email))
    if _read_cookie().get("account") == account:
        return
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    value = _serializer().dumps({"account": account, "nonce": nonce})

    @after_this_request
    def _keep(response: Response) -> Response:
        response.set_cookie(
            _cookie_name(),
            value,
            max_age=_KNOWN_SECONDS,
            secure=_is_https(),
            httponly=True,
            samesite="Lax",
        )
        return response


def too_many_attempts(seconds: int) -> str:
    """Say when to try again."""
    return str(
        ngettext(
            "There were too many attempts. Wait a minute, then try again.",
            "There were too many attempts. Wait %(num)d minutes, then try again.",
            math.ceil(seconds / 60),
        )
    )


def _read_cookie() -> dict[str, Any]:
    try:
        found = _serializer().loads(
            request.cookies.get(_cookie_name(), ""), max_age=_KNOWN_SECONDS
        )
    except BadSignature:
        return {}
    return dict(found)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="known-browser")


def _cookie_name() -> str:
    return f"__Host-{_COOKIE}" if _is_https() else _COOKIE


def _is_https() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
