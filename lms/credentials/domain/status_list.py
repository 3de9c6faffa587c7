"""Which credentials are revoked or suspended, as lists of bits.

Bitstring Status List 1.0 (W3C Recommendation, 2025). Open Badges 3.0 admits one
status entry in a credential, so each credential names the list of revocations. Its bit
is set while a credential is revoked or suspended: a reader who knows that list alone
must not take a suspended credential for a good one. The list of suspensions tells the
two apart, at the same index.
"""

import gzip
import io
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lms.credentials.domain.jws import decode_base64url, encode_base64url

LIST_ENTRIES = (
    131_072  # the smallest list allowed (section 4, "minimum bitstring size")
)
# A verifier that keeps a copy should ask again after this time (section 2.2, ``ttl``).
TTL_MILLISECONDS = 60_000
_BITS = 8
_MULTIBASE_BASE64URL = "u"


class Purpose(StrEnum):
    """What a set bit means (section 2.2, ``statusPurpose``)."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class StatusListError(ValueError):
    """A status list is malformed or does not reach the index asked for."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A status list whose signature has been verified.

    Attributes
    ----------
    as_of : datetime
        When the issuer made the list; states are known up to then.
    valid_until : datetime or None
        When the issuer no longer stands by it; None where it does not say.
    """

    id: str
    issuer_id: str
    purpose: str
    as_of: datetime
    valid_until: datetime | None
    bits: bytes

    def __contains__(self, index: int) -> bool:
        """Say whether the list reaches that far."""
        return 0 <= index < len(self.bits) * _BITS

    def is_stale(self, at: datetime) -> bool:
        """Say whether the issuer may have made another list since."""
        return self.valid_until is not None and at >= self.valid_until

    def is_set(self, index: int) -> bool:
        """Read one entry; index 0 is the left-most bit (section 3.3)."""
        return read_bit(self.bits, index)


def list_number(status_index: int) -> int:
    """Return the number, from 1, of the list that holds an entry."""
    return status_index // LIST_ENTRIES + 1


def list_url(public_url: str, number: int, purpose: Purpose) -> str:
    """Return the permanent address of a list."""
    address = f"{public_url}/status/{number}"
    return address if purpose is Purpose.REVOCATION else f"{address}/{purpose}"


def status_entry(public_url: str, status_index: int) -> dict[str, Any]:
    """Return the ``credentialStatus`` of a credential; the index is a string."""
    address = list_url(public_url, list_number(status_index), Purpose.REVOCATION)
    place = status_index % LIST_ENTRIES
    return {
        "id": f"{address}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": Purpose.REVOCATION.value,
        "statusListIndex": str(place),
        "statusListCredential": address,
    }


def encode_bits(indices: Iterable[int]) -> str:
    """Return the compressed list in which the given entries are set (section 3.3).

    GZIP (RFC 1952) without a time stamp, so that equal lists are equal text; then
    base64url without padding behind the multibase prefix ``u``.
    """
    bits = bytearray(LIST_ENTRIES // _BITS)
    for index in indices:
        if not 0 <= index < LIST_ENTRIES:
            raise StatusListError(f"entry {index} is outside the list")
        bits[index // _BITS] |= 0x80 >> index % _BITS
    packed = gzip.compress(bytes(bits), mtime=0)
    return _MULTIBASE_BASE64URL + encode_base64url(packed)


def decode_bits(encoded: str) -> bytes:
    """Return the bits of a compressed list.

    Raises
    ------
    StatusListError
        It is not base64url, not GZIP, or shorter than the standard allows.
    """
    if not encoded.startswith(_MULTIBASE_BASE64URL):
        raise StatusListError("the list must be base64url with the prefix u")
    try:
        bits = _unzip(decode_base64url(encoded[1:]))
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise StatusListError("the list cannot be unpacked") from error
    if len(bits) * _BITS < LIST_ENTRIES:
        raise StatusListError(f"the list has fewer than {LIST_ENTRIES} entries")
    return bits


def _unzip(packed: bytes) -> bytes:
    """Unpack at most 16 MiB: a small file must not fill the memory."""
    limit = 16 * 1024 * 1024
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
        bits = stream.read(limit + 1)
    if len(bits) > limit:
        raise StatusListError("the list is too long")
    return bits


def read_bit(bits: bytes, index: int) -> bool:
    """Return one entry of unpacked bits.

    Raises
    ------
    StatusListError
        The list does not reach that far.
    """
    if not 0 <= index < len(bits) * _BITS:
        raise StatusListError(f"entry {index} is outside the list")
    return bool(bits[index // _BITS] & 0x80 >> index % _BITS)


def build_status_list(
    *,
    url: str,
    issuer: Mapping[str, Any],
    purpose: Purpose,
    indices: Iterable[int],
    as_of: str,
    until: str,
) -> dict[str, Any]:
    """Return the list as a credential to be signed (section 2.2).

    Parameters
    ----------
    as_of : str
        Moment with zone at which the list was made.
    until : str
        Moment with zone from which on the list says nothing any more.
    """
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer["id"],
        "validFrom": as_of,
        "validUntil": until,
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose.value,
            "ttl": TTL_MILLISECONDS,
            "encodedList": encode_bits(indices),
        },
    }
