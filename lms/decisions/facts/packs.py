"""Packs against the trail, and the evidence that each lists against its table."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.facts import (
    FactFault,
    FactTable,
    digest_or_none,
    hold_rows,
    list_missing,
    unlike,
)
from lms.audit.queries.acts import Act
from lms.audit.queries.stored import REFUSALS, Stored, walk_stored
from lms.content.models import ContentVersion
from lms.decisions.domain import figures_of
from lms.decisions.facts.evidence import hold_evidence
from lms.decisions.models import Pack
from lms.programme.models import Cohort

_PACKS = FactTable(
    table="packs",
    object_kind="pack",
    action="pack.frozen",
    name=Pack.public_id,
    statement=select(
        Pack.id,
        Pack.public_id,
        Pack.subject_id,
        Pack.document,
        Pack.standings,
        Pack.digest,
        Pack.frozen_at,
        Pack.frozen_by,
        Cohort.slug.label("cohort"),
        ContentVersion.digest.label("framework"),
    )
    .outerjoin(Cohort, Cohort.id == Pack.cohort_id)
    .outerjoin(ContentVersion, ContentVersion.id == Pack.framework_version_id),
)


class PackFacts:
    """Packs, and the evidence in those whose document is what was frozen."""

    def __init__(self) -> None:
        self.count = 0

    def faults(self, session: Session) -> Iterator[FactFault]:
        """Hold every pack against its act, and what it lists against the table."""
        reported: set[FactFault] = set()  # the packs of one learner list the same rows
        for rows in walk_stored(session, _PACKS.statement, Pack.id):
            self.count += len(rows)
            for row in rows:
                row["found"] = digest_or_none(row["document"])
            yield from hold_rows(session, _PACKS, rows, _differences)
            whole = [row["document"] for row in rows if row["found"] == row["digest"]]
            for fault in hold_evidence(session, whole):
                if fault not in reported:
                    reported.add(fault)
                    yield fault
        yield from list_missing(session, _PACKS)


def _differences(row: Stored, act: Act) -> Iterator[str]:
    given = act.inputs
    yield from unlike(
        {
            "document": (row["found"], given["digest"]),
            "digest": (row["digest"], given["digest"]),
            "standings": (row["standings"], _figures(row)),
            "subject_id": (str(row["subject_id"]), given["candidate"]),
            "cohort_id": (row["cohort"], given["cohort"]),
            "framework_version_id": (row["framework"], given["framework"]),
            "frozen_at": (row["frozen_at"], act.at),
            "frozen_by": (row["frozen_by"], act.actor_id),
        }
    )


def _figures(row: Stored) -> object:
    """Return what the standings repeat of the document, as far as it has them."""
    try:
        return figures_of(row["document"])
    except REFUSALS:
        return None
