"""A number for each request: in its log lines, its answer, and on a fault's page."""

import re
from uuid import uuid4

import structlog
from flask import Flask, Response, current_app, g, request

HEADER = "X-Request-ID"
_USABLE = re.compile(r"[A-Za-z0-9-]{8,64}")


def init_request_id(app: Flask) -> None:
    """Give every request a number: that of a trusted proxy, where it sent one."""

    @app.before_request
    def _begin() -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id())

    @app.after_request
    def _tell(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response

    @app.teardown_request
    def _end(_error: BaseException | None) -> None:
        structlog.contextvars.clear_contextvars()


def request_id() -> str:
    """Return the number of the present request."""
    if "request_id" not in g:
        sent = _sent_number()
        g.request_id = sent if _USABLE.fullmatch(sent) else uuid4().hex[:12]
    return str(g.request_id)


def _sent_number() -> str:
    """Return what the proxy sent; a browser itself must not choose our numbers."""
    if not current_app.config["LMS_SETTINGS"].trusted_proxies:
        return ""
    return request.headers.get(HEADER, "")
