"""Keys over their life: rotated, locked under another secret, destroyed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.content.domain import digest_of
from lms.credentials.domain import (
    Purpose,
    Status,
    verify_credential,
    verify_status_list,
)
from lms.credentials.models import Credential, SigningKey
from lms.credentials.queries.keys import get_jwks, get_public_key
from lms.credentials.services.keys import (
    KeyLock,
    NoKeyError,
    destroy_key,
    list_keys,
    make_key,
    relock_keys,
    rotate_key,
    unlock_current_key,
)
from lms.credentials.services.states import sign_status_list
from lms.errors import ConflictError, NotFoundError, SettingsError
from tests.credentials.database import ISSUED, make_credentials

NEW_SECRET = "locks-keys-only-" * 3
LATER = ISSUED + timedelta(days=1)


@pytest.fixture
def separate(settings):
    """Settings with a secret of their own for keys."""
    return replace(settings, keys_secret=NEW_SECRET)


def locks(session, settings):
    return [line.lock for line in list_keys(session, settings)]


def test_after_rotation_old_credentials_verify_and_lists_carry_the_new_key(
    session, library, settings
):
    old = make_credentials(session, library, settings)[0]
    new = rotate_key(session, settings, now=LATER)
    jwks = get_jwks(session)
    listed = sign_status_list(
        session, settings, number=1, purpose=Purpose.REVOCATION, now=LATER
    )
    status = verify_status_list(listed, jwks)
    only_new = {"keys": [get_public_key(session, new.name)]}
    assert verify_status_list(listed, only_new) == status
    found = verify_credential(old.jwt, jwks, at=LATER, status_lists=[status])
    assert (found.kid, found.status) == (old.kid, Status.ACTIVE)
    assert found.kid != new.kid
    issued = make_credentials(session, library, settings)[0]
    assert issued.kid == list_keys(session, settings)[0].kid


def test_rotation_needs_a_key_to_replace(session, settings):
    with pytest.raises(NoKeyError, match="lms keys new"):
        rotate_key(session, settings, now=ISSUED)


def test_rotation_is_audited_without_anything_secret(session, settings):
    make_key(session, settings, now=ISSUED)
    rotate_key(session, settings, now=LATER)
    made = select(AuditEvent).where(AuditEvent.object_kind == "key")
    events = session.scalars(made.order_by(AuditEvent.id)).all()
    assert [(row.action, row.object_id) for row in events] == [
        ("key.made", "2026-1"),
        ("key.made", "2026-2"),
    ]
    assert events[1].inputs == {
        "kid": "https://tsunagu.example/keys/2026-2",
        "bits": 2048,
        "retired": ["2026-1"],
        "digest": digest_of(get_public_key(session, "2026-2")),
    }


def test_keys_locked_before_there_was_a_secret_of_their_own_still_sign(
    session, settings, separate
):
    key = make_key(session, settings, now=ISSUED)
    assert unlock_current_key(session, separate)[1] == key.kid
    assert locks(session, separate) == [KeyLock.SHARED]
    rotate_key(session, separate, now=LATER)
    assert locks(session, separate) == [KeyLock.OWN, KeyLock.SHARED]


def test_key_under_a_secret_of_its_own_does_not_open_with_the_sessions_secret(
    session, settings, separate
):
    make_key(session, separate, now=ISSUED)
    assert locks(session, settings) == [KeyLock.NOTHING]
    with pytest.raises(SettingsError, match="LMS_KEYS_SECRET"):
        unlock_current_key(session, settings)


def test_relocking_moves_every_key_once_and_leaves_them_the_same(
    session, settings, separate
):
    make_key(session, settings, now=ISSUED)
    rotate_key(session, settings, now=LATER)
    before = unlock_current_key(session, settings)[0].as_dict(private=True)
    old = [settings.secret_key]
    assert relock_keys(session, old, separate, now=LATER) == ["2026-2", "2026-1"]
    assert relock_keys(session, old, separate, now=LATER) == []
    assert locks(session, separate) == [KeyLock.OWN] * 2
    assert locks(session, settings) == [KeyLock.NOTHING] * 2
    assert unlock_current_key(session, separate)[0].as_dict(private=True) == before


def test_relocking_with_a_wrong_secret_names_the_key(session, settings, separate):
    make_key(session, settings, now=ISSUED)
    with pytest.raises(
        SettingsError, match=r"2026-1 opens.*LMS_OLD_KEYS.*destroy 2026-1"
    ):
        relock_keys(session, ["z" * 40], separate, now=LATER)
    assert locks(session, settings) == [KeyLock.SHARED]


def test_destroyed_key_keeps_its_public_half_and_what_it_signed(
    session, library, settings
):
    old = make_credentials(session, library, settings)[0]
    name = old.kid.rpartition("/")[2]
    rotate_key(session, settings, now=LATER)
    destroy_key(session, name, now=LATER)
    assert locks(session, settings) == [KeyLock.SHARED, KeyLock.DESTROYED]
    stored = session.scalars(select(SigningKey).where(SigningKey.name == name)).one()
    assert stored.private_pem is None
    assert verify_credential(old.jwt, get_jwks(session), at=LATER).is_signature_valid
    assert relock_keys(session, [settings.secret_key], settings, now=LATER) == []


def test_only_retired_keys_are_destroyed_and_only_once(session, settings):
    key = make_key(session, settings, now=ISSUED)
    with pytest.raises(ConflictError, match="lms keys rotate"):
        destroy_key(session, key.name, now=LATER)
    rotate_key(session, settings, now=LATER)
    destroy_key(session, key.name, now=LATER)
    with pytest.raises(ConflictError, match="before"):
        destroy_key(session, key.name, now=LATER)
    with pytest.raises(NotFoundError):
        destroy_key(session, "1999-1", now=LATER)


def test_no_credential_names_a_key_that_is_not_published(session, library, settings):
    make_credentials(session, library, settings)
    published = {key["kid"] for key in get_jwks(session)["keys"]}
    assert set(session.scalars(select(Credential.kid))) <= published
