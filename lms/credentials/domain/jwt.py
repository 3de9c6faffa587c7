"""Credentials as VC-JWT: signing, and verification that trusts nothing.

Open Badges 3.0, section 8.2 ("JSON Web Token Proof Format"): the credential stands at
the top level of the claims, beside `iss`, `jti`, `sub`, `nbf` and `exp`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from joserfc.jwk import RSAKey

from lms.content.domain import canonical_bytes
from lms.credentials.domain.handed_over import read_token
from lms.credentials.domain.jws import (
    Fault,
    JwsError,
    open_compact,
    read_keys,
    sign_compact,
)
from lms.credentials.domain.status import Status, StatusFinding, find_status
from lms.credentials.domain.status_list import StatusList, StatusListError, decode_bits

# Open Badges 3.0 says "JWT"; VC-JOSE-COSE says "vc+jwt": we write one, read both.
WRITTEN_TYPE = "JWT"
READ_TYPES = frozenset({"JWT", "vc+jwt"})
_CLAIMS = ("iss", "jti", "sub", "nbf", "exp")


class Validity(StrEnum):
    """Where a moment lies in the time for which a credential was issued."""

    NOT_YET = "not_yet_valid"
    WITHIN = "within"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationResult:
    """What verifying one credential found.

    Attributes
    ----------
    fault : Fault or None
        Why the signature is not accepted; all that follows is then empty.
    document : Mapping
        The credential without the claims of the token.
    found_status : StatusFinding
        What the status lists at hand say.
    """

    fault: Fault | None = None
    kid: str = ""
    document: Mapping[str, Any] | None = None
    validity: Validity | None = None
    found_status: StatusFinding = field(default_factory=StatusFinding)

    @property
    def status(self) -> Status:
        """Return the state, as far as the lists tell it."""
        return self.found_status.status

    @property
    def is_signature_valid(self) -> bool:
        """Say whether the content is what the holder of the key signed."""
        return self.fault is None

    @property
    def is_valid(self) -> bool:
        """Say whether nothing speaks against the credential, as far as was checked."""
        return (
            self.is_signature_valid
            and self.validity is Validity.WITHIN
            and self.found_status.is_acceptable
        )


def sign_credential(
    credential: Mapping[str, Any], private_key: RSAKey, *, kid: str
) -> str:
    """Return a credential as VC-JWT: the same input always gives the same text."""
    payload = {**credential, **_claims_of(credential)}
    return sign_compact(
        canonical_bytes(payload), private_key, kid=kid, typ=WRITTEN_TYPE
    )


def verify_credential(
    data: str | bytes,
    jwks: Mapping[str, Any],
    *,
    at: datetime,
    status_lists: Sequence[StatusList] = (),
) -> VerificationResult:
    """Verify a VC-JWT with public keys alone.

    Parameters
    ----------
    data : str or bytes
        The file. Line ends, a byte order mark and white space that programs put
        around or between the lines of a token do not count.
    jwks : Mapping
        JWK Set with the issuer's public keys.
    at : datetime
        Moment for which validity is asked.
    status_lists : Sequence of StatusList
        Verified lists. With none the status is not asked for; if none of those given
        can tell it, the credential does not count as valid.

    Raises
    ------
    KeysError
        `jwks` cannot be used.
    """
    try:
        kid, document = _open(data, jwks)
    except JwsError as error:
        return VerificationResult(fault=error.fault)
    return VerificationResult(
        kid=kid,
        document=document,
        validity=_validity_of(document, at),
        found_status=find_status(
            document.get("credentialStatus"), _issuer_id(document), status_lists, at=at
        ),
    )


def verify_status_list(data: str | bytes, jwks: Mapping[str, Any]) -> StatusList:
    """Return a status list whose signature is good.

    Raises
    ------
    StatusListError
        It is not signed by one of the keys, or is no status list.
    """
    try:
        _, document = _open(data, jwks)
    except JwsError as error:
        raise StatusListError(str(error)) from error
    subject = document["credentialSubject"]
    if "BitstringStatusListCredential" not in document["type"]:
        raise StatusListError("this is no status list")
    return StatusList(
        id=str(document["id"]),
        issuer_id=_issuer_id(document),
        purpose=str(subject.get("statusPurpose")),
        as_of=_moment(document["validFrom"]),
        valid_until=(
            _moment(document["validUntil"]) if "validUntil" in document else None
        ),
        bits=decode_bits(str(subject.get("encodedList"))),
    )


def _open(data: str | bytes, jwks: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return key id and credential, or raise the first fault."""
    opened = open_compact(read_token(data), read_keys(jwks), types=READ_TYPES)
    try:
        payload = json.loads(opened.payload)
        document = {name: payload[name] for name in payload if name not in _CLAIMS}
        claims = {name: payload[name] for name in _CLAIMS if name in payload}
        is_consistent = claims == _claims_of(document)
        is_credential = "VerifiableCredential" in _types_of(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise JwsError(Fault.WRONG_CLAIMS) from error
    if not (is_consistent and is_credential):
        raise JwsError(Fault.WRONG_CLAIMS)
    return opened.kid, document


def _types_of(document: Mapping[str, Any]) -> list[str]:
    """Return the types, of which there are several: one name alone says too little."""
    types = document["type"]
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        raise TypeError("the types of a credential are a list of names")
    return types


def _claims_of(credential: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims that a credential's own members determine.

    `nbf` and `exp` are seconds since 1970 (RFC 7519, section 2, "NumericDate").
    """
    claims = {
        "iss": _issuer_id(credential),
        "jti": credential["id"],
        "sub": credential["credentialSubject"]["id"],
        "nbf": int(_moment(credential["validFrom"]).timestamp()),
    }
    if "validUntil" in credential:
        claims["exp"] = int(_moment(credential["validUntil"]).timestamp())
    return claims


def _issuer_id(credential: Mapping[str, Any]) -> str:
    issuer = credential["issuer"]
    return str(issuer if isinstance(issuer, str) else issuer["id"])


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its zone")
    return moment


def _validity_of(document: Mapping[str, Any], at: datetime) -> Validity:
    """Compare as RFC 7519 does: on `exp` it is over (section 4.1.4)."""
    if at < _moment(document["validFrom"]):
        return Validity.NOT_YET
    if "validUntil" in document and at >= _moment(document["validUntil"]):
        return Validity.EXPIRED
    return Validity.WITHIN
