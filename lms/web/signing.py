"""What is signed with each page: the cookie, and the token of its forms."""

from flask import Flask, current_app, g
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer

from lms.web.access import reader_key
from lms.web.product import this_request

_MARK = "~"  # in no token that is signed


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

    def _get_csrf_token(self) -> str | None:
        """Return the token as it was signed, without the reader whose page it was."""
        token: str | None = super()._get_csrf_token()
        return token and token.partition(_MARK)[0]

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse what writes without the token that its page was given."""
        if this_request().method in current_app.config["WTF_CSRF_METHODS"]:
            super().protect(apply_exemptions)


def init_signing(app: Flask) -> None:
    """Ask every write for the token that its page was given."""
    app.session_interface = _Cookies()
    _Tokens(app)
    app.jinja_env.globals["csrf_token"] = form_token
    app.context_processor(lambda: {"csrf_token": form_token})


def form_token() -> str:
    """Return the token of the forms of this page, and whose page it is.

    Stands for ``csrf_token`` in templates: a page has it in half a dozen forms.
    """
    token: str | None = g.get("form_token")
    if token is None:
        token = g.form_token = f"{generate_csrf()}{_MARK}{reader_key()}"
    return token


def is_of_another_reader(token: str) -> bool:
    """Say whether a form's page was somebody else's than who is signed in now.

    The page may have stood open in a browser that two people use. Nobody vouches for
    what the token says of that: it can only make us refuse.
    """
    _signed, _, key = token.partition(_MARK)
    return bool(key) and bool(reader_key()) and key != reader_key()
