"""Competency records as files: signed JSON, and CSV for spreadsheets.

The JSON file holds the document and a detached signature over its canonical bytes
(RFC 8785; RFC 7515, section 7.2.2 and appendix F). The file itself must be canonical
too, so that no byte of it can change unnoticed.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from joserfc.jwk import RSAKey

from lms.content.domain import Bilingual, canonical_bytes
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

FORMAT = "competency-records/1"
# A type of its own: no other signature of the same key passes for a record's.
RECORDS_TYPE = "competency-records+json"
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecord:
    """One row of evidence that a level rests on; ids only, never text.

    Attributes
    ----------
    source_id : str
        Public id of the attempt, answer or sheet.
    content_digest : str
        SHA-256 of the content version that was worked on.
    rater_id : UUID or None
        Random id of who marked it; none when a rule did.
    """

    source_id: str
    kind: str
    done_on: date
    content_digest: str
    rater_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyRecord:
    """Where one learner stands in one competency.

    Attributes
    ----------
    attested_level : int or None
        Highest level that reaches the confidence set; none without evidence.
    chance_per_mille : int or None
        Chance of being at or above the required level, 0 to 1000.
    low_level, high_level : int or None
        Ends of the interval.
    outcome : str or None
        What a decision said of this competency, when there is one.
    missing_kind : str or None
        Kind of evidence that the required level still needs.
    """

    slug: str
    name: Bilingual
    required_level: int
    attested_level: int | None = None
    chance_per_mille: int | None = None
    low_level: int | None = None
    high_level: int | None = None
    outcome: str | None = None
    awarded_level: int | None = None
    missing_kind: str | None = None
    evidence: tuple[EvidenceRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRecord:
    """All competencies of one learner, who is known by a random id.

    Attributes
    ----------
    name : str or None
        For the body's own table; it never enters the signed file.
    credential_ids : tuple of str
        Addresses of credentials issued so far.
    """

    subject_id: UUID
    competencies: tuple[CompetencyRecord, ...]
    name: str | None = None
    decision_id: str | None = None
    credential_ids: tuple[str, ...] = ()


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
    programme: str
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
    """Return the export of a cohort as plain data: no floats, no names, no text."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "issuer": {"id": header.issuer.id, "name": asdict(header.issuer.name)},
        "cohort": header.cohort,
        "programme": header.programme,
        "framework": {
            "id": header.framework.slug,
            "version": header.framework.version,
            "title": asdict(header.framework.title),
        },
        "as_of": moment_text(header.as_of),
        "learners": [_learner(row) for row in learners],
    }
    if header.is_demo:
        document["notice"] = DEMO_NOTICE.strip()
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


def records_csv(
    rows: Iterable[Mapping[str, str | int | None]], columns: Sequence[str]
) -> bytes:
    """Return rows as CSV (RFC 4180) that spreadsheets open rightly and safely.

    UTF-8 with a byte order mark, as Excel needs it for Japanese; CRLF; text that a
    spreadsheet would run as a formula begins with an apostrophe (OWASP, "CSV
    Injection"; the full-width signs count in Japanese editions).
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_defused(name) for name in columns])
    for row in rows:
        writer.writerow([_defused(row.get(name)) for name in columns])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _defused(value: str | int | None) -> str | int:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


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
        "subject_id": str(row.subject_id),
        "decision_id": row.decision_id,
        "credential_ids": list(row.credential_ids),
        "competencies": [_competency(part) for part in row.competencies],
    }


def _competency(row: CompetencyRecord) -> dict[str, Any]:
    chance = row.chance_per_mille
    if chance is not None and not (type(chance) is int and 0 <= chance <= 1000):
        raise ValueError("a chance is a whole number from 0 to 1000")
    return {
        **asdict(row),
        "evidence": [_evidence(part) for part in row.evidence],
    }


def _evidence(row: EvidenceRecord) -> dict[str, Any]:
    return {
        "source_id": row.source_id,
        "kind": row.kind,
        "done_on": row.done_on.isoformat(),
        "content_digest": row.content_digest,
        "rater_id": None if row.rater_id is None else str(row.rater_id),
    }
