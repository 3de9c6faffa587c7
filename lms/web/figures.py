"""Figures for those who watch an installation, in the form that Prometheus reads."""

import hmac
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.clock import utc_now
from lms.db import Database, hurry
from lms.settings import env_value
from lms.web.access import public
from lms.web.watch import REGISTRY

bp = Blueprint("figures", __name__)
MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"
_DATABASE_SECONDS = 2
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that the database knows; it is asked when somebody looks."""

    name: str
    help: str
    value: float


Figures = Callable[[Session, datetime], Sequence[Figure]]


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give figures to whoever may have them: by token, or from this machine itself."""
    if not _may_measure():
        abort(404)
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


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
        registry.register(REGISTRY)
    registry.register(_FromDatabase(current_app.extensions["lms_figures"]))
    return registry


class _FromDatabase(Collector):
    """Figures that no process counts: asked anew each time."""

    def __init__(self, groups: Sequence[Figures]) -> None:
        self._groups = groups

    def collect(self) -> Iterator[Metric]:
        """Ask for each group; while the database is away there are none."""
        build = GaugeMetricFamily(
            "tsunagu_build_info", "Version of the product.", labels=("version",)
        )
        build.add_metric((version("tsunagu-lms"),), 1)
        yield build
        try:
            figures = self._ask()
        except SQLAlchemyError as error:
            _log.warning("no figures: %s", type(error).__name__)
            return
        for one in figures:
            yield GaugeMetricFamily(f"tsunagu_{one.name}", one.help, value=one.value)

    def _ask(self) -> list[Figure]:
        database: Database = current_app.extensions["lms_database"]
        now = utc_now()
        with database.session() as session:
            hurry(session, seconds=_DATABASE_SECONDS)
            return [one for group in self._groups for one in group(session, now)]
