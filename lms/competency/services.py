"""Competency records from the database; nothing here writes."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
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
# What a row of the table says as it is; by places, since a record has dozens of rows.
_AS_IT_IS = RecordRow._fields[1 : RecordRow._fields.index("steps")]
_said_of_itself = attrgetter("public_id", *_AS_IT_IS)


def get_record(
    session: Session,
    library: Library,
    subject_id: UUID,
    framework: Published,
    as_of: datetime,
    *,
    find_cleared: Callable[[], Cleared] | None = None,
    lists_replaced: bool = True,
) -> CompetencyRecord:
    """Return one learner's record as of a moment.

    Parameters
    ----------
    as_of : datetime
        Aware, in the zone in which the days of work are kept.
    find_cleared : callable, optional
        Returns the critical rows that a panel cleared, by the public id of the
        evidence; asked where there is a critical row at all.
    lists_replaced : bool
        Whether the rows that others have replaced are listed too, critical ones apart,
        which always are. No figure depends on it.
    """
    rows = list_evidence(
        session, subject_id, in_force_at=None if lists_replaced else as_of
    )
    has_flags = any(row.is_critical for row in rows)
    cleared = find_cleared() if find_cleared and has_flags else None
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
    found = (
        _read_steps(row.steps),
        row.source in AUTOMATIC_SOURCES,
        versions[row.content_version_id],
        None if rubric is None else versions[rubric],
        ids.get(row.superseded_by or 0),
        row.superseded_at,
    )
    return RecordRow._make((*_said_of_itself(row), *found))


@lru_cache(maxsize=1024)  # those of the content: many learners answer one item
def _read_steps(stored: str) -> tuple[float, ...]:
    return tuple(json.loads(stored))
