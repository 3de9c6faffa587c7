"""How private keys lie in the database: PKCS #8, encrypted under a secret setting.

The library chooses the cipher: PBES2 with AES-256-CBC, and PBKDF2-HMAC-SHA-256 with a
random salt (RFC 8018). It runs 2,048 rounds and lets nobody ask for more. Rounds slow
down the guessing of words that people think up; the passphrase here is no word but 256
bits derived (HKDF, RFC 5869) from a secret of at least 32 characters which the
settings page says to make at random, and such a secret cannot be guessed at any speed.
"""

from collections.abc import Sequence
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from lms.errors import SettingsError, message

LOCKED_MARK = "-----BEGIN ENCRYPTED PRIVATE KEY-----"
_PURPOSE = b"tsunagu signing keys at rest, 1"


def lock_private(private: rsa.RSAPrivateKey, secret: str) -> str:
    """Return PKCS #8 in PEM, encrypted under a secret."""
    return private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_passphrase(secret))
    ).decode()


def find_secret(pem: str, secrets: Sequence[str]) -> str | None:
    """Return the first secret that opens a private key, if one does."""
    return next((secret for secret in secrets if _opens(pem, secret)), None)


@lru_cache(maxsize=4)
def unlock_private(pem: str, secrets: tuple[str, ...]) -> rsa.RSAPrivateKey:
    """Return a private key to sign with.

    Raises
    ------
    SettingsError
        None of the secrets is the one under which it was locked, or it is no RSA key.
    """
    secret = find_secret(pem, secrets)
    if secret is None:
        raise SettingsError(
            message(
                "Neither LMS_KEYS_SECRET nor LMS_SECRET_KEY is the secret under which "
                "the signing key was locked."
            )
        )
    private = load_pem_private_key(pem.encode(), _passphrase(secret))
    if not isinstance(private, rsa.RSAPrivateKey):
        raise SettingsError(message("The signing key is not an RSA key."))
    return private


def _opens(pem: str, secret: str) -> bool:
    try:
        load_pem_private_key(pem.encode(), _passphrase(secret))
    except ValueError:
        return False
    return True


def _passphrase(secret: str) -> bytes:
    """Derive the passphrase, so that it serves for nothing but this."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return derived.derive(secret.encode()).hex().encode()
