"""Competency records of a cohort as one signed file.

The JSON file holds the document and a detached signature over its canonical bytes
(RFC 8785; RFC 7515, section 7.2.2 and appendix F). The file itself must be canonical
too, so that no byte of it can change unnoticed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from joserfc.jwk import RSAKey

from lms.content.domain import canonical_bytes
from lms.credentials.domain.certificate import DEMO_NOTICE, moment_text
from lms.credentials.domain.jws import (
    Fault,
    JwsError,
    encode_base64url,
    open_compact,
    read_keys,
    sign_compact,
)
from lms.credentials.domain.order import FrameworkEdition, Issuer
from lms.credentials.domain.state import CredentialState

# 2 says the state of each credential; all that stood in 1 stands where it stood.
FORMAT = "competency-records/2"
# A type of its own: no other signature of the same key passes for a record's.
RECORDS_TYPE = "competency-records+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecord:
    """What a decision said of one competency."""

    competency: str
    outcome: str
    level: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """The decision that stands for a learner."""

    public_id: UUID
    outcome: str
    decided_at: datetime
    pack_digest: str
    competencies: tuple[OutcomeRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCredential:
    """A credential that an export names, as of the export.

    Attributes
    ----------
    id : str
        Its address.
    entry : Mapping
        Its entry in a status list, the ``credentialStatus`` of the credential: with it
        a list fetched later tells what has changed since.
    """

    id: str
    state: CredentialState
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRecord:
    """One learner in an export.

    Attributes
    ----------
    record : Mapping
        The competency record as plain data, as `CompetencyRecord.to_dict` gives it:
        ids and whole numbers, chances per mille, no names.
    credentials : tuple of ListedCredential
        What was issued so far.
    """

    record: Mapping[str, Any]
    decision: DecisionRecord | None = None
    credentials: tuple[ListedCredential, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsHeader:
    """What a file of records is about.

    Attributes
    ----------
    as_of : datetime
        Evidence and decisions recorded up to then are in it.
    """

    issuer: Issuer
    cohort: str
    framework: FrameworkEdition
    as_of: datetime
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsResult:
    """What verifying a file of records found."""

    fault: Fault | None = None
    kid: str = ""
    document: Mapping[str, Any] | None = None

    @property
    def is_valid(self) -> bool:
        """Say whether the file is what the holder of the key signed."""
        return self.fault is None


def build_records_document(
    header: RecordsHeader, learners: Iterable[LearnerRecord]
) -> dict[str, Any]:
    """Return the export of a cohort as plain data.

    Raises
    ------
    ValueError
        A record holds a number that is not whole: its bytes would depend on how a
        reader prints it.
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "issuer": {"id": header.issuer.id, "name": asdict(header.issuer.name)},
        "cohort": header.cohort,
        "framework": {
            "slug": header.framework.slug,
            "version": header.framework.version,
            "title": asdict(header.framework.title),
        },
        "as_of": moment_text(header.as_of),
        "learners": [_learner(row) for row in learners],
    }
    if header.is_demo:
        document["notice"] = DEMO_NOTICE.strip()
    _refuse_floats(document)
    return document


def sign_records(
    document: Mapping[str, Any], private_key: RSAKey, *, kid: str
) -> bytes:
    """Return the signed file in its one byte form."""
    token = sign_compact(
        canonical_bytes(document), private_key, kid=kid, typ=RECORDS_TYPE
    )
    protected, _, signature = token.split(".")
    return canonical_bytes(
        {
            "document": document,
            "signature": {"protected": protected, "signature": signature},
        }
    )


def verify_records(data: bytes, jwks: Mapping[str, Any]) -> RecordsResult:
    """Verify a signed file of records with public keys alone.

    Raises
    ------
    KeysError
        `jwks` cannot be used.
    """
    keys = read_keys(jwks)
    try:
        document, protected, signature = _parts_of(data)
        payload = encode_base64url(canonical_bytes(document))
        opened = open_compact(
            f"{protected}.{payload}.{signature}", keys, types=frozenset({RECORDS_TYPE})
        )
    except JwsError as error:
        return RecordsResult(fault=error.fault)
    return RecordsResult(kid=opened.kid, document=document)


def _parts_of(data: bytes) -> tuple[dict[str, Any], str, str]:
    """Return document, header and signature of a file in its one byte form."""
    text = data.removesuffix(b"\n")
    try:
        parsed = json.loads(text)
        is_canonical = canonical_bytes(parsed) == text
    except (ValueError, RecursionError) as error:
        raise JwsError(Fault.MALFORMED) from error
    if not isinstance(parsed, dict) or "signature" not in parsed:
        raise JwsError(Fault.NOT_SIGNED)
    if not is_canonical or parsed.keys() != {"document", "signature"}:
        raise JwsError(Fault.MALFORMED)
    document, signed = parsed["document"], parsed["signature"]
    if not isinstance(document, dict) or not _is_signature(signed):
        raise JwsError(Fault.MALFORMED)
    return document, signed["protected"], signed["signature"]


def _is_signature(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"protected", "signature"}
        and all(isinstance(part, str) and "." not in part for part in value.values())
    )


def _learner(row: LearnerRecord) -> dict[str, Any]:
    return {
        "subject_id": row.record["subject_id"],
        "record": dict(row.record),
        "decision": None if row.decision is None else _decision(row.decision),
        "credentials": [listed.id for listed in row.credentials],
        "credential_states": [_listed(listed) for listed in row.credentials],
    }


def _listed(row: ListedCredential) -> dict[str, Any]:
    return {"id": row.id, "state": row.state.value, "entry": dict(row.entry)}


def _decision(row: DecisionRecord) -> dict[str, Any]:
    return {
        "id": str(row.public_id),
        "outcome": row.outcome,
        "decided_at": moment_text(row.decided_at),
        "pack_digest": row.pack_digest,
        "competencies": [asdict(part) for part in row.competencies],
    }


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise ValueError(f"records hold whole numbers only, not {value!r}")
    if isinstance(value, dict):
        for part in value.values():
            _refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_floats(part)
