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
        if request.method in _SAFE_METHODS:
            session = g.session = _database().reader()
        else:
            session = _open_writer()
    return session


def _database() -> Database:
    database: Database = current_app.extensions["lms_database"]
    return database


def _open_writer() -> Session:
    """Go on with a session that may write; it knows nothing of what was read before."""
    _close_session()
    g.session = _database().session(writes=True)
    session: Session = g.session
    return session


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit what the block did in this request's session, all or nothing.

    Where a form is only shown again, nothing is committed, whatever the view does. A
    GET that writes, such as a return from elsewhere, asks for its lock at once too.
    """
    session = g.get("session")
    if session is None or isinstance(session, ReadingSession):
        session = _open_writer()
    if refill_reason() is None:
        with committing(session):
            yield session
        return
    try:
        yield session
    finally:
        session.rollback()


@contextmanager
def reading() -> Iterator[Session]:
    """Read apart from this request's session, and hold nothing up afterwards.

    For what must be known before slow work: on SQLite a request that may write keeps
    all others from writing from its first query on.
    """
    with _database().reader() as session:
        yield session


@contextmanager
def reading_in_pieces() -> Iterator[Session]:
    """Read in a transaction apart from this request's session: for `stream_rows`."""
    with _database().session() as session:
        yield session


@contextmanager
def before_writing() -> Iterator[Session]:
    """Read what must be known before something is written, such as who asks.

    Where one writer at a time is let in, a request that may write would stand in
    everybody's way from here on, so it reads in a session that locks nothing and ends
    where the writing begins.
    """
    is_alone = request.method not in _SAFE_METHODS and _database().is_one_writer
    if "session" in g or not is_alone:
        yield get_session()
        return
    if "reader" not in g:
        g.reader = _database().reader()
    yield g.reader


@contextmanager
def separate_transaction() -> Iterator[Session]:
    """Commit the block in a session of its own.

    For a page that only reads and yet leaves a trace: the long reading holds no lock.
    """
    with _database().transaction() as session:
        yield session


def _close_session(_error: BaseException | None = None) -> None:
    for name in ("reader", "session"):
        session: Session | None = g.pop(name, None)
        if session is not None:
            session.close()
