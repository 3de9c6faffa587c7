"""What the columns of a credential repeat of its signed document."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.content.domain import Bilingual
from lms.credentials.domain.certificate import awarded_level, both, moment_text
from lms.credentials.domain.status_list import status_entry


def list_strays(
    document: Mapping[str, Any],
    *,
    public_id: UUID,
    number: str,
    competency: str,
    achievement: str,
    title: Bilingual,
    subject_id: UUID,
    valid_from: datetime,
    valid_until: datetime,
    status_index: int,
) -> Iterator[str]:
    """Return the names of columns that say something else than the document.

    Pages and lists read the columns: a certificate whose `valid_until` was moved would
    be shown as valid, whatever its signature covers.
    """
    subject = document["credentialSubject"]
    described = subject["achievement"]
    entry = status_entry(document["issuer"]["url"], status_index)
    is_level = awarded_level(document) is not None
    same = {
        "public_id": document["id"].endswith(f"/verify/{public_id}"),
        "number": subject["licenseNumber"] == number,
        "competency": competency == (described["humanCode"] if is_level else ""),
        "achievement": described["humanCode"] == achievement,
        "title": described["name"].endswith(both(title)),
        "subject_id": subject["id"] == f"urn:uuid:{subject_id}",
        "valid_from": document["validFrom"] == moment_text(valid_from),
        "valid_until": document["validUntil"] == moment_text(valid_until),
        "status_index": document["credentialStatus"] == entry,
    }
    return (name for name, is_same in same.items() if not is_same)
