"""What status lists say of the credentials that a file of records names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.credentials.domain.jws import Fault, JwsError
from lms.credentials.domain.status import StatusFault, StatusFinding, find_status
from lms.credentials.domain.status_list import StatusList

# A list with one of these faults has nothing to do with the credential.
_FOREIGN = (StatusFault.NO_ENTRY, StatusFault.OTHER_ISSUER, StatusFault.OTHER_LIST)


@dataclass(frozen=True, slots=True)
class ListedFinding:
    """What the lists at hand say of one credential."""

    id: str
    found: StatusFinding

    @property
    def is_foreign(self) -> bool:
        """Say whether the lists are not about this credential at all."""
        return self.found.fault in _FOREIGN


def find_listed(
    document: Mapping[str, Any], lists: Sequence[StatusList], *, at: datetime
) -> tuple[ListedFinding, ...]:
    """Read the entry of every credential in a verified file of records.

    Files of format 1 name no entries, so that no list tells anything of them.

    Raises
    ------
    JwsError
        What was signed is no file of records.
    """
    try:
        issuer_id = str(document["issuer"]["id"])
        rows = [(str(row["id"]), row.get("entry")) for row in _rows(document)]
    except (AttributeError, KeyError, TypeError) as error:
        raise JwsError(Fault.WRONG_CLAIMS) from error
    return tuple(
        ListedFinding(name, find_status(entry, issuer_id, lists, at=at))
        for name, entry in rows
    )


def _rows(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for learner in document["learners"]:
        yield from learner.get(
            "credential_states", [{"id": name} for name in learner["credentials"]]
        )
