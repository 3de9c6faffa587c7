"""Compact JSON Web Signatures, read more strictly than RFC 7515 demands.

A verifier of records must notice any changed byte. Base64url as most libraries read it
lets the unused bits of a last character differ, so each part must be exactly what
encoding its bytes gives (RFC 4648, section 3.5). One algorithm is allowed, and only
header members that say algorithm, key and type (RFC 8725, sections 3.1 and 3.11).
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from lms.errors import message

ALGORITHM = "RS256"
MIN_KEY_BITS = 2048  # RFC 7518, section 3.3
STRONG_KEY_BITS = 3072  # 128 bits of security (NIST SP 800-57 part 1, table 2)
_HEADER_MEMBERS = frozenset({"alg", "kid", "typ"})
_PARTS = 3


class _Registry(jws.JWSRegistry):
    """The library's limits (128 kB) are too small for the records of a cohort."""

    max_header_length = 4096
    max_payload_length = 512 * 1024 * 1024


_REGISTRY = _Registry(algorithms=[ALGORITHM])


class Fault(StrEnum):
    """Why a file does not verify."""

    EMPTY = "empty"
    OTHER_KIND = "other_kind"
    RECORDS = "records"
    MALFORMED = "malformed"
    NOT_SIGNED = "not_signed"
    WRONG_ALGORITHM = "wrong_algorithm"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_KEY = "unknown_key"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_CLAIMS = "wrong_claims"


FAULT_TEXTS: Mapping[Fault, str] = {
    Fault.EMPTY: message("the file is empty"),
    Fault.OTHER_KIND: message("this is not the file of a certificate"),
    Fault.RECORDS: message("this is a file of records, not of a certificate"),
    Fault.MALFORMED: message("the file is damaged or was changed"),
    Fault.NOT_SIGNED: message("the file carries no signature"),
    Fault.WRONG_ALGORITHM: message("the signature is not of the kind RS256"),
    Fault.WRONG_TYPE: message("the file is signed for another purpose"),
    Fault.UNKNOWN_KEY: message("the key of this file is not among the public keys"),
    Fault.WRONG_SIGNATURE: message("the signature does not belong to this content"),
    Fault.WRONG_CLAIMS: message("what was signed contradicts itself"),
}


class JwsError(ValueError):
    """A signature that cannot be accepted.

    Attributes
    ----------
    fault : Fault
        Why.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(FAULT_TEXTS[fault])
        self.fault = fault


class KeysError(ValueError):
    """A set of public keys that cannot be used."""


@dataclass(frozen=True, slots=True)
class OpenedJws:
    """What a verified signature covers, and the key that made it."""

    payload: bytes
    kid: str


def sign_compact(payload: bytes, private_key: RSAKey, *, kid: str, typ: str) -> str:
    """Return the compact serialization (RFC 7515, section 3.1); no randomness in it."""
    header = {"alg": ALGORITHM, "kid": kid, "typ": typ}
    return jws.serialize_compact(header, payload, private_key, registry=_REGISTRY)


def open_compact(
    text: str, keys: Mapping[str, RSAKey], *, types: frozenset[str]
) -> OpenedJws:
    """Return what is signed, after every check.

    Raises
    ------
    JwsError
        With the first fault that was found.
    """
    parts = text.split(".")
    if len(parts) != _PARTS:
        raise JwsError(Fault.MALFORMED)
    header_bytes, payload, _ = (decode_base64url(part) for part in parts)
    key, kid = _key_for(_read_header(header_bytes), keys, types)
    try:
        jws.deserialize_compact(text, key, registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise JwsError(Fault.WRONG_SIGNATURE) from error
    return OpenedJws(payload=payload, kid=kid)


def read_keys(document: Any) -> dict[str, RSAKey]:
    """Return the RSA keys of a JWK Set (RFC 7517, section 5), or of one JWK, by `kid`.

    Private members are left aside: a verifier has no use for them.

    Raises
    ------
    KeysError
        It is not a key set, has no RSA key, a weak one, or two of one name.
    """
    rows = document.get("keys", [document]) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise KeysError("not a JSON Web Key Set")
    keys: dict[str, RSAKey] = {}
    for row in rows:
        if not isinstance(row, dict) or row.get("kty") != "RSA":
            continue
        kid = row.get("kid")
        if not isinstance(kid, str) or kid in keys:
            raise KeysError("each key needs a kid of its own")
        keys[kid] = _public_key(row)
    if not keys:
        raise KeysError("there is no RSA key among the keys")
    return keys


def decode_base64url(part: str) -> bytes:
    """Return the bytes that exactly this text encodes, without padding.

    Raises
    ------
    JwsError
        The text has other characters, or another text encodes the same bytes.
    """
    try:
        raw = base64.b64decode(
            part + "=" * (-len(part) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, ValueError) as error:
        raise JwsError(Fault.MALFORMED) from error
    if encode_base64url(raw) != part:
        raise JwsError(Fault.MALFORMED)
    return raw


def encode_base64url(raw: bytes) -> str:
    """Return base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _read_header(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise JwsError(Fault.MALFORMED) from error
    if not isinstance(header, dict):
        raise JwsError(Fault.MALFORMED)
    return header


def _key_for(
    header: dict[str, Any], keys: Mapping[str, RSAKey], types: frozenset[str]
) -> tuple[RSAKey, str]:
    if header.get("alg") != ALGORITHM or not header.keys() <= _HEADER_MEMBERS:
        raise JwsError(Fault.WRONG_ALGORITHM)
    if not any(header.get("typ") == name for name in types):  # may be anything
        raise JwsError(Fault.WRONG_TYPE)
    kid = header.get("kid")
    if not isinstance(kid, str) or kid not in keys:
        raise JwsError(Fault.UNKNOWN_KEY)
    return keys[kid], kid


def _public_key(row: dict[str, Any]) -> RSAKey:
    if row.get("use", "sig") != "sig" or row.get("alg", ALGORITHM) != ALGORITHM:
        raise KeysError("a key is for another use than RS256 signatures")
    try:
        public = {name: row[name] for name in ("kty", "n", "e")}
        key = RSAKey.import_key(cast("dict[str, str | list[str]]", public))
        bits = key.public_key.key_size
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise KeysError("a key cannot be read") from error
    if bits < MIN_KEY_BITS:
        raise KeysError(f"a key has fewer than {MIN_KEY_BITS} bits")
    return key
