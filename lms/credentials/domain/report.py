"""What verifying a file found, in plain words and as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.credentials.domain.certificate import moment_text
from lms.credentials.domain.handed_over import FileKind, find_kind
from lms.credentials.domain.jws import FAULT_TEXTS, Fault, JwsError
from lms.credentials.domain.jwt import (
    Validity,
    VerificationResult,
    verify_credential,
)
from lms.credentials.domain.listed import ListedFinding, find_listed
from lms.credentials.domain.records import RecordsResult, verify_records
from lms.credentials.domain.status import Status, StatusFault, StatusFinding
from lms.credentials.domain.status_list import StatusList

_STATUS_WORDS = {
    Status.NOT_CHECKED: "state not checked",
    Status.ACTIVE: "neither revoked nor suspended",
    Status.SUSPENDED: "suspended",
    Status.REVOKED: "revoked",
    Status.REVOKED_OR_SUSPENDED: "revoked or suspended",
}

# Two names of one type (Open Badges 3.0, "AchievementCredential"). The issuer signs
# status lists in the same form with the same keys, and they certify nothing.
_CREDENTIAL_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
_FAULT_WORDS = {
    StatusFault.NO_ENTRY: "the credential names no entry in a status list",
    StatusFault.OTHER_ISSUER: "the list is of another issuer",
    StatusFault.OTHER_LIST: "this is not the list of revocations that it names",
    StatusFault.OUTSIDE: "its entry lies outside the list",
    StatusFault.STALE: "the list is out of date, fetch it again; it was",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The findings on one file.

    Attributes
    ----------
    kind : str
        ``credential`` or ``records``.
    validity, found_status : Validity and StatusFinding, or None
        None for records, which have no period and no state of their own.
    listed : tuple of ListedFinding, or None
        For records, what the lists say of each credential in them; None where no list
        was given.
    """

    kind: str
    fault: Fault | None
    kid: str
    document: Mapping[str, Any]
    validity: Validity | None = None
    found_status: StatusFinding | None = None
    listed: tuple[ListedFinding, ...] | None = None
    is_valid: bool

    @property
    def misfit(self) -> str | None:
        """Say why the lists given have nothing to do with a file of records."""
        if not self.listed or not all(row.is_foreign for row in self.listed):
            return None
        return _status_words(self.listed[0].found)

    def to_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        found = self.found_status or StatusFinding()
        return {
            "kind": self.kind,
            "valid": self.is_valid,
            "signature": "invalid" if self.fault else "valid",
            "reason": self.fault.value if self.fault else None,
            "key": self.kid or None,
            "id": self.document.get("id"),
            "name": self.document.get("name"),
            "validity": self.validity.value if self.validity else None,
            **_status_json(found),
            "status": found.status.value if self.found_status else None,
            "credentials": self.listed
            and [{"id": row.id, **_status_json(row.found)} for row in self.listed],
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
        if self.found_status is not None:
            findings.append(_status_words(self.found_status))
        if self.listed is not None:
            good = sum(row.found.is_acceptable for row in self.listed)
            findings.append(
                f"{good} of {len(self.listed)} listed credentials "
                "neither revoked nor suspended"
            )
        return findings

    def _about(self) -> list[str]:
        if self.kind == "records":
            return [
                f"records of cohort {self.document.get('cohort')}",
                f"as of {self.document.get('as_of')}",
                *(
                    f"{row.id}: {_status_words(row.found)}"
                    for row in self.listed or ()
                    if not row.found.is_acceptable
                ),
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
    if find_kind(data) in (FileKind.RECORDS, FileKind.UNSIGNED):
        return _records_report(verify_records(data, jwks), status_lists, at)
    return _credential_report(
        verify_credential(data, jwks, at=at, status_lists=status_lists)
    )


def _records_report(
    found: RecordsResult, lists: Sequence[StatusList], at: datetime
) -> FileReport:
    listed = None
    if lists and found.document is not None:
        try:
            listed = find_listed(found.document, lists, at=at)
        except JwsError as error:
            found = RecordsResult(fault=error.fault)
    return FileReport(
        kind="records",
        fault=found.fault,
        kid=found.kid,
        document=found.document or {},
        listed=listed,
        is_valid=found.is_valid
        and all(row.found.is_acceptable for row in listed or ()),
    )


def _credential_report(found: VerificationResult) -> FileReport:
    types = found.document["type"] if found.document else ()
    if found.is_signature_valid and _CREDENTIAL_TYPES.isdisjoint(types):
        found = VerificationResult(fault=Fault.WRONG_TYPE)
    return FileReport(
        kind="credential",
        fault=found.fault,
        kid=found.kid,
        document=found.document or {},
        validity=found.validity,
        found_status=found.found_status if found.is_signature_valid else None,
        is_valid=found.is_valid,
    )


def _status_json(found: StatusFinding) -> dict[str, Any]:
    return {
        "status": found.status.value,
        "status_reason": found.fault.value if found.fault else None,
        "status_as_of": moment_text(found.as_of) if found.as_of else None,
    }


def _status_words(found: StatusFinding) -> str:
    words = _STATUS_WORDS[found.status]
    if found.fault is not None:
        words = f"{words}: {_FAULT_WORDS[found.fault]}"
    return f"{words} as of {moment_text(found.as_of)}" if found.as_of else words
