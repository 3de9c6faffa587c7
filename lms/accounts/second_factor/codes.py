"""Codes as people type them, and recovery codes as they are made and kept."""

import hashlib
import secrets
import unicodedata
from base64 import b32encode

N_RECOVERY_CODES = 10
_CODE_BYTES = 10  # 80 bits, 16 letters and digits of Base32 (RFC 4648)
_GROUP = 4
# Base32 has none of these digits: whoever types one has misread the letter.
_MISREAD = str.maketrans("018", "OIB")


def new_recovery_codes() -> list[str]:
    """Return fresh codes in groups of four, as they are shown once."""
    return [
        grouped(b32encode(secrets.token_bytes(_CODE_BYTES)).decode())
        for _ in range(N_RECOVERY_CODES)
    ]


def grouped(code: str) -> str:
    """Return a code or secret in groups of four, easy to read and to type."""
    return " ".join(
        code[start : start + _GROUP] for start in range(0, len(code), _GROUP)
    )


def normalise_code(typed: str) -> str:
    """Return a code without what fingers, keyboards and printers add to it."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(sign for sign in plain if sign.isalnum()).upper()


def digest_of(recovery_code: str) -> str:
    """Return what is kept of a recovery code."""
    plain = normalise_code(recovery_code).translate(_MISREAD)
    return hashlib.sha256(plain.encode()).hexdigest()
