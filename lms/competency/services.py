"""Competency records from the database; nothing here writes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select
from sqlalchemy.orm import Session

from lms.competency.domain import (
    CompetencyRecord,
    RecordRow,
    VersionRef,
    build_record,
)
from lms.content.queries import Library, Published
from lms.evidence.queries import list_evidence, stream_evidence
from lms.evidence.services import AUTOMATIC_SOURCES

Cleared = Mapping[UUID, datetime]


def get_record(
    session: Session,
    library: Library,
    subject_id: UUID,
    framework: Published,
    as_of: datetime,
    *,
    cleared: Cleared | None = None,
) -> CompetencyRecord:
    """Return one learner's record as of a moment.

    Parameters
    ----------
    as_of : datetime
        Aware, in the zone in which the days of work are kept.
    cleared : mapping of UUID to datetime, optional
        Critical rows that a panel cleared, by the public id of the evidence.
    """
    rows = list_evidence(session, subject_id)
    asked = _Asked(framework, as_of, cleared)
    return _build(session, library, asked, subject_id, rows)


def stream_records(
    session: Session,
    library: Library,
    learners: Select[UUID, Any],
    framework: Published,
    as_of: datetime,
    *,
    cleared: Cleared | None = None,
) -> Iterator[CompetencyRecord]:
    """Build the records of many learners one after another, from one query.

    Parameters
    ----------
    session : Session
        In a transaction, see `lms.db.stream_rows`.
    learners : Select
        A query for subject ids and what orders them, each once.
    """
    asked = _Asked(framework, as_of, cleared)
    for subject_id, rows in stream_evidence(session, learners):
        yield _build(session, library, asked, subject_id, rows)


@dataclass(frozen=True, slots=True)
class _Asked:
    framework: Published
    as_of: datetime
    cleared: Cleared | None


def _build(
    session: Session,
    library: Library,
    asked: _Asked,
    subject_id: UUID,
    rows: Sequence[Row[Any]],
) -> CompetencyRecord:
    versions = _versions(session, library, rows)
    public_ids = {row.id: row.public_id for row in rows}
    return build_record(
        asked.framework.content,
        [_record_row(row, versions, public_ids) for row in rows],
        subject_id=subject_id,
        as_of=asked.as_of,
        framework_digest=asked.framework.digest,
        cleared=asked.cleared,
    )


def _versions(
    session: Session, library: Library, rows: Iterable[Row[Any]]
) -> dict[int, VersionRef]:
    used = {
        number
        for row in rows
        for number in (row.content_version_id, row.rubric_version_id)
        if number is not None
    }
    return {
        number: VersionRef(
            id=version.id,
            kind=version.kind,
            slug=version.slug,
            label=version.label,
            digest=version.digest,
        )
        for number, version in library.list_versions(session, used).items()
    }


def _record_row(
    row: Row[Any], versions: Mapping[int, VersionRef], ids: Mapping[int, UUID]
) -> RecordRow:
    rubric = row.rubric_version_id
    return RecordRow(
        id=row.public_id,
        competency=row.competency,
        indicator=row.indicator,
        kind=row.kind,
        source=row.source,
        score=row.score,
        maximum=row.maximum,
        steps=tuple(row.steps),
        is_critical=row.is_critical,
        is_automatic=row.source in AUTOMATIC_SOURCES,
        work_kind=row.work_kind,
        work_id=row.work_id,
        criterion=row.criterion,
        position=row.position,
        content=versions[row.content_version_id],
        rubric=None if rubric is None else versions[rubric],
        rater_id=row.rater_id,
        help_given=row.help_given,
        episode=row.episode,
        done_on=row.done_on,
        recorded_at=row.recorded_at,
        superseded_by=ids.get(row.superseded_by or 0),
        superseded_at=row.superseded_at,
    )
