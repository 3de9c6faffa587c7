"""What the members of a cohort were issued."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.credentials.domain.state import CredentialState, EventKind, derive_state
from lms.credentials.models import Credential, CredentialEvent
from lms.programme.models import Cohort, Enrolment


@dataclass(frozen=True, slots=True)
class IssuedLine:
    """A credential in an export; `status_index` counts over all lists."""

    public_id: UUID
    state: CredentialState
    status_index: int


def list_issued(
    session: Session, cohort: Cohort, *, at: datetime
) -> dict[UUID, list[IssuedLine]]:
    """Return what each member was issued, by number, with the state at a moment.

    One query without the documents, however many were issued.
    """
    last_event = (
        select(CredentialEvent.event)
        .where(CredentialEvent.credential_id == Credential.id)
        .order_by(CredentialEvent.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    found: defaultdict[UUID, list[IssuedLine]] = defaultdict(list)
    for row in session.execute(
        select(
            Credential.subject_id,
            Credential.public_id,
            Credential.valid_from,
            Credential.valid_until,
            Credential.status_index,
            last_event.label("last"),
        )
        .join(Enrolment, Enrolment.subject_id == Credential.subject_id)
        .where(Enrolment.cohort_id == cohort.id)
        .order_by(Credential.number)
    ):
        state = derive_state(
            [EventKind(row.last)] if row.last else [],
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            at=at,
        )
        line = IssuedLine(row.public_id, state, row.status_index)
        found[row.subject_id].append(line)
    return found


def list_cohort_credentials(session: Session, cohort: Cohort) -> list[Credential]:
    """Return what was issued to the members of a cohort, by number."""
    return list(
        session.scalars(
            select(Credential)
            .join(Enrolment, Enrolment.subject_id == Credential.subject_id)
            .where(Enrolment.cohort_id == cohort.id)
            .order_by(Credential.number)
        )
    )
