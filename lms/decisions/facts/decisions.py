"""Decisions with their outcomes, and cleared flags, against the trail."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.audit.facts import FactTable, TableFacts, digest_or_none, unlike
from lms.audit.queries.acts import Act
from lms.audit.queries.stored import Stored, read_stored
from lms.decisions.domain import ruling_document
from lms.decisions.models import Decision, DecisionOutcome, FlagClearance, Pack
from lms.evidence.models import Evidence

_EARLIER = aliased(Decision)
_DECISIONS = FactTable(
    table="decisions",
    object_kind="decision",
    action="decision.recorded",
    key=Decision.id,
    name=Decision.public_id,
    statement=select(
        Decision.id,
        Decision.public_id,
        Decision.subject_id,
        Decision.outcome,
        Decision.reason,
        Decision.decided_by,
        Decision.decided_at,
        Decision.supersedes_id,
        _EARLIER.public_id.label("supersedes"),
        Pack.digest.label("pack"),
        (Pack.cohort_id == Decision.cohort_id).label("is_of_cohort"),
        Pack.standings,
    )
    .outerjoin(Pack, Pack.id == Decision.pack_id)
    .outerjoin(_EARLIER, _EARLIER.id == Decision.supersedes_id),
)
_CLEARANCES = FactTable(
    table="flag_clearances",
    object_kind="evidence",
    action="flag.cleared",
    key=FlagClearance.id,
    name=Evidence.public_id,
    statement=select(
        FlagClearance.id,
        FlagClearance.cleared_by,
        FlagClearance.cleared_at,
        Evidence.public_id,
        Evidence.subject_id,
    )
    .select_from(FlagClearance)
    .outerjoin(Evidence, Evidence.id == FlagClearance.evidence_id),
)


def decision_facts() -> TableFacts:
    """Hold every decision, with its outcomes, against its act and its pack."""
    return TableFacts(_DECISIONS, _decision_differences, complete=_add_outcomes)


def clearance_facts() -> TableFacts:
    """Hold every critical error that a panel cleared against its act."""
    return TableFacts(_CLEARANCES, _clearance_differences)


def _add_outcomes(session: Session, rows: Sequence[Stored]) -> None:
    """Give each decision the outcomes of its competencies."""
    columns = (
        DecisionOutcome.decision_id,
        DecisionOutcome.competency,
        DecisionOutcome.outcome,
        DecisionOutcome.level,
        DecisionOutcome.required_level,
        DecisionOutcome.reason,
    )
    ids = [row["id"] for row in rows]
    found = defaultdict(list)
    for part in read_stored(
        session, select(*columns).where(DecisionOutcome.decision_id.in_(ids))
    ):
        found[part.pop("decision_id")].append(part)
    for row in rows:
        row["outcomes"] = found[row["id"]]


def _decision_differences(row: Stored, act: Act) -> Iterator[str]:
    given, supersedes = act.inputs, row["supersedes"]
    yield from unlike(
        {
            "subject_id": (str(row["subject_id"]), given["candidate"]),
            "cohort_id": (row["is_of_cohort"], True),
            "pack_id": (row["pack"], given["pack"]),
            "outcome": (row["outcome"], given["outcome"]),
            "supersedes_id": (supersedes and str(supersedes), given["supersedes"]),
            "decided_by": (row["decided_by"], act.actor_id),
            "decided_at": (row["decided_at"], act.at),
            "outcomes": (_levels(row["outcomes"]), _attested(row["standings"])),
        }
    )
    if "digest" in given:  # recorded since 2026-11-28
        document = ruling_document(row["reason"], row["outcomes"])
        yield from unlike({"ruling": (digest_or_none(document), given["digest"])})


def _levels(parts: Sequence[Stored]) -> list[tuple[str, int | None, int]]:
    return sorted(
        (part["competency"], part["level"], part["required_level"]) for part in parts
    )


def _attested(standings: Sequence[Stored]) -> list[tuple[str, int | None, int]]:
    return sorted(
        (row["competency"], row["attested_level"], row["required_level"])
        for row in standings
    )


def _clearance_differences(row: Stored, act: Act) -> Iterator[str]:
    yield from unlike(
        {
            "subject_id": (str(row["subject_id"]), act.inputs["candidate"]),
            "cleared_by": (row["cleared_by"], act.actor_id),
            "cleared_at": (row["cleared_at"], act.at),
        }
    )
