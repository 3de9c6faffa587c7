"""The state of a credential."""

from datetime import timedelta

import pytest

from lms.credentials.domain import (
    CredentialState,
    EventKind,
    derive_state,
    possible_events,
)
from tests.credentials.makers import DURING, END, START

SUSPENDED, RESTORED, REVOKED = (
    EventKind.SUSPENDED,
    EventKind.RESTORED,
    EventKind.REVOKED,
)


def state(*events, at=DURING):
    return derive_state(events, valid_from=START, valid_until=END, at=at)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), CredentialState.VALID),
        ((SUSPENDED,), CredentialState.SUSPENDED),
        ((SUSPENDED, RESTORED), CredentialState.VALID),
        ((REVOKED,), CredentialState.REVOKED),
        ((SUSPENDED, REVOKED), CredentialState.REVOKED),
    ],
)
def test_last_event_decides(events, expected):
    assert state(*events) is expected


def test_dates_decide_where_people_did_not():
    assert state(at=START - timedelta(seconds=1)) is CredentialState.NOT_YET_VALID
    assert state(at=END - timedelta(seconds=1)) is CredentialState.VALID
    assert state(at=END) is CredentialState.EXPIRED


def test_revoked_and_suspended_show_after_the_end_too():
    assert state(REVOKED, at=END) is CredentialState.REVOKED
    assert state(SUSPENDED, at=END) is CredentialState.SUSPENDED


def test_revocation_is_final_and_only_suspended_can_be_restored():
    assert possible_events([]) == (SUSPENDED, REVOKED)
    assert possible_events([SUSPENDED]) == (RESTORED, REVOKED)
    assert possible_events([SUSPENDED, RESTORED]) == (SUSPENDED, REVOKED)
    assert possible_events([REVOKED]) == ()
