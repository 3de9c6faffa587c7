"""Tables' base, column types, the engine, and the one function that commits."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    Row,
    Select,
    Update,
    create_engine,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from lms.sqlite import make_sqlite_engine

IntPk = Annotated[
    int,
    mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
]
Json = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware and in UTC on both sides; SQLite would lose the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Refuse naive moments, which would mean another zone on each machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its zone")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Give the zone back that SQLite does not store."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of all tables; names of constraints are fixed for migrations."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def make_engine(url: str, *, lock_seconds: int | None = None) -> Engine:
    """Return an engine whose errors quote no values, which would end in a log.

    Parameters
    ----------
    lock_seconds : int, optional
        How long a statement of PostgreSQL waits for a lock before it fails. Commands
        wait as long as it takes; a few pages that did would keep all others waiting.
    """
    if url.startswith("sqlite"):
        return make_sqlite_engine(url)
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 3,
            "tcp_user_timeout": 20_000,
            **_lock_options(url, lock_seconds),
        },
    )


def _lock_options(url: str, seconds: int | None) -> dict[str, str]:
    if seconds is None:
        return {}
    given = make_url(url).query.get("options", "")
    return {"options": f"{given} -c lock_timeout={seconds * 1000}".strip()}


def read_rows(
    session: Session, statement: Executable, given: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """Run a SELECT of columns past the objects in memory, seeing what they changed.

    Half of what a small query costs is the session's care for objects.
    """
    session.flush()
    return session.connection().execute(statement, given).all()


def stream_rows(session: Session, statement: Select[Any]) -> Iterator[Row[Any]]:
    """Run a SELECT of columns, with only a piece of its rows in memory at a time.

    PostgreSQL hands rows out in pieces within a transaction only, so a session of
    `Database.reader` cannot do this; one of `Database.session` can.
    """
    session.flush()
    yield from session.connection().execute(
        statement, execution_options={"yield_per": 1000}
    )


def change_rows(session: Session, statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE past the objects in memory; count the rows."""
    result = session.execute(
        statement, execution_options={"synchronize_session": False}
    )
    return cast("CursorResult[Any]", result).rowcount


def lock_table(session: Session, name: str) -> None:
    """Let nobody else write to a table until this transaction ends.

    A transaction that writes has SQLite's whole database to itself already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))


def lock_rows(session: Session, query: Select[Any], given: dict[str, Any]) -> None:
    """Wait until nobody else writes to the rows of a query, and keep others out.

    In a query of its own: after waiting, PostgreSQL reads the locked rows anew, but
    not what is joined to them. A transaction that writes has SQLite's whole database
    to itself already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(query.with_for_update(), given)


def hurry(session: Session, *, seconds: int) -> None:
    """Reach the database, and let no statement of this transaction take longer.

    SQLite reads without waiting for anybody.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL statement_timeout = {seconds * 1000}"))
    else:
        session.execute(text("SELECT 1"))


@contextmanager
def committing(session: Session) -> Iterator[Session]:
    """Commit `session` when the block ends well, else roll back: nothing in between."""
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


class ReadingSession(Session):
    """Reads only: what would be written is a fault of ours, and is refused.

    One connection for all that it reads, taken without the care that a session gives
    to transactions: it costs as much as the smallest query.
    """

    def __init__(self, bind: Engine | Connection, **options: Any) -> None:
        super().__init__(bind, **options)
        self._source = bind
        self._taken: Connection | None = None

    def get_bind(self, *_about: Any, **_more: Any) -> Connection:
        """Return the connection, for objects and for `connection` alike."""
        if isinstance(self._source, Connection):
            return self._source
        if self._taken is None:
            self._taken = self._source.connect()
        return self._taken

    def connection(self, *_about: Any, **_more: Any) -> Connection:
        """Return the connection as it is."""
        return self.get_bind()

    def close(self) -> None:
        """Give the connection back; what only read columns has no objects to let go."""
        if self.identity_map or self.in_transaction():
            super().close()
        if self._taken is not None:
            self._taken.close()
            self._taken = None

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write nothing.

        Raises
        ------
        RuntimeError
            Something was added, changed or deleted.
        """
        if self.new or self.deleted or any(map(self.is_modified, self.dirty)):
            raise RuntimeError("a session that only reads was given something to write")


class Database:
    """Makes sessions for one engine (or, in tests, for one open connection)."""

    def __init__(self, bind: Engine | Connection, **session_options: Any) -> None:
        self._reads = self._pages = bind
        if isinstance(bind, Engine):
            # Each statement of PostgreSQL sees what is committed by then, within a
            # transaction too. Without one, two round trips less; and psycopg forgets
            # all prepared statements at each ROLLBACK, by which a page ends.
            none = (
                {"isolation_level": "AUTOCOMMIT"}
                if bind.dialect.name == "postgresql"
                else {"begin_mode": "NONE"}
            )
            self._pages = bind.execution_options(**none)
        self._writes = (
            bind.execution_options(begin_mode="IMMEDIATE")
            if isinstance(bind, Engine)
            else bind
        )
        self._session_options = session_options

    @property
    def is_one_writer(self) -> bool:
        """Say whether a session that may write keeps all others from writing."""
        return self._reads.dialect.name == "sqlite" and isinstance(self._reads, Engine)

    @property
    def engine(self) -> Engine:
        """Return the engine, of which each process must have its own."""
        return self._reads if isinstance(self._reads, Engine) else self._reads.engine

    def session(self, *, writes: bool = False) -> Session:
        """Return a new session; the caller closes it."""
        return Session(
            self._writes if writes else self._reads,
            expire_on_commit=False,
            **self._session_options,
        )

    def reader(self) -> ReadingSession:
        """Return a session for a page that only reads; the caller closes it."""
        return ReadingSession(
            self._pages, expire_on_commit=False, **self._session_options
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session for one unit of work, and commit it at the end."""
        with self.session(writes=True) as session, committing(session):
            yield session


@contextmanager
def open_database(url: str) -> Iterator[Database]:
    """Connect for the length of a command, and leave no connection behind."""
    engine = make_engine(url)
    try:
        yield Database(engine)
    finally:
        engine.dispose()
