"""Exporting a cohort's competency records: signed JSON, and CSV made from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.queries import names_of
from lms.audit.services import record_audit
from lms.competency.services import stream_records
from lms.content.queries import Library
from lms.credentials.domain import (
    DecisionRecord,
    FrameworkEdition,
    Issuer,
    LearnerRecord,
    ListedCredential,
    OutcomeRecord,
    RecordsHeader,
    build_records_document,
    list_record_rows,
    records_csv,
    sign_records,
)
from lms.credentials.domain.status_list import status_entry
from lms.credentials.queries.cohorts import IssuedLine, list_issued
from lms.credentials.services.issue import issuer_of
from lms.credentials.services.keys import unlock_current_key
from lms.decisions.queries import cleared_flags_in, list_live_outcomes
from lms.programme.models import Cohort
from lms.programme.queries import list_members, members_of
from lms.settings import Settings


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is exported, as of when.

    Attributes
    ----------
    as_of : datetime
        In the zone in which the days of work are kept.
    """

    cohort: Cohort
    as_of: datetime


def export_document(
    session: Session, library: Library, settings: Settings, request: ExportRequest
) -> dict[str, Any]:
    """Return the records of a cohort as plain data, learner by learner."""
    framework = library.get(session, request.cohort.framework_version_id)
    header = RecordsHeader(
        issuer=issuer_of(settings),
        cohort=request.cohort.slug,
        framework=FrameworkEdition(
            slug=framework.slug,
            version=framework.label,
            title=framework.content.title,
        ),
        as_of=request.as_of,
        is_demo=settings.is_demo,
    )
    learners = _learners(session, library, settings, request)
    return build_records_document(header, learners)


def export_json(
    session: Session, library: Library, settings: Settings, request: ExportRequest
) -> bytes:
    """Return the signed file; it verifies with the public keys alone.

    Raises
    ------
    NoKeyError
        No signing key was made yet.
    """
    document = export_document(session, library, settings, request)
    key, kid = unlock_current_key(session, settings)
    return sign_records(document, key, kid=kid)


def export_csv(
    session: Session, library: Library, settings: Settings, request: ExportRequest
) -> bytes:
    """Return the same records as CSV, with the names of those not erased."""
    people = list_members(session, request.cohort)
    names = {str(key): name for key, name in names_of(session, people).items()}
    learners = _learners(session, library, settings, request)
    return records_csv(list_record_rows(request.cohort.slug, learners, names))


def note_export(
    session: Session,
    request: ExportRequest,
    contents: Sequence[bytes],
    *,
    shape: str,
    actor: UUID | None,
) -> None:
    """Record who took which files of records away."""
    record_audit(
        session,
        "records.exported",
        ("cohort", request.cohort.slug),
        actor=actor,
        now=request.as_of,
        shape=shape,
        files=len(contents),
        digest=sha256(b"".join(contents)).hexdigest(),
    )


def _learners(
    session: Session, library: Library, settings: Settings, request: ExportRequest
) -> Iterator[LearnerRecord]:
    """Go through the cohort by number, with one learner's evidence in memory.

    The queries are as many for a thousand members as for two.
    """
    cohort, issuer = request.cohort, issuer_of(settings)
    decisions = _decisions(session, cohort)
    issued = list_issued(session, cohort, at=request.as_of)
    for record in stream_records(
        session,
        library,
        members_of(cohort),
        library.get(session, cohort.framework_version_id),
        request.as_of,
        cleared=cleared_flags_in(session, cohort),
    ):
        subject_id = record.subject_id
        yield LearnerRecord(
            record=record.to_dict(),
            decision=decisions.get(subject_id),
            credentials=tuple(
                _listed(line, issuer) for line in issued.get(subject_id, ())
            ),
        )


def _listed(line: IssuedLine, issuer: Issuer) -> ListedCredential:
    return ListedCredential(
        id=issuer.verify_url(line.public_id),
        state=line.state,
        entry=status_entry(issuer.public_url, line.status_index),
    )


def _decisions(session: Session, cohort: Cohort) -> dict[UUID, DecisionRecord]:
    found = {}
    rows = list_live_outcomes(session, cohort)
    for subject_id, own in groupby(rows, attrgetter("subject_id")):
        parts = list(own)
        found[subject_id] = DecisionRecord(
            public_id=parts[0].public_id,
            outcome=parts[0].decided,
            decided_at=parts[0].decided_at,
            pack_digest=parts[0].digest,
            competencies=tuple(
                OutcomeRecord(
                    competency=row.competency, outcome=row.outcome, level=row.level
                )
                for row in parts
                if row.competency is not None
            ),
        )
    return found


EXPORTERS = {"json": export_json, "csv": export_csv}
