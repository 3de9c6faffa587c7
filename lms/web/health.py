"""What machines ask: alive, ready, figures."""

import hmac
import logging
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis import Redis, RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.db import Database
from lms.migrations import find_revision, list_revisions
from lms.settings import Settings, env_value
from lms.web.access import public
from lms.web.watch import REGISTRY

bp = Blueprint("health", __name__)
Gauge = Callable[[Session], float]
MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
_REDIS_SECONDS = 2
_log = logging.getLogger(__name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Say that the process answers; asks nothing of anybody else."""
    return _plain("ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Say whether requests can be served, or which part keeps them from it."""
    faults = list(_faults())
    if not faults:
        return _plain("ok")
    return _plain("\n".join(faults)), 503


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give figures to whoever may have them: by token, or from this machine itself."""
    if not _may_measure():
        abort(404)
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _plain(words: str) -> Response:
    return Response(f"{words}\n", mimetype="text/plain")


def _faults() -> Iterator[str]:
    settings: Settings = current_app.config["LMS_SETTINGS"]
    try:
        if not _has_schema(settings):
            yield "database: not at the schema of this version (lms db upgrade)"
    except SQLAlchemyError as error:
        _log.warning("not ready: %s", type(error).__name__)
        yield "database: does not answer"
    if settings.redis_url and not _redis_answers(settings.redis_url):
        yield "redis: does not answer"


def _has_schema(settings: Settings) -> bool:
    """Ask the database; its schema is compared until it fits, then never again."""
    database: Database = current_app.extensions["lms_database"]
    with database.session() as session:
        session.execute(text("SELECT 1"))
        if not current_app.extensions.get("lms_has_schema"):
            head = list_revisions(settings.migrations_dir)[0]
            current_app.extensions["lms_has_schema"] = (
                find_revision(session.connection()) == head
            )
    return bool(current_app.extensions["lms_has_schema"])


def _redis_answers(url: str) -> bool:
    try:
        with Redis.from_url(
            url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
        ) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def _may_measure() -> bool:
    """Let in who has the token; without one, only this machine, and not a proxy."""
    token = current_app.config["LMS_SETTINGS"].metrics_token
    if token:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    is_direct = not any(name in request.headers for name in _FORWARDED)
    return is_direct and request.remote_addr in _LOOPBACK


def _registry() -> CollectorRegistry:
    """Return the figures of this process, or of all of them where they share."""
    registry = CollectorRegistry()
    if env_value(MULTIPROCESS_DIR):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Requests())
    registry.register(_Gauges(current_app.extensions["lms_gauges"]))
    return registry


class _Requests(Collector):
    def collect(self) -> Iterable[Metric]:
        """Hand on what was counted."""
        return REGISTRY.collect()


class _Gauges(Collector):
    """Figures that are asked of the database when somebody looks."""

    def __init__(self, gauges: dict[str, Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        """Ask each; while the database is away there are none."""
        build = GaugeMetricFamily(
            "tsunagu_build_info", "Version of the product.", labels=("version",)
        )
        build.add_metric((version("tsunagu-lms"),), 1)
        yield build
        database: Database = current_app.extensions["lms_database"]
        try:
            with database.session() as session:
                for name, ask in self._gauges.items():
                    yield GaugeMetricFamily(
                        f"tsunagu_{name}", name.replace("_", " "), value=ask(session)
                    )
        except SQLAlchemyError as error:
            _log.warning("no figures: %s", type(error).__name__)
