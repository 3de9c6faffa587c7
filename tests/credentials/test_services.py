"""Keys, issuing and states, on a real database."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.content.domain import digest_of
from lms.credentials.domain import (
    CredentialState,
    Purpose,
    Status,
    verify_credential,
    verify_status_list,
)
from lms.credentials.models import CredentialCounter, SigningKey
from lms.credentials.queries.credentials import state_of
from lms.credentials.queries.keys import get_jwks, get_public_key
from lms.credentials.queries.status_lists import list_set_entries
from lms.credentials.services.award import award_of, end_of_validity
from lms.credentials.services.counters import take_number
from lms.credentials.services.entries import take_status_index
from lms.credentials.services.issue import issue_credentials
from lms.credentials.services.keys import NoKeyError, make_key, unlock_current_key
from lms.credentials.services.states import (
    StateChange,
    restore_credential,
    revoke_credential,
    sign_status_list,
    status_list_document,
    suspend_credential,
)
from lms.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    SettingsError,
)
from lms.settings import PROJECT_ROOT
from tests.credentials.database import (
    CERTIFIER,
    ISSUED,
    make_awarding_decision,
    make_credentials,
    make_order,
)

CHANGE = StateChange(actor=CERTIFIER, now=ISSUED, reason="申立てを受けて調べるため。")


def test_private_key_is_locked_at_rest_and_opens_with_the_secret(session, settings):
    key = make_key(session, settings, now=ISSUED)
    assert key.kid == "https://tsunagu.example/keys/2026-1"
    assert key.private_pem.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    private, kid = unlock_current_key(session, settings)
    assert kid == key.kid
    assert private.is_private


def test_another_secret_does_not_open_the_key(session, settings):
    make_key(session, settings, now=ISSUED)
    with pytest.raises(SettingsError, match="LMS_SECRET_KEY"):
        unlock_current_key(session, replace(settings, secret_key="y" * 40))


def test_published_keys_hold_no_secret(session, settings):
    make_key(session, settings, now=ISSUED)
    [jwk] = get_jwks(session)["keys"]
    assert set(jwk) == {"kty", "kid", "use", "alg", "n", "e"}
    assert get_public_key(session, "2026-1") == jwk


def test_new_key_signs_and_the_old_one_stays_published(session, settings):
    first = make_key(session, settings, now=ISSUED)
    second = make_key(session, settings, now=ISSUED + timedelta(days=1))
    session.expire_all()
    assert unlock_current_key(session, settings)[1] == second.kid
    assert first.retired_at == ISSUED + timedelta(days=1)
    kids = [jwk["kid"] for jwk in get_jwks(session)["keys"]]
    assert kids == [second.kid, first.kid]


@pytest.mark.parametrize("bits", [1024, 2050, 10_240])
def test_keys_of_other_sizes_are_refused(session, settings, bits):
    with pytest.raises(InvalidInputError):
        make_key(session, settings, now=ISSUED, bits=bits)


def test_without_a_key_nothing_is_issued(session, settings, library):
    decision = make_awarding_decision(session, library)
    order = make_order(decision, session, library, settings)
    with pytest.raises(NoKeyError):
        issue_credentials(session, order, settings)


def test_decision_gives_a_certificate_and_awarded_levels(session, settings, library):
    certificate, level = make_credentials(session, library, settings)
    assert (certificate.kind, certificate.number) == ("certificate", "TN-2026-0001")
    assert (level.kind, level.number) == ("level", "TN-2026-0001-01")
    assert level.competency == "interviewing"
    assert certificate.status_index != level.status_index
    assert certificate.issued_by == CERTIFIER


def test_issued_credentials_verify_and_hold_to_the_schema(session, settings, library):
    path = PROJECT_ROOT / "docs/schemas/certificate-credential.schema.json"
    schema = Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    for credential in make_credentials(session, library, settings):
        result = verify_credential(credential.jwt, get_jwks(session), at=ISSUED)
        assert result.is_valid
        assert result.document == credential.document
        assert not list(schema.iter_errors(credential.document))


def test_same_decision_issued_twice_gives_the_first(session, settings, library):
    first = make_credentials(session, library, settings)
    order = make_order(_decision_of(session, first), session, library, settings)
    again = issue_credentials(session, order, settings)
    assert [row.public_id for row in again] == [row.public_id for row in first]


def _decision_of(session, credentials):
    from lms.decisions.models import Decision

    return session.get(Decision, credentials[0].decision_id)


def test_numbers_follow_each_other(session, settings, library):
    make_credentials(session, library, settings)
    second, _ = make_credentials(session, library, settings)
    assert second.number == "TN-2026-0002"


def test_certificate_is_valid_for_the_years_of_the_setting(settings):
    end = end_of_validity(ISSUED, settings)
    assert end == datetime(2029, 11, 24, tzinfo=ZoneInfo("Asia/Tokyo"))
    leap = end_of_validity(datetime(2028, 2, 29, tzinfo=UTC), settings)
    assert leap == datetime(2031, 3, 1, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_award_needs_a_decision_that_awards(session, settings, library):
    decision = make_awarding_decision(session, library, outcome="more_evidence")
    framework = library.get_current(session, "framework", "coordinator").content
    with pytest.raises(ConflictError):
        award_of(decision, framework, settings, now=ISSUED)


def test_numbers_of_a_row_begin_at_one_and_have_no_gap(session):
    assert [take_number(session, "row") for _ in range(3)] == [1, 2, 3]
    assert take_number(session, "other") == 1


def test_number_of_a_withdrawn_savepoint_is_given_again(session):
    take_number(session, "row")
    savepoint = session.begin_nested()
    assert take_number(session, "row") == 2
    savepoint.rollback()
    assert take_number(session, "row") == 2


def test_suspended_restored_revoked(session, settings, library):
    certificate, _ = make_credentials(session, library, settings)
    assert state_of(certificate, at=ISSUED) is CredentialState.VALID
    suspend_credential(session, certificate, CHANGE)
    assert state_of(certificate, at=ISSUED) is CredentialState.SUSPENDED
    restore_credential(session, certificate, CHANGE)
    assert state_of(certificate, at=ISSUED) is CredentialState.VALID
    revoke_credential(session, certificate, CHANGE)
    assert state_of(certificate, at=ISSUED) is CredentialState.REVOKED
    assert [event.position for event in certificate.events] == [0, 1, 2]


def test_changes_that_make_no_sense_are_refused(session, settings, library):
    certificate, _ = make_credentials(session, library, settings)
    with pytest.raises(ConflictError):
        restore_credential(session, certificate, CHANGE)
    revoke_credential(session, certificate, CHANGE)
    for act in (suspend_credential, restore_credential, revoke_credential):
        with pytest.raises(ConflictError):
            act(session, certificate, CHANGE)


def test_change_needs_a_reason(session, settings, library):
    certificate, _ = make_credentials(session, library, settings)
    for reason in ("  誤り  ", "\u200b" * 30, "誤り" + " \u3000" * 20 + "\ufeff です"):
        with pytest.raises(InvalidInputError):
            revoke_credential(session, certificate, replace(CHANGE, reason=reason))
    assert not certificate.events


def status_after(session, settings, credential):
    jwks = get_jwks(session)
    lists = [
        verify_status_list(
            sign_status_list(session, settings, number=1, purpose=kind, now=ISSUED),
            jwks,
        )
        for kind in Purpose
    ]
    result = verify_credential(credential.jwt, jwks, at=ISSUED, status_lists=lists)
    return result.status


def test_lists_say_what_was_done(session, settings, library):
    certificate, level = make_credentials(session, library, settings)
    assert status_after(session, settings, certificate) is Status.ACTIVE
    suspend_credential(session, certificate, CHANGE)
    assert status_after(session, settings, certificate) is Status.SUSPENDED
    assert status_after(session, settings, level) is Status.SUSPENDED
    restore_credential(session, certificate, CHANGE)
    assert status_after(session, settings, certificate) is Status.ACTIVE
    suspend_credential(session, level, CHANGE)
    assert status_after(session, settings, certificate) is Status.ACTIVE
    assert status_after(session, settings, level) is Status.SUSPENDED
    revoke_credential(session, certificate, CHANGE)
    assert status_after(session, settings, certificate) is Status.REVOKED
    assert status_after(session, settings, level) is Status.REVOKED


def test_entries_are_counted_within_their_list(session, settings, library):
    certificate, level = make_credentials(session, library, settings)
    certificate.status_index = 131_072 + 9
    revoke_credential(session, certificate, CHANGE)
    first = list_set_entries(session, 1, Purpose.REVOCATION)
    assert first == [level.status_index]
    assert list_set_entries(session, 2, Purpose.REVOCATION) == [9]
    assert list_set_entries(session, 2, Purpose.SUSPENSION) == []


def test_list_says_how_long_it_holds_and_stays_the_same_within_the_hour(
    session, settings, library
):
    certificate, _ = make_credentials(session, library, settings)
    options = {"number": 1, "purpose": Purpose.REVOCATION}

    def listed(minutes):
        now = ISSUED + timedelta(minutes=minutes)
        return status_list_document(session, settings, now=now, **options)

    assert listed(0)["validFrom"] == "2026-11-24T03:00:00Z"
    assert listed(0)["validUntil"] == "2026-11-25T03:00:00Z"
    assert listed(0) == listed(59) != listed(60)
    change = replace(CHANGE, now=ISSUED + timedelta(minutes=20))
    suspend_credential(session, certificate, change)
    assert listed(30) == listed(59)
    assert listed(30)["validFrom"] == "2026-11-24T03:20:00Z"


def test_neighbours_in_a_cohort_are_no_neighbours_in_the_list(session, monkeypatch):
    drawn = iter([131_071, 5, 0])
    monkeypatch.setattr("secrets.randbelow", lambda _end: next(drawn))
    assert [take_status_index(session) for _ in range(3)] == [131_071, 5, 0]


def test_entry_that_is_taken_is_drawn_again(session, settings, library, monkeypatch):
    certificate, _ = make_credentials(session, library, settings)
    drawn = iter([certificate.status_index, 70_000])
    monkeypatch.setattr("secrets.randbelow", lambda _end: next(drawn))
    assert take_status_index(session) == 70_000


def test_half_full_list_is_left_for_the_next(session):
    session.add(CredentialCounter(name="status", last=65_535))
    session.flush()
    assert take_status_index(session) < 131_072
    assert 131_072 <= take_status_index(session) < 262_144


def test_change_of_state_is_audited_without_its_reason(session, settings, library):
    certificate, level = make_credentials(session, library, settings)
    suspend_credential(session, certificate, CHANGE)
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.action == "credential.suspended")
        .order_by(AuditEvent.id)
    ).all()
    assert [(event.object_id, event.actor_id) for event in events] == [
        (str(certificate.public_id), CERTIFIER),
        (str(level.public_id), CERTIFIER),
    ]
    assert events[1].inputs == {
        "position": 0,
        "certificate": events[0].object_id,
        "digest": digest_of({"reason": CHANGE.reason}),
    }
    for event in events:
        assert CHANGE.reason not in json.dumps(event.inputs, ensure_ascii=False)


def test_list_without_entries_exists_only_as_the_first(session, settings):
    make_key(session, settings, now=ISSUED)
    options = {"purpose": Purpose.REVOCATION, "now": ISSUED}
    assert sign_status_list(session, settings, number=1, **options)
    with pytest.raises(NotFoundError):
        sign_status_list(session, settings, number=2, **options)
    with pytest.raises(NotFoundError):
        sign_status_list(session, settings, number=0, **options)


def test_people_appear_as_random_ids_only(session, settings, library):
    for credential in make_credentials(session, library, settings):
        text = json.dumps(credential.document, ensure_ascii=False)
        assert f"urn:uuid:{credential.subject_id}" in text
        assert str(CERTIFIER) not in text
        assert "例 " not in text


def test_row_of_keys_is_safe_to_print(session, settings):
    make_key(session, settings, now=ISSUED)
    stored = session.scalars(select(SigningKey)).one()
    assert "PRIVATE" not in repr(stored)
