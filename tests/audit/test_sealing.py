"""Rows are sealed once, in order, whenever they were committed; nothing forks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditBatch, AuditEvent, AuditSeal, AuditWaiting
from lms.audit.queries.chain import get_waiting
from lms.audit.services import record_audit, seal_events
from lms.db import Database, make_engine
from tests.audit.trail import ACTOR, clear, faults, make_trail, seal, write
from tests.conftest import NOON
from tests.databases import fresh_database


def positions(session):
    return session.scalars(
        select(AuditSeal.position).order_by(AuditSeal.position)
    ).all()


def test_what_waits_is_sealed_in_one_batch_chained_to_the_one_before(session, database):
    make_trail(session, batches=2, rows=3)
    first, second = session.scalars(select(AuditBatch).order_by(AuditBatch.number))
    assert (first.number, first.first_position, first.last_position) == (1, 1, 3)
    assert (second.number, second.first_position, second.last_position) == (2, 4, 6)
    assert first.digest != second.digest
    assert positions(session) == [1, 2, 3, 4, 5, 6]
    assert get_waiting(session).count == 0
    assert faults(database) == []


def test_with_nothing_to_seal_no_batch_is_made(session):
    clear(session)
    assert seal(session) is None
    make_trail(session, batches=1, rows=1)
    assert seal(session) is None
    assert session.scalar(select(func.count()).select_from(AuditBatch)) == 1


def test_a_batch_holds_no_more_rows_than_its_limit(session, database):
    clear(session)
    for number in range(5):
        write(session, number)
    sizes = []
    while batch := seal(session, limit=2):
        sizes.append(batch.last_position - batch.first_position + 1)
    assert sizes == [2, 2, 1]
    assert faults(database) == []


def test_a_row_that_commits_late_with_a_lower_id_is_sealed_later(session, database):
    make_trail(session, batches=1, rows=2)
    lowest = session.scalar(select(func.min(AuditEvent.id)))
    late = AuditEvent(
        id=lowest - 1,
        at=NOON,
        actor_id=ACTOR,
        action="pack.frozen",
        object_kind="pack",
        object_id="late",
        inputs={},
        waiting=AuditWaiting(),
    )
    session.add(late)
    session.commit()
    assert seal(session).number == 2
    assert session.get_one(AuditSeal, late.id).position == 3
    assert faults(database) == []


def test_an_act_that_is_rolled_back_leaves_no_row_and_nothing_that_waits(session):
    clear(session)
    write(session, 1)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0
    assert get_waiting(session).count == 0


@pytest.mark.parametrize("value", [2**60, float("nan"), object()])
def test_what_could_not_be_sealed_is_refused_with_the_act(session, value):
    with pytest.raises((ValueError, TypeError)):
        record_audit(
            session, "pack.frozen", ("pack", "1"), actor=None, now=NOON, value=value
        )


def test_rows_say_after_sealing_what_they_said_before(session, database):
    clear(session)
    record_audit(
        session,
        "pack.frozen",
        ("pack", "日本語"),
        actor=None,
        now=NOON.replace(microsecond=123456),
        list=[1, "二", None, {"b": 1.5, "a": True}],
        supersedes=None,
        roles=("a", "b"),
    )
    seal(session)
    assert faults(database) == []


@pytest.mark.concurrent
def test_sealers_at_once_do_not_fork_the_chain_and_lose_nothing(template_url, tmp_path):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        own = Database(engine)
        with own.session(writes=True) as session:
            clear(session)
        barrier = Barrier(6)

        def write_rows(number):
            barrier.wait()
            for row in range(10):
                with own.transaction() as session:
                    write(session, number * 10 + row)

        def seal_rows(_number):
            barrier.wait()
            for turn in range(10):
                with own.transaction() as session:
                    seal_events(session, now=NOON + timedelta(minutes=turn), limit=7)

        with ThreadPoolExecutor(6) as pool:
            work = [pool.submit(write_rows, number) for number in range(3)]
            work += [pool.submit(seal_rows, number) for number in range(3)]
            for done in work:
                done.result()
        while True:
            with own.transaction() as session:
                if seal_events(session, now=NOON + timedelta(hours=1)) is None:
                    break
        with own.session() as session:
            assert positions(session) == list(range(1, 31))
            numbers = session.scalars(select(AuditBatch.number)).all()
            assert sorted(numbers) == list(range(1, len(numbers) + 1))
        assert faults(own) == []
        engine.dispose()


@pytest.mark.concurrent
def test_the_trail_verifies_while_it_grows(template_url, tmp_path):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        own = Database(engine)
        with own.session(writes=True) as session:
            make_trail(session)
        barrier = Barrier(2)

        def grow():
            barrier.wait()
            for number in range(20):
                with own.transaction() as session:
                    write(session, number)
                with own.transaction() as session:
                    seal_events(session, now=NOON)

        with ThreadPoolExecutor(1) as pool:
            growing = pool.submit(grow)
            barrier.wait()
            for _ in range(10):
                assert faults(own) == []
            growing.result()
        assert faults(own) == []
        engine.dispose()
