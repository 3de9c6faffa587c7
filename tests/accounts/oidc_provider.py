"""A small OpenID Connect provider that runs beside the tests, and can misbehave."""

import hashlib
import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from werkzeug.serving import make_server

from lms.clock import utc_now

CLIENT_ID, CLIENT_SECRET = "tsunagu", "known to both"


@dataclass
class OidcProvider:
    """What the provider would say next; tests change the fields.

    Attributes
    ----------
    claims : dict
        Laid over the right claims of the next ID token; ``None`` leaves one out.
    fault : str
        A misbehaviour by name, or nothing.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    issuer: str = ""
    key: Any = None
    other_keys: list[dict[str, str]] = field(default_factory=list)
    key_fetches: int = 0
    granted: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rotate()

    def rotate(self, kid: str | None = None, *, ec: bool = False) -> None:
        """Sign with a new key from now on, and publish that one alone."""
        kid = kid or f"key-{utc_now().timestamp()}"
        parameters = {"kid": kid, "use": "sig", "alg": "ES256" if ec else "RS256"}
        self.key = (
            ECKey.generate_key("P-256", parameters)
            if ec
            else RSAKey.generate_key(2048, parameters)
        )

    def id_token(self, nonce: str) -> str:
        """Return the ID token, with whatever fault is asked for."""
        now = int(utc_now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": "person-1",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "email": "known@test.example",
            "email_verified": True,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.key.alg, "kid": self.key.kid}
        if self.fault == "alg none":
            return f"{_part({'alg': 'none'})}.{_part(claims)}."
        if self.fault == "shared secret":
            secret = OctKey.import_key(CLIENT_SECRET.ljust(32, "."))
            return jwt.encode({"alg": "HS256", "kid": self.key.kid}, claims, secret)
        if self.fault == "other key":
            other = RSAKey.generate_key(2048, {"kid": self.key.kid})
            return jwt.encode(header, claims, other)
        return jwt.encode(header, claims, self.key)


def _part(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def make_app(provider: OidcProvider) -> Flask:
    """Return the provider's four endpoints."""
    app = Flask(__name__)
    for path, answer in (
        ("/.well-known/openid-configuration", _discovery),
        ("/authorize", _authorize),
        ("/token", _token),
        ("/keys", _keys),
    ):
        app.add_url_rule(path, path, partial(answer, provider), methods=["GET", "POST"])
    return app


def _discovery(provider: OidcProvider) -> Response:
    if provider.fault == "discovery":
        return Response("<h1>no JSON</h1>")
    if provider.fault == "discovery list":
        return jsonify([])
    named = "https://other.example" if provider.fault == "issuer" else None
    return jsonify(
        issuer=named or provider.issuer,
        authorization_endpoint=f"{provider.issuer}/authorize",
        token_endpoint=f"{provider.issuer}/token",
        jwks_uri=f"{provider.issuer}/keys",
    )


def _authorize(provider: OidcProvider) -> Response:
    asked = request.args
    answer = {"state": asked["state"], "iss": provider.issuer}
    if provider.fault == "denied":
        answer["error"] = "access_denied"
    else:
        answer["code"] = f"code-{len(provider.granted)}"
        provider.granted[answer["code"]] = dict(asked)
    if provider.fault == "mix-up":
        answer["iss"] = "https://other.example"
    return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}")


def _token(provider: OidcProvider) -> tuple[Response, int]:
    asked = provider.granted.pop(request.form["code"], None)
    if asked is None or not _is_proven(asked):
        return jsonify(error="invalid_grant", error_description="known@x"), 400
    if provider.fault in ("token page", "token 500"):
        return Response("<h1>Sorry</h1>"), 500 if "500" in provider.fault else 200
    if provider.fault in ("drip", "flood", "silence"):
        return Response(_without_end(provider)), 200
    answer = {"access_token": "opaque", "token_type": "Bearer"}
    if provider.fault != "no id token":
        answer["id_token"] = provider.id_token(asked["nonce"])
    return jsonify(answer), 200


def _without_end(provider: OidcProvider) -> Iterator[bytes]:
    """Yield blanks for as long as the fault is asked for: few, many, or but one."""
    piece, pause = (b" " * 65536, 0) if provider.fault == "flood" else (b" ", 0.05)
    while provider.fault == "silence":
        yield piece
        piece = b""
        time.sleep(pause)
    while provider.fault:
        yield piece
        time.sleep(pause)


def _keys(provider: OidcProvider) -> Response:
    provider.key_fetches += 1
    if provider.fault == "no keys":
        return jsonify(keys=[])
    published = KeySet([provider.key]).as_dict(private=False)
    published["keys"] = [*provider.other_keys, *published["keys"]]
    return jsonify(published)


def _is_proven(asked: dict[str, str]) -> bool:
    """Say whether client and verifier of PKCE are those of the one who asked."""
    given = request.headers["Authorization"].removeprefix("Basic ")
    digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
    challenge = urlsafe_b64encode(digest).decode().rstrip("=")
    return (
        b64decode(given).decode() in (f"{CLIENT_ID}:{CLIENT_SECRET}", _FORM_ENCODED)
        and asked["code_challenge_method"] == "S256"
        and asked["code_challenge"] == challenge
        and asked["redirect_uri"] == request.form["redirect_uri"]
        and asked["scope"] == "openid email"
    )


_FORM_ENCODED = f"{CLIENT_ID}:known+to+both"


@contextmanager
def running_provider() -> Iterator[OidcProvider]:
    """Serve a provider on this machine for the length of the block."""
    provider = OidcProvider()
    server = make_server("127.0.0.1", 0, make_app(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
