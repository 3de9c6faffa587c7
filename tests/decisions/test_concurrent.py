"""People who freeze a pack or decide at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.audit.models import AuditEvent
from lms.clock import utc_now
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.db import Database, make_engine
from lms.decisions.models import Decision, Pack
from lms.decisions.services import (
    Deliberation,
    StalePackError,
    freeze_pack,
    record_decision,
)
from lms.programme.models import Cohort, Enrolment
from tests.databases import fresh_database
from tests.decisions.factory import (
    make_pack,
    make_ruling,
    make_seat,
    now_in_tokyo,
)

pytestmark = pytest.mark.concurrent


@pytest.fixture
def own_database(template_url: str, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        yield Database(engine)
        engine.dispose()


def test_one_of_two_simultaneous_decisions_stands(own_database):
    with own_database.session(writes=True) as session:
        library = Library(COMPILERS)
        seat = make_seat(session, library)
        pack = make_pack(session, library, seat, uuid4())
    barrier = Barrier(2)

    def decide(actor: UUID) -> str:
        given = Deliberation(
            pack_digest=pack.digest,
            supersedes=None,
            ruling=make_ruling(pack),
            actor=actor,
            now=utc_now(),
        )
        barrier.wait()
        try:
            with own_database.transaction() as own:
                record_decision(own, seat.cohort, seat.learner.subject_id, given)
        except (IntegrityError, StalePackError):
            return "refused"
        return "recorded"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(decide, [uuid4(), uuid4()]))
    assert answers == ["recorded", "refused"]
    with own_database.session() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_a_pack_frozen_several_times_at_once_is_one_pack(own_database):
    library = Library(COMPILERS)
    with own_database.session(writes=True) as session:
        seat = make_seat(session, library)
    barrier = Barrier(6)

    def freeze(actor: UUID) -> str:
        barrier.wait()
        with own_database.transaction() as own:
            enrolment = own.get_one(Enrolment, seat.enrolment.id)
            cohort = own.get_one(Cohort, seat.cohort.id)
            now = now_in_tokyo()
            pack = freeze_pack(own, library, enrolment, cohort, actor=actor, as_of=now)
            return pack.digest

    with ThreadPoolExecutor(6) as pool:
        digests = set(pool.map(freeze, [uuid4() for _ in range(6)]))
    with own_database.session() as session:
        assert digests == set(session.scalars(select(Pack.digest)))
        frozen = select(AuditEvent).where(AuditEvent.action == "pack.frozen")
        assert len(session.scalars(frozen).all()) == len(digests) == 1
