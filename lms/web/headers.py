"""Security headers of every answer (OWASP ASVS 5.0, chapter 3)."""

from flask import Flask, Response, request

from lms.web.assets import is_lasting

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
_YEAR_SECONDS = 31_536_000
_FOR_EVER = f"public, max-age={_YEAR_SECONDS}, immutable"


def init_headers(app: Flask, *, is_https: bool) -> None:
    """Send the headers with every answer; pages of a person are never cached."""

    @app.after_request
    def _add(response: Response) -> Response:
        response.headers.extend(
            [row for row in _HEADERS if row[0] not in response.headers]
        )
        if is_https:
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR_SECONDS}"
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        elif response.status_code == 200 and _is_lasting():
            response.headers["Cache-Control"] = _FOR_EVER
        return response


def _is_lasting() -> bool:
    name = (request.view_args or {})["filename"]
    return is_lasting(name, request.args.get("v"))
