"""Erasing somebody: names and texts go, chains and figures stay."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from lms.accounts.administrators import LastAdministratorError
from lms.accounts.models import Person, Profile
from lms.audit.models import AuditEvent
from lms.clock import utc_now
from lms.credentials.domain import report_on
from lms.credentials.models import Credential
from lms.credentials.queries.keys import get_jwks
from lms.credentials.services.export import ExportRequest, export_document
from lms.db import Base
from lms.decisions.models import FlagClearance
from lms.demo.setup import make_cohort
from lms.jobs.models import OutboxMail
from lms.jobs.services import post_mail
from lms.permissions import Role
from lms.privacy.models import ErasureRequest
from lms.privacy.queries import list_erased
from lms.privacy.services.erasure import (
    Act,
    SettledError,
    carry_out,
    decline_request,
    erase_again,
    request_erasure,
)
from lms.privacy.services.export import export_person
from lms.privacy.services.retention import sweep_retention
from lms.programme.queries import get_cohort
from lms.retention import Retention
from lms.simulation.models import (
    Attempt,
    AttemptAction,
    AttemptNotebook,
    AttemptText,
)
from tests.competency.factory import make_evidence
from tests.conftest import NOON
from tests.decisions.factory import make_pack, make_seat
from tests.factories.accounts import make_person

ACT = Act(actor=None, now=NOON)


@pytest.fixture
def holder(session, database, library, settings):
    """A learner of the demo who was marked, decided on and certified."""
    make_cohort(database, library, settings)
    found = session.scalar(
        select(Person).join(Profile).where(Profile.email == "learner5@demo.example")
    )
    found.profile.name_kana = "みほん きたがわ"
    session.commit()
    return found


def erase(session, person):
    rows = carry_out(session, request_erasure(session, person.subject_id, ACT), ACT)
    session.commit()
    return rows


def everything_stored(session):
    """Return every value of every table, in one text."""
    session.expire_all()
    return "\n".join(
        str(tuple(row))
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table))
    )


def test_nothing_in_any_table_names_an_erased_person(session, holder):
    profile = holder.profile
    mine = (
        select(func.count())
        .select_from(AttemptText)
        .join(AttemptAction, AttemptAction.id == AttemptText.attempt_action_id)
        .join(Attempt, Attempt.id == AttemptAction.attempt_id)
        .where(Attempt.subject_id == holder.subject_id)
    )
    assert session.scalar(mine) > 0
    words = [profile.name, profile.name_kana, profile.email]
    before = everything_stored(session)
    assert all(word in before for word in words)
    assert erase(session, holder) > 0
    after = everything_stored(session)
    assert not [word for word in words if word in after]
    assert session.scalar(mine) == 0


def test_record_and_decision_are_the_same_before_and_after(
    session, holder, library, settings
):
    request = ExportRequest(get_cohort(session, "demo-8"), NOON + timedelta(days=400))
    before = export_document(session, library, settings, request)
    erase(session, holder)
    assert export_document(session, library, settings, request) == before


def test_a_certificate_still_verifies_after_its_holder_is_erased(session, holder):
    credential = session.scalar(
        select(Credential).where(Credential.subject_id == holder.subject_id)
    )
    jwks = get_jwks(session)
    erase(session, holder)
    assert report_on(credential.jwt.encode(), jwks, at=utc_now()).is_valid


def test_an_erased_person_cannot_sign_in(session, client, sign_in, holder):
    sign_in(holder)
    assert client.get("/account/data").status_code == 200
    erase(session, holder)
    assert client.get("/account/data").status_code == 303
    answer = client.post(
        "/sign-in", data={"email": "learner5@demo.example", "password": "tsunagu-demo"}
    )
    assert answer.status_code == 422


def test_pages_of_others_still_open_after_an_erasure(session, client, sign_in, holder):
    erase(session, holder)
    pages = {
        "supervisor": ("/", "/marking/", f"/competencies/of/{holder.subject_id}"),
        "certifier": ("/", "/cohorts/demo-8", f"/competencies/of/{holder.subject_id}"),
        "operator": ("/", "/cohorts/demo-8"),
    }
    for key, paths in pages.items():
        wanted = Profile.email == f"{key}@demo.example"
        sign_in(session.scalar(select(Person).join(Profile).where(wanted)))
        for path in paths:
            assert client.get(path).status_code == 200, path


def test_mails_that_wait_are_withdrawn(session):
    person = make_person(session)
    post_mail(session, "reset", person.id, now=NOON)
    session.commit()
    erase(session, person)
    assert session.scalar(select(func.count()).select_from(OutboxMail)) == 0


def test_the_last_administrator_cannot_be_erased(session):
    only = make_person(session, Role.ADMINISTRATOR)
    request = request_erasure(session, only.subject_id, ACT)
    with pytest.raises(LastAdministratorError):
        carry_out(session, request, ACT)
    session.rollback()
    make_person(session, Role.ADMINISTRATOR)
    erase(session, only)
    assert session.get(Profile, only.id) is None


def test_a_request_is_settled_once(session):
    person = make_person(session)
    request = request_erasure(session, person.subject_id, ACT)
    assert request_erasure(session, person.subject_id, ACT) is request
    carry_out(session, request, ACT)
    with pytest.raises(SettledError):
        carry_out(session, request, ACT)


def test_words_of_earlier_requests_go_too(session):
    person = make_person(session)
    declined = request_erasure(session, person.subject_id, ACT)
    decline_request(session, declined, replace(ACT, reason="見本 太郎さんは審査中です"))
    session.commit()
    erase(session, person)
    reasons = session.scalars(select(ErasureRequest.reason)).all()
    assert reasons == ["", ""]


def test_what_arrives_while_its_writer_is_erased_goes_with_the_next_sweep(
    session, holder
):
    erase(session, holder)
    attempt = session.scalar(
        select(Attempt).where(Attempt.subject_id == holder.subject_id)
    )
    session.add(
        AttemptNotebook(
            attempt_id=attempt.id, text="消えるはず", revision=1, saved_at=NOON
        )
    )
    session.commit()
    gone = sweep_retention(session, Retention(), now=NOON + timedelta(hours=1))
    assert gone["late"] == 1
    assert session.scalar(select(AttemptNotebook.id)) is None
    again = sweep_retention(session, Retention(), now=NOON + timedelta(hours=2))
    assert again == dict.fromkeys(again, 0)


def test_who_was_erased_can_be_erased_again_after_a_restore(session):
    person = make_person(session)
    erase_again(session, person.subject_id, ACT)
    session.commit()
    assert list_erased(session) == [person.subject_id]
    assert session.get(Profile, person.id) is None


def test_every_step_is_in_the_audit_trail_without_the_name(session):
    person = make_person(session, name="消える 人")
    erase(session, person)
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.object_id == str(person.subject_id))
    ).all()
    assert {row.action for row in rows} >= {"erasure.requested", "person.erased"}
    assert "消える" not in json.dumps([row.inputs for row in rows], ensure_ascii=False)


def test_the_exported_file_holds_what_the_person_did_and_wrote(session, holder):
    document = json.loads(export_person(session, holder, actor=holder, now=NOON))
    assert document["account"]["profile"]["email"] == "learner5@demo.example"
    assert "password_hash" not in document["account"]["profile"]
    texts = [
        text
        for attempt in document["attempts"]
        for action in attempt["actions"]
        for text in action["texts"].values()
    ]
    assert any("自立相談支援機関" in text for text in texts)
    assert document["sheets"][0]["comment"]
    assert len(document["answers"]) >= 10
    assert document["credentials"][0]["jwt"].count(".") == 2
    assert document["decisions"][0]["pack"]["document"]["number"] == "8-05"
    assert document["submissions"][0]["work_kind"] == "case"
    assert "decision.recorded" in {row["action"] for row in document["audit"]}
    assert "credential.issued" in {row["action"] for row in document["audit"]}


def test_the_exported_file_holds_packs_flags_and_requests(session, library):
    seat = make_seat(session, library)
    learner = seat.learner
    pack = make_pack(session, library, seat, uuid4())
    flagged = make_evidence(session, library, learner.subject_id, is_critical=True)
    session.add(
        FlagClearance(
            evidence_id=flagged.id,
            reason="見直した。",
            cleared_by=uuid4(),
            cleared_at=NOON,
        )
    )
    request_erasure(session, learner.subject_id, replace(ACT, reason="やめます"))
    session.commit()
    document = json.loads(export_person(session, learner, actor=learner, now=NOON))
    assert [row["digest"] for row in document["packs"]] == [pack.digest]
    [cleared] = document["flag_clearances"]
    assert cleared["reason"] == "見直した。"
    assert cleared["evidence"] == str(flagged.public_id)
    assert [row["reason"] for row in document["erasure_requests"]] == ["やめます"]


def test_the_exported_file_holds_nothing_of_anybody_else(session, holder):
    others = session.scalars(
        select(Profile).where(Profile.person_id != holder.id)
    ).all()
    content = export_person(session, holder, actor=holder, now=NOON).decode()
    assert not [row.email for row in others if row.email in content]
    assert not [row.name for row in others if row.name in content]


def test_old_texts_and_mails_are_swept_and_young_ones_stay(session, holder):
    post_mail(session, "reset", holder.id, now=NOON)
    session.flush()
    session.execute(update(OutboxMail).values(sent_at=NOON))
    count = select(func.count()).select_from(AttemptText)
    before = session.scalar(count)
    young = sweep_retention(session, Retention(), now=NOON + timedelta(days=89))
    assert young == dict.fromkeys(young, 0)
    assert session.scalar(count) == before
    gone = sweep_retention(session, Retention(), now=NOON + timedelta(days=1_900))
    assert gone["mails"] == 1
    assert gone["texts"] == before
    assert session.scalar(text("SELECT count(*) FROM attempt_texts")) == 0
