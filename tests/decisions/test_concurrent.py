"""Two people who decide at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.clock import utc_now
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.db import Database, make_engine
from lms.decisions.models import Decision
from lms.decisions.services import Deliberation, StalePackError, record_decision
from tests.databases import fresh_database
from tests.decisions.factory import make_pack, make_ruling, make_seat

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
