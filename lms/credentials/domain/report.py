"""What verifying a file found, in plain words and as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.credentials.domain.certificate import moment_text
from lms.credentials.domain.jws import FAULT_TEXTS, Fault
from lms.credentials.domain.jwt import (
    Status,
    Validity,
    VerificationResult,
    verify_credential,
)
from lms.credentials.domain.records import verify_records
from lms.credentials.domain.status_list import StatusList

_STATUS_WORDS = {
    Status.NOT_CHECKED: "state not checked",
    Status.ACTIVE: "neither revoked nor suspended",
    Status.SUSPENDED: "suspended",
    Status.REVOKED: "revoked",
    Status.REVOKED_OR_SUSPENDED: "revoked or suspended",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The findings on one file.

    Attributes
    ----------
    kind : str
        ``credential`` or ``records``.
    validity, status : Validity and Status, or None
        None for records, which have no period and no state of their own.
    """

    kind: str
    fault: Fault | None
    kid: str
    document: Mapping[str, Any]
    validity: Validity | None = None
    status: Status | None = None
    status_as_of: datetime | None = None
    is_valid: bool

    def to_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "kind": self.kind,
            "valid": self.is_valid,
            "signature": "invalid" if self.fault else "valid",
            "reason": self.fault.value if self.fault else None,
            "key": self.kid or None,
            "id": self.document.get("id"),
            "name": self.document.get("name"),
            "validity": self.validity.value if self.validity else None,
            "status": self.status.value if self.status else None,
            "status_as_of": (
                moment_text(self.status_as_of) if self.status_as_of else None
            ),
        }

    def lines(self) -> list[str]:
        """Return the report for people; the first line is the answer."""
        if self.fault:
            return [f"signature not valid: {FAULT_TEXTS[self.fault]}"]
        return [", ".join(self._findings()), f"key: {self.kid}", *self._about()]

    def _findings(self) -> list[str]:
        findings = ["signature valid"]
        if self.validity is Validity.EXPIRED:
            findings.append(f"expired on {self.document['validUntil']}")
        if self.validity is Validity.NOT_YET:
            findings.append(f"not valid before {self.document['validFrom']}")
        if self.status is not None:
            words = _STATUS_WORDS[self.status]
            as_of = self.status_as_of
            findings.append(f"{words} as of {moment_text(as_of)}" if as_of else words)
        return findings

    def _about(self) -> list[str]:
        if self.kind == "records":
            return [
                f"records of cohort {self.document.get('cohort')}",
                f"as of {self.document.get('as_of')}",
            ]
        return [f"id: {self.document['id']}", f"name: {self.document.get('name', '')}"]


def report_on(
    data: bytes,
    jwks: Mapping[str, Any],
    *,
    at: datetime,
    status_lists: Sequence[StatusList] = (),
) -> FileReport:
    """Verify a file of either kind: JSON is records, all else a credential.

    Raises
    ------
    KeysError
        `jwks` cannot be used.
    """
    if data.lstrip()[:1] in (b"{", b"["):
        found = verify_records(data, jwks)
        return FileReport(
            kind="records",
            fault=found.fault,
            kid=found.kid,
            document=found.document or {},
            is_valid=found.is_valid,
        )
    return _credential_report(
        verify_credential(data, jwks, at=at, status_lists=status_lists)
    )


def _credential_report(found: VerificationResult) -> FileReport:
    return FileReport(
        kind="credential",
        fault=found.fault,
        kid=found.kid,
        document=found.document or {},
        validity=found.validity,
        status=found.status if found.is_signature_valid else None,
        status_as_of=found.status_as_of,
        is_valid=found.is_valid,
    )
