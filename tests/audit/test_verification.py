"""Whatever somebody does to the trail past the product is found, and where."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from lms.audit.domain import BatchHead, batch_digest, leaf_digest
from lms.audit.models import AuditBatch, AuditEvent, AuditSeal, AuditWaiting
from lms.audit.queries.chain import facts_of, list_sealed_rows
from tests.audit.trail import (
    at_position,
    columns_of,
    faults,
    head,
    make_trail,
    seal,
    tamper,
    write,
)
from tests.conftest import NOON

OTHER = {
    "public_id": "00000000000040008000000000000001",
    "at": "2026-11-23 03:00:05.000001",
    "actor_id": "00000000000040008000000000000002",
    "action": "pack.thawed",
    "object_kind": "sack",
    "object_id": "another",
    "inputs": '{"digest": "0"}',
}
CASTS = {
    "public_id": "uuid",
    "actor_id": "uuid",
    "at": "timestamptz",
    "inputs": "jsonb",
}


@pytest.fixture(autouse=True)
def trail(session):
    """Three batches of four rows."""
    make_trail(session)


def set_column(session, column, event):
    """Write another value, in the text form that the database takes."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    cast = CASTS.get(column)
    value = ":value" if is_sqlite or not cast else f"CAST(:value AS {cast})"
    tamper(
        session,
        f"UPDATE audit_events SET {column} = {value} WHERE id = :id",
        value=OTHER[column],
        id=event.id,
    )


@pytest.mark.parametrize("column", [c for c in columns_of(AuditEvent) if c != "id"])
def test_a_change_of_any_column_is_found(session, database, column):
    set_column(session, column, at_position(session, 6))
    assert faults(database) == [("row_changed", 2, 6)]


def test_an_actor_who_is_taken_out_is_found(session, database):
    event = at_position(session, 6)
    tamper(
        session,
        update(AuditEvent).where(AuditEvent.id == event.id).values(actor_id=None),
    )
    assert faults(database) == [("row_changed", 2, 6)]


def test_a_row_under_another_id_is_found(session, database):
    event = at_position(session, 6)
    other = event.id + 900
    session.expunge_all()
    move = update(AuditSeal).where(AuditSeal.event_id == event.id)
    tamper(
        session,
        update(AuditEvent).where(AuditEvent.id == event.id).values(id=other),
        move.values(event_id=other),
    )
    assert faults(database) == [("row_changed", 2, 6)]


def test_a_change_whose_seal_was_changed_as_well_breaks_the_batch(session, database):
    event = at_position(session, 6)
    event.action = "pack.thawed"
    session.flush()
    forged = leaf_digest(facts_of(event), position=6)
    tamper(
        session,
        update(AuditSeal).where(AuditSeal.event_id == event.id).values(digest=forged),
    )
    assert faults(database) == [("batch_changed", 2, None)]


def forge(session, position):
    """Change a row, its seal and its batch, so that the batch by itself fits."""
    event = at_position(session, position)
    event.action = "pack.thawed"
    seal_of = session.get_one(AuditSeal, event.id)
    seal_of.digest = leaf_digest(facts_of(event), position=position)
    session.flush()
    batch = session.get_one(AuditBatch, seal_of.batch_number)
    before = session.get_one(AuditBatch, batch.number - 1)
    leaves = [row.digest for row in list_sealed_rows(session, batch.number)]
    head_of = BatchHead(
        number=batch.number,
        first_position=batch.first_position,
        last_position=batch.last_position,
        sealed_at=batch.sealed_at,
    )
    batch.digest = batch_digest(head_of, leaves, previous=before.digest)
    session.commit()


def test_a_batch_that_was_forged_whole_breaks_the_link_behind_it(session, database):
    forge(session, 6)
    assert faults(database) == [("batch_changed", 3, None)]


def test_a_trail_that_was_forged_to_its_end_is_found_with_the_kept_head(
    session, database
):
    kept = head(session)
    forge(session, 12)
    assert faults(database) == []
    assert faults(database, kept=kept) == [("chain_rewritten", 3, None)]


def test_a_row_that_is_gone_is_found_by_its_place(session, database):
    event = at_position(session, 6)
    tamper(session, delete(AuditSeal).where(AuditSeal.event_id == event.id))
    assert ("row_missing", 2, 6) in faults(database)
    tamper(session, delete(AuditEvent).where(AuditEvent.id == event.id))
    assert faults(database) == [("row_missing", 2, 6)]


def test_the_last_row_of_the_last_batch_is_missed_too(session, database):
    event = at_position(session, 12)
    tamper(session, delete(AuditSeal).where(AuditSeal.event_id == event.id))
    tamper(session, delete(AuditEvent).where(AuditEvent.id == event.id))
    assert faults(database) == [("row_missing", 3, 12)]


def test_rows_that_changed_places_are_found(session, database):
    first, second = at_position(session, 6), at_position(session, 7)
    move = update(AuditSeal)
    tamper(session, move.where(AuditSeal.event_id == first.id).values(position=99))
    tamper(session, move.where(AuditSeal.event_id == second.id).values(position=6))
    tamper(session, move.where(AuditSeal.event_id == first.id).values(position=7))
    assert faults(database)[:2] == [("row_changed", 2, 6), ("row_changed", 2, 7)]


