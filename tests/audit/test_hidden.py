"""What the walk along the chain does not come by is found all the same."""

import pytest
from sqlalchemy import delete, select, text, update

from lms.audit.domain import GENESIS
from lms.audit.models import AuditBatch, AuditEvent, AuditWaiting
from lms.audit.verification import KeptHead, TrailCheck, hold_moment
from lms.db import Database, make_engine
from tests.audit.trail import at_position, faults, head, make_trail, seal, tamper, write
from tests.conftest import NOON
from tests.databases import fresh_database


@pytest.fixture
def trail(session):
    """Three batches of four rows."""
    make_trail(session)


def add_sealed_row(session, number):
    """Add an act past the product, with a seal of the batch of that number."""
    added = AuditEvent(
        at=NOON, action="pack.frozen", object_kind="pack", object_id="x", inputs={}
    )
    session.add(added)
    session.commit()
    tamper(
        session,
        "INSERT INTO audit_seals (event_id, batch_number, position, digest)"
        " VALUES (:id, :number, 13, 'x')",
        id=added.id,
        number=number,
    )


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize("number", [-1, 0])
def test_a_row_in_a_batch_before_the_first_is_found(session, database, number):
    session.add(
        AuditBatch(
            number=number,
            first_position=13,
            last_position=13,
            digest="x",
            sealed_at=NOON,
        )
    )
    session.commit()
    add_sealed_row(session, number)
    assert faults(database, kept=head(session)) == [
        ("batch_added", number, None),
        ("row_added", number, 13),
    ]


@pytest.mark.usefixtures("trail")
def test_a_row_in_a_batch_behind_the_last_is_found(session, database):
    add_sealed_row(session, 999)
    assert faults(database, kept=head(session)) == [("batch_missing", 999, 13)]


@pytest.mark.usefixtures("trail")
def test_batches_that_were_all_deleted_under_their_seals_are_found(session, database):
    tamper(session, delete(AuditBatch))
    found = faults(database)
    assert len(found) == 12
    assert found[0] == ("batch_missing", 1, 1)


@pytest.mark.usefixtures("trail")
def test_a_kept_head_of_no_batch_with_another_digest_is_found(database):
    assert faults(database, kept=KeptHead(0, GENESIS)) == []
    found = faults(database, kept=KeptHead(0, "f" * 64))
    assert found == [("chain_rewritten", 0, None)]


@pytest.mark.usefixtures("trail")
def test_a_row_that_waits_for_a_second_seal_is_found(session, database):
    tamper(session, f"INSERT INTO audit_waiting VALUES ({at_position(session, 12).id})")
    assert faults(database) == [("rows_differ", None, None)]


@pytest.mark.usefixtures("trail")
def test_a_row_that_is_gone_before_it_was_sealed_is_found(session, database):
    write(session, 99)
    session.commit()
    waiting = session.scalars(select(AuditWaiting.event_id)).one()
    session.expunge_all()
    tamper(session, delete(AuditEvent).where(AuditEvent.id == waiting))
    assert faults(database) == [("row_missing", None, None)]


ANYWHERE = [
    ("inputs", "'null'"),
    ("inputs", "'[1]'"),
    ("inputs", """'{"a": 99999999999999999999}'"""),
]
IN_SQLITE = [
    ("inputs", "'{'"),
    ("inputs", """'{"a": NaN}'"""),
    ("inputs", r"""'{"a": "\ud800"}'"""),
    ("inputs", f"'{'[' * 100_000}'"),
    ("inputs", "CAST(X'7b2261223a22ff227d' AS TEXT)"),
    ("at", "'yesterday'"),
    ("at", "''"),
    ("at", "5"),
    ("at", "'2026-11-23T03:00:05.000000'"),
    ("actor_id", "'22222222-2222-4222-8222-222222222222'"),
    ("actor_id", "'nobody'"),
    ("public_id", "'x'"),
    ("action", "CAST(action AS BLOB)"),
    ("action", "action || char(0) || 'x'"),
    ("object_kind", "CAST(X'ff' AS TEXT)"),
]
IN_POSTGRES = [
    ("at", "'infinity'"),
    ("at", "'-infinity'"),
    ("at", "at - interval '3000 years'"),
    ("at", "at + interval '90000 years'"),
    ("inputs", "CAST(repeat('[', 3000) || repeat(']', 3000) AS jsonb)"),
    ("inputs", f"CAST('{'9' * 5000}' AS jsonb)"),
]


