"""What machines ask: does the process live, can it serve."""

import logging
from collections.abc import Iterator

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from lms.db import Database, hurry
from lms.settings import Settings
from lms.web.access import public

bp = Blueprint("health", __name__)
_DATABASE_SECONDS = 2
_REDIS_SECONDS = 2
_FAULTS_OF_SCHEMA = {
    "earlier": "database: not at the schema of this version (lms db upgrade)",
    "unknown": "database: has a schema that this version does not know",
}
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


def _plain(words: str) -> Response:
    return Response(f"{words}\n", mimetype="text/plain")


def _faults() -> Iterator[str]:
    settings: Settings = current_app.config["LMS_SETTINGS"]
    try:
        fault = _FAULTS_OF_SCHEMA.get(_schema_state(settings))
    except SQLAlchemyError as error:
        _log.warning("not ready: %s", type(error).__name__)
        fault = "database: does not answer"
    if fault:
        yield fault
    if settings.redis_url and not _redis_answers(settings.redis_url):
        yield "redis: does not answer"


def _schema_state(settings: Settings) -> str:
    """Ask the database each time: it may be another one than a moment ago."""
    from lms.migrations import find_state  # Alembic, which no page needs

    database: Database = current_app.extensions["lms_database"]
    with database.session() as session:
        hurry(session, seconds=_DATABASE_SECONDS)
        return find_state(session.connection(), settings.migrations_dir)


def _redis_answers(url: str) -> bool:
    from redis import Redis, RedisError  # for installations that use it

    try:
        with Redis.from_url(
            url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
        ) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
