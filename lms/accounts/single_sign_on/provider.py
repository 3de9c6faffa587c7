"""Talking to the provider: authorisation code with PKCE, and a verified ID token.

OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3; RFC 7636 (PKCE, S256). Authlib makes
the requests and checks the claims, joserfc the signature.
"""

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from requests import ConnectionError as RequestsConnectionError
from requests import RequestException, Timeout

from lms.accounts.single_sign_on.errors import (
    ProviderAwayError,
    UntrustedAnswerError,
)
from lms.accounts.single_sign_on.patience import Patience, bound
from lms.accounts.single_sign_on.values import Begun, Flow, Identity
from lms.oidc import OidcSettings

# Neither "none" nor a shared secret: the provider alone can sign with these.
_ALGORITHMS = ["RS256", "ES256"]
_LEEWAY_SECONDS = 60  # clocks differ
_TOKEN_CHARACTERS = 48
_MOST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2
_DISCOVERY = "/.well-known/openid-configuration"
_log = logging.getLogger(__name__)
# At DEBUG the library writes the verifier of PKCE.
logging.getLogger("authlib").setLevel(logging.INFO)


class Provider:
    """The provider of this installation; what it publishes is kept until it fails."""

    def __init__(
        self,
        settings: OidcSettings,
        redirect_uri: str,
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        self.settings = settings
        self._patience = patience
        self._redirect_uri = redirect_uri
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None
        self._rests_until = 0.0

    def begin(self) -> Begun:
        """Make the address at which the person signs in.

        Raises
        ------
        ProviderAwayError
            The provider does not say where that is.
        """
        flow = Flow(*(generate_token(_TOKEN_CHARACTERS) for _ in range(3)))
        endpoint = self._discover()["authorization_endpoint"]
        with self._session() as session:
            url, _state = session.create_authorization_url(
                endpoint,
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
        return Begun(url, flow)

    def finish(self, code: str, flow: Flow, *, now: datetime) -> Identity:
        """Exchange the code for an ID token, and verify it.

        Raises
        ------
        ProviderAwayError
            The provider does not answer.
        UntrustedAnswerError
            It refuses the code, or the token is not what it should be.
        """
        try:
            token = self._fetch_token(code, flow)
            claims = self._verify(token, flow, now=now)
        except (UntrustedAnswerError, ProviderAwayError):
            self._forget()  # it may have moved
            raise
        return self._identity(claims)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        subject, email = claims["sub"], claims.get("email")
        if not _is_words(subject) or len(subject) > _MOST_SUBJECT:
            raise UntrustedAnswerError
        # A string "true" or a missing claim is no verification.
        is_verified = claims.get("email_verified") is True and _is_words(email)
        return Identity(
            issuer=self.settings.issuer,
            subject=subject,
            email=email if is_verified else None,
            has_factors="mfa" in (claims.get("amr") or []),
        )

    def _fetch_token(self, code: str, flow: Flow) -> Mapping[str, Any]:
        endpoint = self._discover()["token_endpoint"]
        try:
            with self._session() as session:
                found: Mapping[str, Any] = session.fetch_token(
                    endpoint, code=code, code_verifier=flow.verifier
                )
        except RequestException as error:
            raise self._away(error) from None
        except (AuthlibBaseError, ValueError) as error:
            raise _untrusted(error) from None
        return found

    def _verify(
        self, token: Mapping[str, Any], flow: Flow, *, now: datetime
    ) -> Mapping[str, Any]:
        text = token.get("id_token")
        if not isinstance(text, str):
            raise UntrustedAnswerError
        try:
            signed = self._open(text)
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                {
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                },
                {
                    "nonce": flow.nonce,
                    "client_id": self.settings.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
            raise _untrusted(error) from None
        return dict(claims)

    def _open(self, text: str) -> jwt.Token:
        """Check the signature; fetch the keys again once, in case they rotated."""
        try:
            return jwt.decode(text, self._key_set(), algorithms=_ALGORITHMS)
        except (InvalidKeyIdError, BadSignatureError):
            self._keys = None
            return jwt.decode(text, self._key_set(), algorithms=_ALGORITHMS)

    def _discover(self) -> Mapping[str, Any]:
        """Return what the provider says of itself (OpenID Connect Discovery 1.0)."""
        if self._metadata is None:
            found = self._get_json(self.settings.issuer.rstrip("/") + _DISCOVERY)
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if found.get("issuer") != self.settings.issuer or not all(
                isinstance(found.get(name), str) for name in needed
            ):
                _log.warning("the sign-in service publishes unusable metadata")
                raise ProviderAwayError
            self._metadata = found
        return self._metadata

    def _key_set(self) -> KeySet:
        if self._keys is None:
            published = self._get_json(self._discover()["jwks_uri"]).get("keys")
            if not isinstance(published, list):
                raise UntrustedAnswerError
            self._keys = KeySet([key for part in published if (key := _read_key(part))])
        return self._keys

    def _get_json(self, url: str) -> dict[str, Any]:
        try:
            with self._session() as session:
                answer = session.get(url, withhold_token=True)
                answer.raise_for_status()
                found = answer.json()
        except RequestException as error:
            raise self._away(error) from None
        if not isinstance(found, dict):
            raise ProviderAwayError
        return found

    def _session(self) -> OAuth2Session:
        if time.monotonic() < self._rests_until:
            raise ProviderAwayError
        session = OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret,
            scope="openid email",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            default_timeout=self._patience.silence_seconds,
        )
        bound(session, self._patience)
        return session

    def _away(self, error: RequestException) -> ProviderAwayError:
        """Let the provider rest if it did not answer at all.

        To wait for that holds a process for seconds, and anybody can click.
        """
        _log.warning("the sign-in service is away: %s", type(error).__name__)
        if isinstance(error, (RequestsConnectionError, Timeout)):
            self._rests_until = time.monotonic() + self._patience.rest_seconds
        return ProviderAwayError()

    def _forget(self) -> None:
        self._metadata = self._keys = None


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and value != ""


def _read_key(published: Any) -> Key | None:
    """Return a key; what we cannot read may be for others (RFC 7517, section 5)."""
    try:
        return JWKRegistry.import_key(published)
    except (JoseError, AttributeError, KeyError, TypeError, ValueError):
        return None


def _untrusted(error: Exception) -> UntrustedAnswerError:
    """Name the class alone: its text may quote a token or an address."""
    _log.warning(
        "an answer of the sign-in service is refused: %s", type(error).__name__
    )
    return UntrustedAnswerError()