def is_sqlite(session):
    """Say which database the tests run on."""
    return session.get_bind().dialect.name == "sqlite"


def write_plainly(session, table, column, value, where):
    """Write a value as somebody with the database's own command line would."""
    session.expunge_all()
    session.connection().exec_driver_sql(
        f"UPDATE {table} SET {column} = {value} WHERE {where}"
    )
    session.commit()


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    ("column", "value"),
    [*ANYWHERE, *IN_SQLITE, *IN_POSTGRES],
    ids=lambda part: part[:40],
)
def test_a_value_that_cannot_be_read_is_a_row_that_was_changed(
    session, database, column, value
):
    only_here = IN_SQLITE if is_sqlite(session) else IN_POSTGRES
    if (column, value) not in [*ANYWHERE, *only_here]:
        pytest.skip("the other database takes this value")
    event = at_position(session, 6)
    write_plainly(session, "audit_events", column, value, f"id = {event.id}")
    other = update(AuditEvent).where(AuditEvent.id == at_position(session, 10).id)
    tamper(session, other.values(action="x"))
    assert faults(database) == [("row_changed", 2, 6), ("row_changed", 3, 10)]


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    ("table", "column", "value", "where", "expected"),
    [
        ("audit_seals", "digest", "CAST(digest AS BLOB)", "position = 6", 6),
        ("audit_seals", "position", "'six'", "position = 6", None),
    ],
)
def test_a_seal_that_cannot_be_read_is_found(
    session, database, table, column, value, where, expected
):
    if not is_sqlite(session):
        pytest.skip("only SQLite takes such a value")
    write_plainly(session, table, column, value, where)
    assert ("row_changed", 2, expected) in faults(database)


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sealed_at", "'soon'"),
        ("first_position", "'five'"),
        ("digest", "CAST(digest AS BLOB)"),
        ("last_position", "9007199254740993"),
    ],
)
def test_a_head_of_a_batch_that_cannot_be_read_is_found(
    session, database, column, value
):
    if not is_sqlite(session):
        pytest.skip("only SQLite takes such a value")
    write_plainly(session, "audit_batches", column, value, "number = 2")
    found = faults(database)
    assert {fault[1] for fault in found} <= {2, 3}
    assert {fault[0] for fault in found} & {"batch_changed", "row_missing"}


@pytest.mark.usefixtures("trail")
def test_a_moment_beyond_all_days_in_a_head_is_found(session, database):
    if is_sqlite(session):
        pytest.skip("only PostgreSQL takes such a value")
    write_plainly(session, "audit_batches", "sealed_at", "'infinity'", "number = 2")
    assert faults(database) == [("batch_changed", 2, None)]


@pytest.mark.usefixtures("trail")
def test_a_waiting_row_that_cannot_be_read_is_found(session, database):
    write(session, 99)
    session.commit()
    waiting = session.scalars(select(AuditWaiting.event_id)).one()
    write_plainly(session, "audit_events", "inputs", "'[1]'", f"id = {waiting}")
    assert faults(database) == [("row_changed", None, None)]


@pytest.mark.concurrent
def test_what_is_sealed_while_the_trail_is_checked_is_no_fault(template_url, tmp_path):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        database = Database(engine)
        with database.session(writes=True) as session:
            make_trail(session)
            write(session, 99)
            session.commit()
        with database.session() as reading:
            hold_moment(reading)
            check = TrailCheck(reading, now=NOON)
            with database.session(writes=True) as session:
                write(session, 100)
                seal(session)
            assert list(check.faults()) == []
            assert (check.rows, check.waiting) == (12, 1)
            reading.execute(text("SELECT 1"))
        engine.dispose()
