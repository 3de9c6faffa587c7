"""A sealed trail for tests, and ways to tamper with it past the product."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, delete, select, text

from lms.audit.models import AuditBatch, AuditEvent, AuditSeal, AuditWaiting
from lms.audit.services import record_audit, seal_events
from lms.audit.verification import KeptHead, TrailCheck, hold_moment
from lms.db import Base
from tests.conftest import NOON

ACTOR = UUID("22222222-2222-4222-8222-222222222222")


def clear(session):
    """Begin with an empty trail: the shipped content was published before."""
    for model in (AuditSeal, AuditWaiting, AuditBatch, AuditEvent):
        session.execute(delete(model))
    session.commit()


def write(session, number, *, now=NOON):
    """Record one act."""
    record_audit(
        session,
        "records.exported",  # no fact of another table has to go with it
        ("cohort", uuid4()),
        actor=ACTOR,
        now=now + timedelta(seconds=number),
        digest=f"{number:064x}",
        shape="csv",
    )


def seal(session, *, now=NOON, **limits):
    """Seal what waits, and commit."""
    batch = seal_events(session, now=now + timedelta(minutes=1), **limits)
    session.commit()
    return batch


def make_trail(session, *, batches=3, rows=4):
    """Write and seal some batches, and commit."""
    clear(session)
    for number in range(batches):
        for row in range(rows):
            write(session, number * rows + row)
        seal(session)


def at_position(session, position):
    """Return the event that stands at a position."""
    return session.scalars(
        select(AuditEvent)
        .join(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditSeal.position == position)
    ).one()


def head(session):
    """Return the head as an operator keeps it."""
    last = session.scalars(
        select(AuditBatch).order_by(AuditBatch.number.desc()).limit(1)
    ).one()
    return KeptHead(last.number, last.digest)


def faults(database, *, kept=None, now=NOON + timedelta(minutes=2)):
    """Check the trail in a session of its own: (kind, batch, position) of each."""
    with database.session() as session:
        if isinstance(session.get_bind(), Engine):  # else nobody writes meanwhile
            hold_moment(session)
        found = TrailCheck(session, now=now).faults(kept)
        return [(fault.kind.value, fault.batch, fault.position) for fault in found]


def tamper(session, *statements, **values):
    """Change the database as somebody would who has its password."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    unguard = "PRAGMA defer_foreign_keys=ON"
    if not is_sqlite:
        unguard = "SET LOCAL session_replication_role = replica"
    session.execute(text(unguard))
    for statement in statements:
        plain = text(statement) if isinstance(statement, str) else statement
        session.execute(plain, values or None)
    session.commit()


def columns_of(model):
    """Return the names of a table's columns."""
    return [column.name for column in Base.metadata.tables[model.__tablename__].columns]
