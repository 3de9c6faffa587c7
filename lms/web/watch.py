"""Watching requests: one log line and one count each, by endpoint and never by path.

A path may hold the secret of a mailed link, a query what somebody searched for.
"""

import logging
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from sqlalchemy import Engine, event

_log = logging.getLogger("lms.request")
REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "tsunagu_requests_total",
    "Requests by endpoint, method and status.",
    ("endpoint", "method", "status"),
    registry=REGISTRY,
)
SECONDS = Histogram(
    "tsunagu_request_seconds",
    "Time to answer, in seconds, by endpoint.",
    ("endpoint",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
IN_FLIGHT = Gauge(
    "tsunagu_requests_in_flight",
    "Requests that are being answered.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
CONNECTIONS = Gauge(
    "tsunagu_database_connections_in_use",
    "Connections of the pool that a request or job holds.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
_QUIET = frozenset({"static", "health.alive", "health.ready", "figures.metrics"})


def init_watch(app: Flask) -> None:
    """Log and count every request but those of machines that ask each few seconds."""

    @app.before_request
    def _begin() -> None:
        g.began = perf_counter()
        if request.endpoint not in _QUIET:
            IN_FLIGHT.inc()
            g.is_in_flight = True

    @app.after_request
    def _end(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        if endpoint not in _QUIET:
            _record(endpoint, response.status_code, perf_counter() - _began())
        return response

    @app.teardown_request
    def _leave(_error: BaseException | None) -> None:
        if g.pop("is_in_flight", False):
            IN_FLIGHT.dec()


def watch_connections(engine: Engine) -> None:
    """Count the connections that are taken from the pool and given back.

    The pool also gives back those that could not be had, which nobody took.
    """

    @event.listens_for(engine, "checkout")
    def _take(_connection: Any, record: Any, _proxy: Any) -> None:
        record.record_info["is_taken"] = True
        CONNECTIONS.inc()

    @event.listens_for(engine, "checkin")
    def _give_back(_connection: Any, record: Any) -> None:
        if record.record_info.pop("is_taken", False):
            CONNECTIONS.dec()


def _began() -> float:
    """Return when the request began; a refused one may not have come that far."""
    return float(g.get("began", perf_counter()))


def _record(endpoint: str, status: int, seconds: float) -> None:
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(endpoint, method, status).inc()
    SECONDS.labels(endpoint).observe(seconds)
    _log.info(
        "request",
        extra={
            "method": method,
            "endpoint": endpoint,
            "status": status,
            "ms": round(seconds * 1000, 1),
        },
    )


_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
