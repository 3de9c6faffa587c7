"""How secrets of people lie in the database: encrypted under a secret setting.

Fernet (AES-128-CBC with HMAC-SHA-256) seals, under a key derived by HKDF (RFC 5869)
for this purpose alone, so that it opens nothing else. The setting is random and at
least 32 characters long: nothing slows its guessing down, and nothing needs to.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms.errors import LmsError, message

_PURPOSE = b"tsunagu secrets of people at rest, 1"


class SealedUnderAnotherSecretError(LmsError):
    """The settings no longer hold the secret under which something was sealed."""

    status: ClassVar[int] = 503
    default: ClassVar[str] = message(
        "Codes of your app cannot be checked at the moment. Use one of your recovery "
        "codes, or ask whoever administers people."
    )


def seal(text: str, secret: str) -> str:
    """Return `text` encrypted and authenticated under a secret."""
    return _fernet(secret).encrypt(text.encode()).decode()


def unseal(sealed: str, secrets: Sequence[str]) -> str:
    """Return what was sealed under one of the secrets.

    Raises
    ------
    SealedUnderAnotherSecretError
        None of them opens it.
    """
    try:
        return (
            MultiFernet([_fernet(secret) for secret in secrets])
            .decrypt(sealed.encode())
            .decode()
        )
    except InvalidToken as error:
        raise SealedUnderAnotherSecretError from error


def is_sealed_under(sealed: str, secret: str) -> bool:
    """Say whether this one secret opens what was sealed."""
    try:
        _fernet(secret).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


@lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return Fernet(urlsafe_b64encode(derived.derive(secret.encode())))
