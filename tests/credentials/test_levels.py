"""What a change of a certificate does to the level credentials of its decision."""

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEvent
from lms.credentials.domain import CredentialState, EventKind, Purpose
from lms.credentials.domain.state import is_carried_along, possible_events
from lms.credentials.models import CredentialEvent
from lms.credentials.queries.credentials import state_of
from lms.credentials.queries.status_lists import list_set_entries
from lms.credentials.services.states import (
    StateChange,
    StateConflictError,
    restore_credential,
    revoke_credential,
    suspend_credential,
)
from tests.credentials.database import CERTIFIER, ISSUED, make_credentials

CHANGE = StateChange(actor=CERTIFIER, now=ISSUED, reason="申立てを受けて調べるため。")
SUSPENDED, RESTORED, REVOKED = (
    EventKind.SUSPENDED,
    EventKind.RESTORED,
    EventKind.REVOKED,
)


@pytest.fixture
def issued(session, settings, library):
    slugs = [
        row.slug
        for row in library.get_current(
            session, "framework", "coordinator"
        ).content.competencies
        if row.slug != "ethics"
    ]
    return make_credentials(session, library, settings, awarded=slugs[:3])


def states(issued):
    return [state_of(row, at=ISSUED).value for row in issued]


@pytest.mark.parametrize(
    ("change", "events", "came_along", "expected"),
    [
        (SUSPENDED, [], False, True),
        (SUSPENDED, [SUSPENDED], False, False),
        (REVOKED, [SUSPENDED], False, True),
        (REVOKED, [REVOKED], False, False),
        (RESTORED, [SUSPENDED], True, True),
        (RESTORED, [SUSPENDED], False, False),
        (RESTORED, [SUSPENDED, REVOKED], False, False),
        (RESTORED, [], False, False),
    ],
)
def test_level_follows_unless_it_was_changed_by_itself(
    change, events, came_along, expected
):
    assert is_carried_along(change, events, came_along=came_along) is expected


@pytest.mark.parametrize("last", [SUSPENDED, REVOKED])
def test_level_of_a_certificate_that_does_not_count_cannot_be_restored(last):
    assert possible_events([SUSPENDED], certificate=[last]) == (REVOKED,)
    assert possible_events([SUSPENDED], certificate=[SUSPENDED, RESTORED]) == (
        RESTORED,
        REVOKED,
    )


@pytest.mark.parametrize(
    ("act", "expected"),
    [(suspend_credential, "suspended"), (revoke_credential, "revoked")],
)
def test_change_of_a_certificate_reaches_all_of_its_decision(
    session, issued, act, expected
):
    act(session, issued[0], CHANGE)
    session.expire_all()
    assert states(issued) == [expected] * 4
    assert [event.with_certificate for row in issued for event in row.events] == [
        False,
        True,
        True,
        True,
    ]
    acts = select(func.count()).where(AuditEvent.action == f"credential.{expected}")
    assert session.scalar(acts) == 4
    listed = list_set_entries(session, 1, Purpose.REVOCATION)
    assert sorted(listed) == sorted(row.status_index for row in issued)


def test_change_of_a_level_reaches_that_level_alone(session, issued):
    suspend_credential(session, issued[1], CHANGE)
    revoke_credential(session, issued[2], CHANGE)
    assert states(issued) == ["valid", "suspended", "revoked", "valid"]
    restore_credential(session, issued[1], CHANGE)
    assert states(issued) == ["valid", "valid", "revoked", "valid"]


def test_restoring_a_certificate_restores_only_what_was_suspended_with_it(
    session, issued
):
    certificate, by_itself, withdrawn, _ = issued
    suspend_credential(session, by_itself, CHANGE)
    revoke_credential(session, withdrawn, CHANGE)
    suspend_credential(session, certificate, CHANGE)
    assert states(issued) == ["suspended", "suspended", "revoked", "suspended"]
    restore_credential(session, certificate, CHANGE)
    assert states(issued) == ["valid", "suspended", "revoked", "valid"]
    assert list_set_entries(session, 1, Purpose.SUSPENSION) == [by_itself.status_index]
    restore_credential(session, by_itself, CHANGE)
    assert state_of(by_itself, at=ISSUED) is CredentialState.VALID


def test_level_suspended_by_itself_after_a_restoring_stays_so(session, issued):
    certificate, level, *_ = issued
    suspend_credential(session, certificate, CHANGE)
    restore_credential(session, certificate, CHANGE)
    suspend_credential(session, level, CHANGE)
    suspend_credential(session, certificate, CHANGE)
    restore_credential(session, certificate, CHANGE)
    assert states(issued) == ["valid", "suspended", "valid", "valid"]


def test_revoking_twice_adds_nothing(session, issued):
    revoke_credential(session, issued[0], CHANGE)
    with pytest.raises(StateConflictError):
        revoke_credential(session, issued[0], CHANGE)
    assert session.scalar(select(func.count()).select_from(CredentialEvent)) == 4


def test_level_cannot_be_restored_while_its_certificate_is_suspended(session, issued):
    certificate, level, *_ = issued
    suspend_credential(session, certificate, CHANGE)
    with pytest.raises(StateConflictError):
        restore_credential(session, level, CHANGE)
    revoke_credential(session, level, CHANGE)
    restore_credential(session, certificate, CHANGE)
    assert states(issued) == ["valid", "revoked", "valid", "valid"]
