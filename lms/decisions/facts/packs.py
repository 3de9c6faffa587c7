"""Packs against the trail, and the evidence that each lists against its table."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.facts import (
    FactFault,
    FactTable,
    TableFacts,
    digest_or_none,
    unlike,
)
from lms.audit.queries.acts import Act
from lms.audit.queries.stored import REFUSALS, Stored
from lms.content.models import ContentVersion
from lms.decisions.domain import figures_of
from lms.decisions.facts.evidence import hold_evidence
from lms.decisions.models import Pack
from lms.programme.models import Cohort

_PACKS = FactTable(
    table="packs",
    object_kind="pack",
    action="pack.frozen",
    key=Pack.id,
    name=Pack.public_id,
    statement=select(
        Pack.id,
        Pack.public_id,
        Pack.subject_id,
        Pack.document,
        Pack.standings,
        Pack.digest,
        Pack.as_of,
        Pack.frozen_at,
        Pack.frozen_by,
        Cohort.slug.label("cohort"),
        ContentVersion.digest.label("framework"),
    )
    .outerjoin(Cohort, Cohort.id == Pack.cohort_id)
    .outerjoin(ContentVersion, ContentVersion.id == Pack.framework_version_id),
)


def pack_facts() -> TableFacts:
    """Hold every pack against its act, and what it lists against the table."""
    return TableFacts(
        _PACKS,
        _differences,
        complete=_add_digests,
        hold_more=partial(_hold_lists, set()),
    )


def _add_digests(_session: Session, rows: list[Stored]) -> None:
    for row in rows:
        row["found"] = digest_or_none(row["document"])


def _hold_lists(
    reported: set[FactFault], session: Session, rows: list[Stored]
) -> Iterator[FactFault]:
    """Hold the evidence in packs whose document is what was frozen.

    The packs of one learner list the same rows: what was reported is not said again.
    """
    whole = [row["document"] for row in rows if row["found"] == row["digest"]]
    for fault in hold_evidence(session, whole):
        if fault not in reported:
            reported.add(fault)
            yield fault


def _differences(row: Stored, act: Act) -> Iterator[str]:
    given = act.inputs
    yield from unlike(
        {
            "document": (row["found"], given["digest"]),
            "digest": (row["digest"], given["digest"]),
            "as_of": (row["as_of"], _as_of(row)),
            "standings": (row["standings"], _figures(row)),
            "subject_id": (str(row["subject_id"]), given["candidate"]),
            "cohort_id": (row["cohort"], given["cohort"]),
            "framework_version_id": (row["framework"], given["framework"]),
            "frozen_at": (row["frozen_at"], act.at),
            "frozen_by": (row["frozen_by"], act.actor_id),
        }
    )


def _as_of(row: Stored) -> object:
    """Return up to when the document counts evidence: later rows make it an old one."""
    try:
        return datetime.fromisoformat(row["document"]["record"]["as_of"])
    except REFUSALS:
        return None


def _figures(row: Stored) -> object:
    """Return what the standings repeat of the document, as far as it has them."""
    try:
        return figures_of(row["document"])
    except REFUSALS:
        return None
