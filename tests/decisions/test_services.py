"""Packs, flags and decisions on a real database."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.clock import utc_now
from lms.competency.services import get_record
from lms.content.domain import digest_of
from lms.decisions.domain import Outcome, standings_of
from lms.decisions.models import Decision, Pack
from lms.decisions.queries import (
    cleared_flags,
    count_newer_evidence,
    find_live_decision,
    get_decision,
    is_superseded,
    list_live_outcomes,
)
from lms.decisions.services import (
    Deliberation,
    RulingError,
    StalePackError,
    clear_flag,
    freeze_pack,
    get_open_flag,
    record_decision,
)
from lms.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lms.permissions import Role
from tests.competency.factory import make_case_evidence, make_evidence
from tests.decisions.factory import (
    REASON,
    make_decision,
    make_pack,
    make_ruling,
    make_seat,
    now_in_tokyo,
)
from tests.factories.accounts import make_pair, make_person


@pytest.fixture
def certifier(session):
    return make_person(session, Role.CERTIFIER)


def test_pack_is_the_record_and_its_digest_is_that_of_its_bytes(
    session, library, seat, certifier
):
    make_evidence(session, library, seat.learner.subject_id)
    pack = make_pack(session, library, seat, certifier.subject_id)
    session.expire_all()
    assert digest_of(pack.document) == pack.digest
    assert [row.competency for row in standings_of(pack.standings)] == [
        row["competency"] for row in pack.document["record"]["competencies"]
    ]
    assert pack.document["record"]["framework"]["digest"]


def test_pack_can_be_recomputed_from_its_moment(session, library, seat, certifier):
    make_evidence(session, library, seat.learner.subject_id)
    pack = make_pack(session, library, seat, certifier.subject_id)
    make_evidence(
        session,
        library,
        seat.learner.subject_id,
        recorded_at=utc_now() + timedelta(seconds=1),
    )
    framework = library.get(session, pack.framework_version_id)
    as_of = now_in_tokyo().fromisoformat(pack.document["record"]["as_of"])
    again = get_record(session, library, seat.learner.subject_id, framework, as_of)
    assert again.to_dict() == pack.document["record"]


def test_freezing_again_without_news_keeps_the_pack(session, library, seat, certifier):
    first = make_pack(session, library, seat, certifier.subject_id)
    assert make_pack(session, library, seat, certifier.subject_id) is first
    assert session.scalar(select(func.count()).select_from(Pack)) == 1


def test_newer_evidence_makes_another_pack(session, library, seat, certifier):
    first = make_pack(session, library, seat, certifier.subject_id)
    make_evidence(session, library, seat.learner.subject_id, recorded_at=utc_now())
    assert count_newer_evidence(session, first) == 1
    assert make_pack(session, library, seat, certifier.subject_id) is not first


def test_decision_takes_its_levels_from_the_pack(session, library, seat, certifier):
    make_evidence(session, library, seat.learner.subject_id)
    pack = make_pack(session, library, seat, certifier.subject_id)
    decision = make_decision(session, seat, pack, certifier.subject_id)
    attested = {
        row.competency: (row.attested_level, row.required_level)
        for row in standings_of(pack.standings)
    }
    session.expire_all()
    found = get_decision(session, decision.public_id)
    assert {
        row.competency: (row.level, row.required_level) for row in found.outcomes
    } == attested
    rows = list_live_outcomes(session, seat.cohort)
    assert {row.public_id for row in rows} == {decision.public_id}
    assert {row.competency: row.level for row in rows} == {
        competency: level for competency, (level, _) in attested.items()
    }


def test_unknown_decision_is_not_found(session):
    with pytest.raises(NotFoundError):
        get_decision(session, uuid4())


def test_who_marked_the_candidate_may_not_decide(session, library, seat, certifier):
    make_case_evidence(
        session,
        library,
        seat.learner.subject_id,
        source="sheet",
        rater_id=certifier.subject_id,
    )
    pack = make_pack(session, library, seat, certifier.subject_id)
    with pytest.raises(NotAllowedError, match="marked"):
        make_decision(session, seat, pack, certifier.subject_id)


def test_who_guides_the_candidate_may_not_decide(session, library):
    supervisor, learner = make_pair(session)
    seat = make_seat(session, library, learner=learner)
    pack = make_pack(session, library, seat, supervisor.subject_id)
    with pytest.raises(NotAllowedError, match="guided"):
        make_decision(session, seat, pack, supervisor.subject_id)


def test_nobody_decides_on_themselves(session, library, seat):
    pack = make_pack(session, library, seat, seat.learner.subject_id)
    with pytest.raises(NotAllowedError, match="you"):
        make_decision(session, seat, pack, seat.learner.subject_id)


def test_decision_on_an_older_pack_is_refused(session, library, seat, certifier):
    old = make_pack(session, library, seat, certifier.subject_id)
    make_evidence(session, library, seat.learner.subject_id)
    make_pack(session, library, seat, certifier.subject_id)
    with pytest.raises(StalePackError):
        make_decision(session, seat, old, certifier.subject_id)


def test_second_decision_must_name_the_first(session, library, seat, certifier):
    pack = make_pack(session, library, seat, certifier.subject_id)
    first = make_decision(session, seat, pack, certifier.subject_id)
    with pytest.raises(StalePackError):
        make_decision(session, seat, pack, certifier.subject_id)
    second = make_decision(
        session, seat, pack, certifier.subject_id, supersedes=first.public_id
    )
    live = find_live_decision(session, seat.cohort.id, seat.learner.subject_id)
    assert live is second
    assert second.supersedes_id == first.id
    assert is_superseded(session, first)
    assert not is_superseded(session, second)


def test_two_simultaneous_decisions_collide_in_the_database(
    session, library, seat, certifier
):
    pack = make_pack(session, library, seat, certifier.subject_id)
    make_decision(session, seat, pack, certifier.subject_id)
    session.add(
        Decision(
            pack_id=pack.id,
            cohort_id=seat.cohort.id,
            subject_id=seat.learner.subject_id,
            sequence=1,
            outcome="award",
            reason=REASON,
            decided_by=certifier.subject_id,
            decided_at=utc_now(),
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_award_is_refused_while_a_flag_is_open_and_possible_once_it_is_cleared(
    session, library, seat, certifier
):
    row = make_case_evidence(
        session, library, seat.learner.subject_id, score=0, is_critical=True
    )
    pack = make_pack(session, library, seat, certifier.subject_id)
    with pytest.raises(RulingError) as refused:
        make_decision(session, seat, pack, certifier.subject_id, outcome=Outcome.AWARD)
    assert len(refused.value.faults) == len(pack.standings) + 1
    flag = get_open_flag(session, seat.learner.subject_id, row.public_id)
    clear_flag(session, flag, reason=REASON, actor=certifier.subject_id, now=utc_now())
    session.commit()
    assert list(cleared_flags(session, seat.learner.subject_id)) == [row.public_id]
    make_decision(session, seat, pack, certifier.subject_id, outcome=Outcome.AWARD)
    with pytest.raises(ConflictError):
        get_open_flag(session, seat.learner.subject_id, row.public_id)


def test_flag_of_somebody_else_is_not_found(session, library, seat):
    stranger = make_person(session)
    row = make_case_evidence(session, library, stranger.subject_id, is_critical=True)
    with pytest.raises(NotFoundError):
        get_open_flag(session, seat.learner.subject_id, row.public_id)


def test_flag_is_cleared_by_independent_people_with_a_reason_only(
    session, library, certifier
):
    supervisor, learner = make_pair(session)
    seat = make_seat(session, library, learner=learner)
    row = make_case_evidence(session, library, learner.subject_id, is_critical=True)
    flag = get_open_flag(session, seat.learner.subject_id, row.public_id)
    with pytest.raises(NotAllowedError):
        clear_flag(
            session, flag, reason=REASON, actor=supervisor.subject_id, now=utc_now()
        )
    with pytest.raises(InvalidInputError):
        clear_flag(
            session, flag, reason="ok", actor=certifier.subject_id, now=utc_now()
        )


def test_clearance_changes_the_next_pack_only(session, library, seat, certifier):
    row = make_case_evidence(
        session, library, seat.learner.subject_id, is_critical=True
    )
    before = make_pack(session, library, seat, certifier.subject_id)
    flag = get_open_flag(session, seat.learner.subject_id, row.public_id)
    clear_flag(session, flag, reason=REASON, actor=certifier.subject_id, now=utc_now())
    session.commit()
    after = freeze_pack(
        session,
        library,
        seat.enrolment,
        seat.cohort,
        actor=certifier.subject_id,
        as_of=now_in_tokyo(),
    )
    assert before.document["record"]["open_flags"] == [str(row.public_id)]
    assert after.document["record"]["open_flags"] == []


def test_decision_without_any_pack_is_refused(session, library, seat, certifier):
    other = make_seat(session, library)
    pack = make_pack(session, library, other, certifier.subject_id)
    given = Deliberation(
        pack_digest=pack.digest,
        supersedes=None,
        ruling=make_ruling(pack),
        actor=certifier.subject_id,
        now=utc_now(),
    )
    with pytest.raises(StalePackError):
        record_decision(session, seat.cohort, seat.learner.subject_id, given)
