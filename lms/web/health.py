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
        hurry(session, seconds=_DATABASE_SECONDS)
        if not current_app.extensions.get("lms_has_schema"):
            from lms.migrations import find_revision, list_revisions

            head = list_revisions(settings.migrations_dir)[0]
            current_app.extensions["lms_has_schema"] = (
                find_revision(session.connection()) == head
            )
    return bool(current_app.extensions["lms_has_schema"])


def _redis_answers(url: str) -> bool:
    from redis import Redis, RedisError  # for installations that use it

    try:
        with Redis.from_url(
            url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
        ) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
