"""Reading the state of a credential from status lists that somebody has at hand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lms.credentials.domain.status_list import Purpose, StatusList

_INDEX = re.compile(r"[0-9]{1,9}")


class Status(StrEnum):
    """What the status lists at hand say."""

    NOT_CHECKED = "not_checked"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REVOKED_OR_SUSPENDED = "revoked_or_suspended"


class StatusFault(StrEnum):
    """Why the lists at hand do not tell the status."""

    NO_ENTRY = "no_entry"
    OTHER_ISSUER = "other_issuer"
    OTHER_LIST = "other_list"
    OUTSIDE = "outside_the_list"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFinding:
    """What lists say about one credential.

    Attributes
    ----------
    as_of : datetime or None
        When the issuer made the list that was read.
    fault : StatusFault or None
        Why the lists given do not tell; None where none was given.
    """

    status: Status = Status.NOT_CHECKED
    as_of: datetime | None = None
    fault: StatusFault | None = None

    @property
    def is_acceptable(self) -> bool:
        """Say whether what was asked is answered, and nothing speaks against it."""
        return self.fault is None and self.status in (
            Status.ACTIVE,
            Status.NOT_CHECKED,
        )


def find_status(
    entry: Any, issuer_id: str, lists: Sequence[StatusList], *, at: datetime
) -> StatusFinding:
    """Read the entry of a credential in the lists of its own issuer.

    A list whose time is over can still speak against a credential, as of the moment
    when it was made, but not for it.
    """
    if not lists:
        return StatusFinding()
    place = str(entry.get("statusListIndex")) if isinstance(entry, dict) else ""
    if not isinstance(entry, dict) or not _INDEX.fullmatch(place):
        return StatusFinding(fault=StatusFault.NO_ENTRY)
    own = [row for row in lists if row.issuer_id == issuer_id]
    if not own:
        return StatusFinding(fault=StatusFault.OTHER_ISSUER)
    return _read(own, str(entry.get("statusListCredential")), int(place), at)


def _read(
    own: Sequence[StatusList], address: str, index: int, at: datetime
) -> StatusFinding:
    revoked = _find_list(own, address, Purpose.REVOCATION)
    suspended = _find_list(own, f"{address}/{Purpose.SUSPENSION}", Purpose.SUSPENSION)
    if suspended is not None and index in suspended and suspended.is_set(index):
        return StatusFinding(status=Status.SUSPENDED, as_of=suspended.as_of)
    if revoked is None:
        return StatusFinding(fault=StatusFault.OTHER_LIST)
    if index not in revoked:
        return StatusFinding(fault=StatusFault.OUTSIDE, as_of=revoked.as_of)
    if revoked.is_set(index):
        known = Status.REVOKED if suspended else Status.REVOKED_OR_SUSPENDED
        return StatusFinding(status=known, as_of=revoked.as_of)
    if revoked.is_stale(at):
        return StatusFinding(fault=StatusFault.STALE, as_of=revoked.as_of)
    return StatusFinding(status=Status.ACTIVE, as_of=revoked.as_of)


def _find_list(
    lists: Sequence[StatusList], address: str, purpose: Purpose
) -> StatusList | None:
    """Return the newest list of an address, whatever the order in which they came."""
    found = [row for row in lists if row.id == address and row.purpose == purpose]
    return max(found, key=lambda row: row.as_of, default=None)
