"""Credentials as VC-JWT: signing, and verification that trusts nothing.

Open Badges 3.0, section 8.2 ("JSON Web Token Proof Format"): the credential stands at
the top level of the claims, beside `iss`, `jti`, `sub`, `nbf` and `exp`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from joserfc.jwk import RSAKey

from lms.content.domain import canonical_bytes
from lms.credentials.domain.jws import (
    Fault,
    JwsError,
    open_compact,
    read_keys,
    sign_compact,
)
from lms.credentials.domain.status_list import (
    Purpose,
    StatusList,
    StatusListError,
    decode_bits,
)

# Open Badges 3.0 says "JWT"; VC-JOSE-COSE says "vc+jwt": we write one, read both.
WRITTEN_TYPE = "JWT"
READ_TYPES = frozenset({"JWT", "vc+jwt"})
_INDEX = re.compile(r"[0-9]{1,9}")
_CLAIMS = ("iss", "jti", "sub", "nbf", "exp")


class Validity(StrEnum):
    """Where a moment lies in the time for which a credential was issued."""

    NOT_YET = "not_yet_valid"
    WITHIN = "within"
    EXPIRED = "expired"


class Status(StrEnum):
    """What the status lists at hand say."""

    NOT_CHECKED = "not_checked"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REVOKED_OR_SUSPENDED = "revoked_or_suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationResult:
    """What verifying one credential found.

    Attributes
    ----------
    fault : Fault or None
        Why the signature is not accepted; all that follows is then empty.
    document : Mapping
        The credential without the claims of the token.
    status_as_of : datetime or None
        When the issuer made the list that `status` was read from.
    """

    fault: Fault | None = None
    kid: str = ""
    document: Mapping[str, Any] | None = None
    validity: Validity | None = None
    status: Status = Status.NOT_CHECKED
    status_as_of: datetime | None = None

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
            and self.status in (Status.ACTIVE, Status.NOT_CHECKED)
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
        The file; one line end behind it is allowed.
    jwks : Mapping
        JWK Set with the issuer's public keys.
    at : datetime
        Moment for which validity is asked.
    status_lists : Sequence of StatusList
        Verified lists; without the right one the status is not checked.

    Raises
    ------
    KeysError
        `jwks` cannot be used.
    """
    try:
        kid, document = _open(data, jwks)
    except JwsError as error:
        return VerificationResult(fault=error.fault)
    status, as_of = _status_of(document, status_lists)
    return VerificationResult(
        kid=kid,
        document=document,
        validity=_validity_of(document, at),
        status=status,
        status_as_of=as_of,
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
        bits=decode_bits(str(subject.get("encodedList"))),
    )


def _open(data: str | bytes, jwks: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return key id and credential, or raise the first fault."""
    opened = open_compact(_text_of(data), read_keys(jwks), types=READ_TYPES)
    try:
        payload = json.loads(opened.payload)
        document = {name: payload[name] for name in payload if name not in _CLAIMS}
        claims = {name: payload[name] for name in _CLAIMS if name in payload}
        is_consistent = claims == _claims_of(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise JwsError(Fault.WRONG_CLAIMS) from error
    if not is_consistent or "VerifiableCredential" not in document["type"]:
        raise JwsError(Fault.WRONG_CLAIMS)
    return opened.kid, document


def _text_of(data: str | bytes) -> str:
    try:
        text = data if isinstance(data, str) else data.decode("ascii")
    except UnicodeDecodeError as error:
        raise JwsError(Fault.MALFORMED) from error
    return text.removesuffix("\n")


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


def _status_of(
    document: Mapping[str, Any], lists: Sequence[StatusList]
) -> tuple[Status, datetime | None]:
    entry = document.get("credentialStatus")
    place = str(entry.get("statusListIndex")) if isinstance(entry, dict) else ""
    if not isinstance(entry, dict) or not _INDEX.fullmatch(place):
        return Status.NOT_CHECKED, None
    address, index = str(entry.get("statusListCredential")), int(place)
    issuer_id = _issuer_id(document)
    own = [row for row in lists if row.issuer_id == issuer_id and index in row]
    revoked = _find_list(own, address, Purpose.REVOCATION)
    suspended = _find_list(own, f"{address}/{Purpose.SUSPENSION}", Purpose.SUSPENSION)
    if suspended is not None and suspended.is_set(index):
        return Status.SUSPENDED, suspended.as_of
    if revoked is None:
        return Status.NOT_CHECKED, None
    if not revoked.is_set(index):
        return Status.ACTIVE, revoked.as_of
    known = Status.REVOKED if suspended else Status.REVOKED_OR_SUSPENDED
    return known, revoked.as_of


def _find_list(
    lists: Sequence[StatusList], address: str, purpose: Purpose
) -> StatusList | None:
    return next(
        (row for row in lists if row.id == address and row.purpose == purpose), None
    )
