"""What a person may take along, as one file."""

import json
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.audit.personal import export_events
from lms.audit.services import record_audit
from lms.privacy.sources import SOURCES

FORMAT = "personal-data/1"


def export_person(
    session: Session, person: Person, *, actor: Person | None, now: datetime
) -> bytes:
    """Return everything that is held about a person, as readable JSON.

    Marking that a rater has not returned yet is left out: it is not yet given.
    """
    document = {
        "format": FORMAT,
        "subject_id": str(person.subject_id),
        "exported_at": now.isoformat(),
        **{source.name: source.export(session, person) for source in SOURCES},
        "audit": export_events(session, person.subject_id),
    }
    record_audit(
        session,
        "person.exported",
        ("person", person.subject_id),
        actor=actor.subject_id if actor else None,
        now=now,
    )
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
