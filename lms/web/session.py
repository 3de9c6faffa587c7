"""The database session of a request: one session, at most one commit."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from lms.db import Database, ReadingSession, committing
from lms.web.forms import refill_reason

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_session(app: Flask, database: Database) -> None:
    """Give `app` its database; sessions end with their request."""
    app.extensions["lms_database"] = database
    app.teardown_appcontext(_close_session)


def get_session() -> Session:
    """Return the session of this request, opened at first use."""
    session: Session | None = g.get("session")
    if session is None:
        database: Database = current_app.extensions["lms_database"]
        session = g.session = (
            database.reader()
            if request.method in _SAFE_METHODS
            else database.session(writes=True)
        )
    return session


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit what the block did in this request's session, all or nothing.

    Where a form is only shown again, nothing is committed, whatever the view does. A
    GET that writes, such as a return from elsewhere, asks for its lock at once too,
    in a session that knows nothing of what was read before.
    """
    if isinstance(g.get("session"), ReadingSession):
        _close_session()
    if "session" not in g:
        database: Database = current_app.extensions["lms_database"]
        g.session = database.session(writes=True)
    if refill_reason() is None:
        with committing(get_session()) as session:
            yield session
        return
    try:
        yield get_session()
    finally:
        get_session().rollback()


@contextmanager
def reading() -> Iterator[Session]:
    """Read apart from this request's session, and hold nothing up afterwards.

    For what must be known before slow work: on SQLite a request that may write keeps
    all others from writing from its first query on.
    """
    database: Database = current_app.extensions["lms_database"]
    with database.reader() as session:
        yield session


@contextmanager
def reading_in_pieces() -> Iterator[Session]:
    """Read in a transaction apart from this request's session: for `stream_rows`."""
    database: Database = current_app.extensions["lms_database"]
    with database.session() as session:
        yield session


@contextmanager
def before_writing() -> Iterator[Session]:
    """Read what must be known before the view runs: who asks.

    Where one writer at a time is let in, a request that may write would stand in
    everybody's way from here on, so it reads in a session that ends at once.
    """
    database: Database = current_app.extensions["lms_database"]
    if "session" in g or request.method in _SAFE_METHODS or not database.is_one_writer:
        yield get_session()
        return
    with database.reader() as session:
        yield session


@contextmanager
def separate_transaction() -> Iterator[Session]:
    """Commit the block in a session of its own.

    For a page that only reads and yet leaves a trace: the long reading holds no lock.
    """
    database: Database = current_app.extensions["lms_database"]
    with database.transaction() as session:
        yield session


def _close_session(_error: BaseException | None = None) -> None:
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()
