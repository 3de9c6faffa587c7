"""Returned sheets against the trail, and the evidence that each of them made.

A rater's word weighs most before any pack lists it: it is held from the return on.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.facts import FactFault, FactFaultKind, FactTable, TableFacts, unlike
from lms.audit.facts import digest_or_none as digest_of
from lms.audit.queries.acts import Act, find_acts
from lms.audit.queries.stored import Stored, read_stored, walk_stored
from lms.content.models import ContentVersion
from lms.evidence.models import Evidence, Submission
from lms.grading.domain import MARK_COLUMNS, SOURCE, key_of, marking_document
from lms.grading.models import Sheet, SheetRating

_ACTION = "sheet.returned"
_SHEETS = FactTable(
    table="sheets",
    object_kind="sheet",
    action=_ACTION,
    key=Sheet.id,
    name=Sheet.public_id,
    statement=select(
        Sheet.id,
        Sheet.public_id,
        Sheet.rater_id,
        Sheet.returned_at,
        Submission.work_id.label("work"),
        ContentVersion.digest.label("rubric"),
    )
    .outerjoin(Submission, Submission.id == Sheet.submission_id)
    .outerjoin(ContentVersion, ContentVersion.id == Sheet.rubric_version_id)
    .where(Sheet.returned_at.is_not(None)),
)
_RATINGS = select(
    SheetRating.sheet_id,
    SheetRating.criterion,
    SheetRating.band,
    SheetRating.not_observed,
)
_MARKS = select(
    Evidence.public_id,
    Evidence.key,
    Evidence.work_id,
    Evidence.rater_id,
    Evidence.recorded_at,
    *(getattr(Evidence, name) for name in MARK_COLUMNS),
)
_CLAIMED = select(Evidence.id, Evidence.public_id, Evidence.key).where(
    Evidence.source == SOURCE
)


def sheet_facts() -> TableFacts:
    """Hold every returned sheet, with its bands and its evidence, against its act."""
    return TableFacts(_SHEETS, _differences, complete=_add_marks)


class MarkFacts:
    """Evidence that says that it is of a sheet; no sheet's act may leave it out."""

    def __init__(self) -> None:
        self.count = 0

    def faults(self, session: Session) -> Iterator[FactFault]:
        """Find evidence of raters that no act of returning names."""
        for rows in walk_stored(session, _CLAIMED, Evidence.id):
            self.count += len(rows)
            sheets = {name for row in rows if (name := _sheet_in(row))}
            acts = find_acts(session, "sheet", sheets, [_ACTION])
            for row in rows:
                name = str(row["public_id"])
                own = acts.get(_sheet_in(row) or "", [])
                if not any(name in act.inputs.get("evidence", ()) for act in own):
                    yield FactFault(FactFaultKind.ADDED, "evidence", name)


def _sheet_in(row: Stored) -> str | None:
    """Return the id of the sheet that a row of evidence names in its key."""
    key = row["key"]
    return key.split(":")[1] if isinstance(key, str) and key.count(":") > 1 else None


def _add_marks(session: Session, rows: Sequence[Stored]) -> None:
    """Give each sheet its bands, and the evidence under the keys of its criteria."""
    ratings = defaultdict(list)
    ids = [row["id"] for row in rows]
    for rating in read_stored(session, _RATINGS.where(SheetRating.sheet_id.in_(ids))):
        ratings[rating.pop("sheet_id")].append(rating)
    sheet_of = {
        key_of(row["public_id"], rating["criterion"]): row["id"]
        for row in rows
        for rating in ratings[row["id"]]
        if isinstance(row["public_id"], UUID) and isinstance(rating["criterion"], str)
    }
    marks = defaultdict(list)
    for mark in read_stored(session, _MARKS.where(Evidence.key.in_(list(sheet_of)))):
        marks[sheet_of[mark["key"]]].append(mark)
    for row in rows:
        row["ratings"], row["marks"] = ratings[row["id"]], marks[row["id"]]


def _differences(row: Stored, act: Act) -> Iterator[str]:
    given, marks = act.inputs, row["marks"]
    names = sorted(str(mark["public_id"]) for mark in marks)
    yield from unlike(
        {
            "rater_id": (row["rater_id"], act.actor_id),
            "returned_at": (row["returned_at"], act.at),
            "work": (str(row["work"]), given["work"]),
            "rubric_version_id": (row["rubric"], given["rubric"]),
            "evidence": (names, given["evidence"]),
        }
    )
    of_all = {
        "work_id": UUID(given["work"]),
        "rater_id": act.actor_id,
        "recorded_at": act.at,
    }
    for name, value in of_all.items():
        if any(mark[name] != value for mark in marks):
            yield f"evidence: {name}"
    if "digest" in given:  # recorded since 2026-11-28
        found = digest_of(marking_document(row["ratings"], marks))
        yield from unlike({"marking": (found, given["digest"])})
