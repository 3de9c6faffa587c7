"""Signing keys: made here, locked at rest, unlocked only to sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey
from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.audit.services import record_audit
from lms.content.domain import digest_of
from lms.credentials.domain.jws import ALGORITHM, MIN_KEY_BITS
from lms.credentials.models import SigningKey
from lms.credentials.queries.keys import (
    find_address,
    find_current_key,
    get_key,
    list_signing_keys,
)
from lms.credentials.services.counters import take_number
from lms.credentials.services.locking import find_secret, lock_private, unlock_private
from lms.errors import ConflictError, InvalidInputError, SettingsError, message
from lms.settings import Settings

MAX_KEY_BITS = 8192
_PUBLIC_EXPONENT = 65537  # as cryptography asks for


class NoKeyError(ConflictError):
    """Nothing can be signed yet."""

    default = message(
        "There is no signing key yet. Ask the operator of the server to run: "
        "lms keys new"
    )


class OtherAddressError(ConflictError):
    """The permanent address is not the one under which keys were made so far."""

    default = message(
        "The keys so far were made under %(before)s, but LMS_PUBLIC_URL is %(now)s. "
        "It must not change: set it as it was. If the old address is given up for "
        "good, add --new-address."
    )


class KeyLock(StrEnum):
    """What opens a private key: the secret for keys, that of sessions, or nothing."""

    OWN = "own"
    SHARED = "shared"
    NOTHING = "nothing"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """A key as the operator sees it."""

    name: str
    kid: str
    created_at: datetime
    retired_at: datetime | None
    lock: KeyLock


def make_key(
    session: Session, settings: Settings, *, now: datetime, bits: int = MIN_KEY_BITS
) -> SigningKey:
    """Make a key and sign with it from now on; earlier ones retire but still verify.

    Raises
    ------
    InvalidInputError
        The size is not one that RS256 and its readers can use.
    """
    if not MIN_KEY_BITS <= bits <= MAX_KEY_BITS or bits % 256:
        raise InvalidInputError(
            message("A key has %(least)s to %(most)s bits, in steps of 256."),
            least=MIN_KEY_BITS,
            most=MAX_KEY_BITS,
        )
    private = rsa.generate_private_key(_PUBLIC_EXPONENT, bits)
    take_number(session, "keys")  # who makes a key at the same time waits here
    year = now.astimezone(ZoneInfo(settings.time_zone)).year
    name = f"{year}-{take_number(session, f'key-{year}')}"
    kid = f"{settings.public_url}/keys/{name}"
    retired = session.scalars(
        update(SigningKey)
        .where(SigningKey.retired_at.is_(None))
        .values(retired_at=now)
        .returning(SigningKey.name)
    ).all()
    key = SigningKey(
        name=name,
        kid=kid,
        public_jwk=_public_jwk(private, kid),
        private_pem=lock_private(private, settings.locking_secret),
        created_at=now,
    )
    session.add(key)
    session.flush()  # credentials refer to its kid
    _note(
        session,
        "key.made",
        key,
        now,
        bits=bits,
        retired=sorted(retired),
        digest=digest_of(key.public_jwk),
    )
    return key


def require_same_address(session: Session, settings: Settings) -> None:
    """Refuse to go on under another address by a slip.

    Raises
    ------
    OtherAddressError
        The newest key was made under another one.
    """
    before = find_address(session)
    if before not in (None, settings.public_url):
        raise OtherAddressError(before=before, now=settings.public_url)


def rotate_key(
    session: Session, settings: Settings, *, now: datetime, bits: int = MIN_KEY_BITS
) -> SigningKey:
    """Put a new key in the place of the present one, which must exist.

    Raises
    ------
    NoKeyError
        There is nothing to take the place of.
    """
    if find_current_key(session) is None:
        raise NoKeyError
    return make_key(session, settings, now=now, bits=bits)


def relock_keys(
    session: Session, old: Sequence[str], settings: Settings, *, now: datetime
) -> list[str]:
    """Lock all private keys under the present secret; return the names of those moved.

    Keys that the present secret opens are left alone, so that running twice is safe.

    Raises
    ------
    SettingsError
        A key opens with none of the secrets; the caller's transaction changes nothing.
    """
    moved = []
    for key in list_signing_keys(session):
        if key.private_pem is None or find_secret(
            key.private_pem, [settings.locking_secret]
        ):
            continue
        if find_secret(key.private_pem, old) is None:
            raise SettingsError(
                message(
                    "The key %(name)s opens with none of the secrets given. "
                    "Nothing was changed. Set LMS_OLD_KEYS_SECRET to the secret "
                    "under which it was locked. If that is lost, give the key up: "
                    "lms keys destroy %(name)s (one that signs: lms keys rotate first)."
                ),
                name=key.name,
            )
        private = unlock_private(key.private_pem, tuple(old))
        key.private_pem = lock_private(private, settings.locking_secret)
        _note(session, "key.relocked", key, now)
        moved.append(key.name)
    return moved


def destroy_key(session: Session, name: str, *, now: datetime) -> SigningKey:
    """Forget the private half of a retired key for good; the public one stays.

    Raises
    ------
    NotFoundError
        There is no such key.
    ConflictError
        It signs now, or was destroyed before.
    """
    key = get_key(session, name)
    if key.retired_at is None:
        raise ConflictError(
            message("The key %(name)s signs now. First run: lms keys rotate"), name=name
        )
    if key.private_pem is None:
        raise ConflictError(
            message("The private half of %(name)s was destroyed before."), name=name
        )
    key.private_pem = None
    _note(session, "key.destroyed", key, now)
    return key


def list_keys(session: Session, settings: Settings) -> list[KeyLine]:
    """Return all keys, newest first, with what opens them."""
    return [
        KeyLine(
            name=key.name,
            kid=key.kid,
            created_at=key.created_at,
            retired_at=key.retired_at,
            lock=_lock_of(key, settings),
        )
        for key in list_signing_keys(session)
    ]


def unlock_current_key(session: Session, settings: Settings) -> tuple[RSAKey, str]:
    """Return the private key to sign with, and its `kid`.

    Raises
    ------
    NoKeyError
        No key was made yet.
    SettingsError
        The settings do not hold the secret under which the key was locked.
    """
    key = find_current_key(session)
    if key is None or key.private_pem is None:
        raise NoKeyError
    private = unlock_private(key.private_pem, settings.unlocking_secrets)
    return RSAKey.import_key(private), key.kid


def _lock_of(key: SigningKey, settings: Settings) -> KeyLock:
    if key.private_pem is None:
        return KeyLock.DESTROYED
    secret = find_secret(key.private_pem, settings.unlocking_secrets)
    if secret is None:
        return KeyLock.NOTHING
    if settings.keys_secret and secret == settings.keys_secret:
        return KeyLock.OWN
    return KeyLock.SHARED


def _note(
    session: Session, action: str, key: SigningKey, now: datetime, **inputs: object
) -> None:
    """Record an act of the server's operator, whom the product does not know."""
    record_audit(
        session, action, ("key", key.name), actor=None, now=now, kid=key.kid, **inputs
    )


def _public_jwk(private: rsa.RSAPrivateKey, kid: str) -> dict[str, str]:
    """Return the public half as it is published (RFC 7517, section 4)."""
    public = RSAKey.import_key(private.public_key()).as_dict(private=False)
    return {
        "kty": "RSA",
        "kid": kid,
        "use": "sig",
        "alg": ALGORITHM,
        "n": str(public["n"]),
        "e": str(public["e"]),
    }
