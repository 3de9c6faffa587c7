"""What is signed with each page: the cookie, and the token of its forms."""

from flask import Flask, current_app, g
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer

from lms.web.product import this_request


class _Cookies(SecureCookieSessionInterface):
    """Cookies as Flask signs them, by a signer that is made once.

    Flask makes one for each request, though it follows from the settings alone.
    """

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads the cookies of the application."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


class _Tokens(CSRFProtect):  # type: ignore[misc]
    """Asks for the token of a form; who only reads has nothing to show."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse what writes without the token that its page was given."""
        if this_request().method in current_app.config["WTF_CSRF_METHODS"]:
            super().protect(apply_exemptions)


def init_signing(app: Flask) -> None:
    """Ask every write for the token that its page was given."""
    app.session_interface = _Cookies()
    _Tokens(app)
    app.jinja_env.globals["csrf_token"] = _token
    app.context_processor(lambda: {"csrf_token": _token})


def _token() -> str:
    """Stand for ``csrf_token`` in templates: a page has it in half a dozen forms."""
    return g.get("csrf_token") or str(generate_csrf())
