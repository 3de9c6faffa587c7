"""Evidence, which no act seals by itself, against the packs that list it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.audit.facts import FactFault, FactFaultKind, unlike
from lms.audit.queries.stored import REFUSALS, Stored, read_stored
from lms.competency.domain.rows import utc_text
from lms.content.models import ContentVersion
from lms.evidence.models import Evidence, Supersession


class _Listed(NamedTuple):
    """A row of evidence as a pack lists it, and where."""

    id: UUID
    subject_id: str
    competency: str
    part: Mapping[str, Any]


_RUBRIC, _LATER = aliased(ContentVersion), aliased(Evidence)
_ROWS = (
    select(
        Evidence.public_id,
        Evidence.subject_id,
        Evidence.competency,
        Evidence.indicator,
        Evidence.kind,
        Evidence.source,
        Evidence.score,
        Evidence.maximum,
        Evidence.steps,
        Evidence.is_critical,
        Evidence.work_kind,
        Evidence.work_id,
        Evidence.criterion,
        Evidence.position,
        Evidence.rater_id,
        Evidence.help_given,
        Evidence.episode,
        Evidence.done_on,
        Evidence.recorded_at,
        ContentVersion.digest.label("content"),
        _RUBRIC.digest.label("rubric"),
        _LATER.public_id.label("superseded_by"),
        Supersession.recorded_at.label("superseded_at"),
    )
    .outerjoin(ContentVersion, ContentVersion.id == Evidence.content_version_id)
    .outerjoin(_RUBRIC, _RUBRIC.id == Evidence.rubric_version_id)
    .outerjoin(Supersession, Supersession.evidence_id == Evidence.id)
    .outerjoin(_LATER, _LATER.id == Supersession.by_id)
)
_AT_ONCE = 500
_AS_LISTED = (
    "indicator",
    "kind",
    "source",
    "score",
    "maximum",
    "help_given",
    "episode",
)


def hold_evidence(
    session: Session, packs: Iterable[Mapping[str, Any]]
) -> Iterator[FactFault]:
    """Hold every row that documents of packs list against the table."""
    listed = [part for document in packs for part in _list_parts(document)]
    for start in range(0, len(listed), _AT_ONCE):
        yield from _hold_piece(session, listed[start : start + _AT_ONCE])


def _list_parts(document: Mapping[str, Any]) -> list[_Listed]:
    """Return the rows of a pack; none if it is no pack, which is a fault of its own."""
    try:
        record = document["record"]
        return [
            _Listed(UUID(part["id"]), record["subject_id"], entry["competency"], part)
            for entry in record["competencies"]
            for part in entry["evidence"]
        ]
    except REFUSALS:
        return []


def _hold_piece(session: Session, piece: Sequence[_Listed]) -> Iterator[FactFault]:
    ids = {listed.id for listed in piece}
    found = {
        row["public_id"]: row
        for row in read_stored(session, _ROWS.where(Evidence.public_id.in_(ids)))
    }
    for listed in piece:
        name = str(listed.id)
        row = found.get(listed.id)
        if row is None:
            yield FactFault(FactFaultKind.MISSING, "evidence", name)
            continue
        for what in _list_differences(row, listed):
            yield FactFault(FactFaultKind.CHANGED, "evidence", name, what)


def _list_differences(row: Stored, listed: _Listed) -> list[str]:
    whose = {
        "subject_id": (str(row["subject_id"]), listed.subject_id),
        "competency": (row["competency"], listed.competency),
    }
    try:
        return [*unlike(whose | _pairs(row, listed.part))]
    except REFUSALS:
        return ["shape"]


def _pairs(row: Stored, part: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return each column beside what `EntryRow.to_dict` made of it."""
    work, rubric = part["work"], part["rubric"]
    rater = row["rater_id"]
    pairs = {name: (row[name], part[name]) for name in _AS_LISTED}
    pairs |= {
        "steps": ([round(1000 * step) for step in row["steps"]], part["steps"]),
        "is_critical": (row["is_critical"], part["critical"]),
        "work_kind": (row["work_kind"], work["kind"]),
        "work_id": (str(row["work_id"]), work["id"]),
        "criterion": (row["criterion"], work["criterion"]),
        "position": (row["position"], work["position"]),
        "content_version_id": (row["content"], part["content"]["digest"]),
        "rubric_version_id": (row["rubric"], rubric["digest"] if rubric else None),
        "rater_id": (rater and str(rater), part["rater"]),
        "done_on": (row["done_on"].isoformat(), part["done_on"]),
        "recorded_at": (utc_text(row["recorded_at"]), part["recorded_at"]),
    }
    if part["superseded_by"] is not None:  # one that came later is no difference
        pairs["superseded_by"] = (str(row["superseded_by"]), part["superseded_by"])
        pairs["superseded_at"] = (
            row["superseded_at"] and utc_text(row["superseded_at"]),
            part["superseded_at"],
        )
    return pairs
