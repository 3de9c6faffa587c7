"""Signing keys: made here, locked at rest, unlocked only to sign."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from joserfc.jwk import RSAKey
from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.credentials.domain.jws import ALGORITHM, MIN_KEY_BITS
from lms.credentials.models import SigningKey
from lms.credentials.queries import find_current_key
from lms.credentials.services.counters import take_number
from lms.errors import ConflictError, InvalidInputError, SettingsError, message
from lms.settings import Settings

MAX_KEY_BITS = 8192
_PUBLIC_EXPONENT = 65537  # as cryptography asks for
_PURPOSE = b"tsunagu signing keys at rest, 1"


class NoKeyError(ConflictError):
    """Nothing can be signed yet."""

    default = message(
        "There is no signing key yet. Ask the operator of the server to run: "
        "lms keys new"
    )


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
    year = now.astimezone(ZoneInfo(settings.time_zone)).year
    name = f"{year}-{take_number(session, f'key-{year}')}"
    kid = f"{settings.public_url}/keys/{name}"
    private = rsa.generate_private_key(_PUBLIC_EXPONENT, bits)
    session.execute(
        update(SigningKey).where(SigningKey.retired_at.is_(None)).values(retired_at=now)
    )
    key = SigningKey(
        name=name,
        kid=kid,
        public_jwk=_public_jwk(private, kid),
        private_pem=_lock(private, settings.secret_key),
        created_at=now,
    )
    session.add(key)
    session.flush()  # credentials refer to its kid
    return key


def unlock_current_key(session: Session, settings: Settings) -> tuple[RSAKey, str]:
    """Return the private key to sign with, and its `kid`.

    Raises
    ------
    NoKeyError
        No key was made yet.
    SettingsError
        ``LMS_SECRET_KEY`` is not the one under which the key was locked.
    """
    key = find_current_key(session)
    if key is None:
        raise NoKeyError
    return _unlock(key.private_pem, settings.secret_key), key.kid


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


def _passphrase(secret_key: str) -> bytes:
    """Derive the passphrase (HKDF, RFC 5869): the secret itself signs sessions."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return derived.derive(secret_key.encode()).hex().encode()


def _lock(private: rsa.RSAPrivateKey, secret_key: str) -> str:
    """Return PKCS #8 in PEM, encrypted as the library holds best (AES-256-CBC)."""
    return private.private_bytes(
        Encoding.PEM,
        PrivateFormat.PKCS8,
        BestAvailableEncryption(_passphrase(secret_key)),
    ).decode()


@lru_cache(maxsize=4)
def _unlock(pem: str, secret_key: str) -> RSAKey:
    try:
        private = load_pem_private_key(pem.encode(), _passphrase(secret_key))
    except ValueError as error:
        raise SettingsError(
            message(
                "LMS_SECRET_KEY is not the one under which the signing key was made."
            )
        ) from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise SettingsError(message("The signing key is not an RSA key."))
    return RSAKey.import_key(private)