def test_rows_that_changed_their_words_with_each_other_are_found(session, database):
    first, second = at_position(session, 6), at_position(session, 7)
    first.inputs, second.inputs = second.inputs, first.inputs
    session.commit()
    assert faults(database) == [("row_changed", 2, 6), ("row_changed", 2, 7)]


def test_a_row_that_was_added_past_the_product_is_found(session, database):
    added = AuditEvent(
        at=NOON, action="pack.frozen", object_kind="pack", object_id="x", inputs={}
    )
    session.add(added)
    session.commit()
    assert faults(database) == [("row_added", None, None)]
    assert seal(session) is None  # and does not slip in with the next batch


def test_a_row_that_was_added_into_a_batch_is_found(session, database):
    added = AuditEvent(
        at=NOON, action="pack.frozen", object_kind="pack", object_id="x", inputs={}
    )
    session.add(added)
    session.flush()
    forged = leaf_digest(facts_of(added), position=13)
    session.add(
        AuditSeal(event_id=added.id, batch_number=2, position=13, digest=forged)
    )
    session.commit()
    assert faults(database) == [("row_added", 2, 13)]


@pytest.mark.parametrize("column", ["last_position", "digest", "sealed_at"])
def test_a_change_of_a_batch_is_found(session, database, column):
    batch = session.get_one(AuditBatch, 2)
    other = {
        "last_position": 9,
        "digest": "f" * 64,
        "sealed_at": NOON + timedelta(days=9),
    }
    setattr(batch, column, other[column])
    session.commit()
    found = faults(database)
    assert found
    assert found[0][1] == 2


def test_a_batch_that_is_gone_is_found(session, database):
    batch = session.get_one(AuditBatch, 2)
    ids = select(AuditSeal.event_id).where(AuditSeal.batch_number == 2)
    gone = session.scalars(ids).all()
    tamper(session, delete(AuditSeal).where(AuditSeal.batch_number == 2))
    tamper(session, delete(AuditEvent).where(AuditEvent.id.in_(gone)))
    tamper(session, delete(AuditBatch).where(AuditBatch.number == batch.number))
    assert faults(database) == [("batch_missing", 2, None)]


def test_batches_that_close_the_gap_of_one_that_is_gone_are_found(session, database):
    gone = session.scalars(
        select(AuditSeal.event_id).where(AuditSeal.batch_number == 2)
    ).all()
    tamper(session, delete(AuditSeal).where(AuditSeal.batch_number == 2))
    tamper(session, delete(AuditEvent).where(AuditEvent.id.in_(gone)))
    tamper(session, delete(AuditBatch).where(AuditBatch.number == 2))
    third = session.get_one(AuditBatch, 3)
    session.add(
        AuditBatch(
            number=2,
            first_position=5,
            last_position=8,
            digest=third.digest,
            sealed_at=third.sealed_at,
        )
    )
    session.flush()
    tamper(
        session,
        update(AuditSeal)
        .where(AuditSeal.batch_number == 3)
        .values(batch_number=2, position=AuditSeal.position - 4),
    )
    tamper(session, delete(AuditBatch).where(AuditBatch.number == 3))
    found = faults(database)
    assert ("row_changed", 2, 5) in found
    assert ("batch_changed", 2, None) in found


def test_an_end_that_was_cut_off_is_found_with_the_kept_head_only(session, database):
    kept = head(session)
    gone = session.scalars(
        select(AuditSeal.event_id).where(AuditSeal.batch_number == 3)
    ).all()
    tamper(session, delete(AuditSeal).where(AuditSeal.batch_number == 3))
    tamper(session, delete(AuditEvent).where(AuditEvent.id.in_(gone)))
    tamper(session, delete(AuditBatch).where(AuditBatch.number == 3))
    assert faults(database) == []
    assert faults(database, kept=kept) == [("chain_truncated", 3, None)]


def test_a_whole_trail_that_was_emptied_is_found_with_the_kept_head(session, database):
    kept = head(session)
    for model in (AuditSeal, AuditBatch, AuditEvent):
        tamper(session, delete(model))
    assert faults(database, kept=kept) == [("chain_truncated", 3, None)]


def test_the_kept_head_still_holds_after_the_trail_has_grown(session, database):
    kept = head(session)
    write(session, 99)
    seal(session)
    assert faults(database, kept=kept) == []


def test_a_row_that_waits_too_long_is_a_fault_and_a_fresh_one_is_none(
    session, database
):
    write(session, 99)
    session.commit()
    assert faults(database) == []
    late = NOON + timedelta(hours=2)
    assert faults(database, now=late) == [("not_sealed", None, None)]


def test_a_row_whose_waiting_was_struck_out_is_found(session, database):
    write(session, 99)
    session.commit()
    tamper(session, delete(AuditWaiting))
    assert faults(database) == [("row_added", None, None)]
