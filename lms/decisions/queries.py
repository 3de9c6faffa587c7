"""Reading packs, decisions and critical flags."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session, defer, lazyload

from lms.accounts.queries import guides
from lms.db import read_rows
from lms.decisions.models import Decision, DecisionOutcome, FlagClearance, Pack
from lms.errors import NotFoundError, message
from lms.evidence.models import Evidence
from lms.programme.models import Cohort, Enrolment


@dataclass(frozen=True, slots=True)
class Flag:
    """A critical row of evidence, and its clearance if there is one."""

    evidence: Evidence
    clearance: FlagClearance | None

    @property
    def is_open(self) -> bool:
        """Say whether it still keeps the candidate from an award."""
        return self.clearance is None


def find_pack(session: Session, cohort: Cohort, subject_id: UUID) -> Pack | None:
    """Return the pack that was frozen last for a candidate, or nothing."""
    return session.scalar(
        select(Pack)
        .where(Pack.cohort_id == cohort.id, Pack.subject_id == subject_id)
        .order_by(Pack.id.desc())
        .limit(1)
    )


def list_packs(
    session: Session, cohort: Cohort, subject_ids: Iterable[UUID]
) -> dict[UUID, Pack]:
    """Return the newest pack of each candidate without documents, in one query."""
    newest = (
        select(func.max(Pack.id))
        .where(Pack.cohort_id == cohort.id, Pack.subject_id.in_(set(subject_ids)))
        .group_by(Pack.subject_id)
    )
    rows = session.scalars(
        select(Pack).options(defer(Pack.document)).where(Pack.id.in_(newest))
    )
    return {row.subject_id: row for row in rows}


def find_live_decision(
    session: Session, cohort_id: int, subject_id: UUID
) -> Decision | None:
    """Return the decision that stands for a candidate, or nothing."""
    return session.scalar(
        select(Decision)
        .where(Decision.cohort_id == cohort_id, Decision.subject_id == subject_id)
        .order_by(Decision.sequence.desc())
        .limit(1)
    )


def list_live_outcomes(session: Session, cohort: Cohort) -> list[Row[Any]]:
    """Return what stands decided in a cohort, a row for each competency.

    Rows of one decision stand together: `subject_id`, `public_id`, `decided` (the
    outcome of the whole), `decided_at`, `digest` of the pack; `competency`, `outcome`
    and `level`, which are None where a decision speaks of no competency.
    """
    newest = (
        select(func.max(Decision.id))
        .where(Decision.cohort_id == cohort.id)
        .group_by(Decision.subject_id)
    )
    statement = (
        select(
            Decision.subject_id,
            Decision.public_id,
            Decision.outcome.label("decided"),
            Decision.decided_at,
            Pack.digest,
            DecisionOutcome.competency,
            DecisionOutcome.outcome,
            DecisionOutcome.level,
        )
        .join(Pack, Pack.id == Decision.pack_id)
        .outerjoin(DecisionOutcome, DecisionOutcome.decision_id == Decision.id)
        .where(Decision.id.in_(newest))
        .order_by(Decision.id, DecisionOutcome.id)
    )
    return list(session.execute(statement))


def list_decision_states(
    session: Session, cohort: Cohort, subject_ids: Iterable[UUID]
) -> dict[UUID, Decision]:
    """Return the live decision of each candidate, without pack and outcomes."""
    newest = (
        select(func.max(Decision.id))
        .where(
            Decision.cohort_id == cohort.id, Decision.subject_id.in_(set(subject_ids))
        )
        .group_by(Decision.subject_id)
    )
    rows = session.scalars(
        select(Decision)
        .options(lazyload(Decision.pack), lazyload(Decision.outcomes))
        .where(Decision.id.in_(newest))
    )
    return {row.subject_id: row for row in rows}


def count_decided(session: Session, cohort_ids: Iterable[int]) -> dict[int, int]:
    """Return how many candidates of each cohort have a decision."""
    rows = session.execute(
        select(Decision.cohort_id, func.count())
        .where(Decision.cohort_id.in_(set(cohort_ids)), Decision.sequence == 1)
        .group_by(Decision.cohort_id)
    )
    return {row[0]: row[1] for row in rows}


def list_decisions_on(
    session: Session, cohort_id: int, subject_id: UUID
) -> list[Decision]:
    """Return all decisions on a candidate, the live one first."""
    return list(
        session.scalars(
            select(Decision)
            .where(Decision.cohort_id == cohort_id, Decision.subject_id == subject_id)
            .order_by(Decision.sequence.desc())
        )
    )


def get_decision(session: Session, public_id: UUID) -> Decision:
    """Return one decision with its pack and outcomes.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = session.scalar(select(Decision).where(Decision.public_id == public_id))
    if found is None:
        raise NotFoundError
    return found


def is_superseded(session: Session, decision: Decision) -> bool:
    """Say whether a later decision took the place of this one."""
    found = session.scalar(
        select(Decision.id).where(Decision.supersedes_id == decision.id)
    )
    return found is not None


def list_flags(session: Session, subject_ids: Iterable[UUID]) -> dict[UUID, list[Flag]]:
    """Return the critical rows of several learners, superseded ones too."""
    found: dict[UUID, list[Flag]] = {subject: [] for subject in subject_ids}
    rows = session.execute(
        select(Evidence, FlagClearance)
        .outerjoin(FlagClearance, FlagClearance.evidence_id == Evidence.id)
        .where(Evidence.subject_id.in_(list(found)), Evidence.is_critical)
        .order_by(Evidence.id)
    )
    for evidence, clearance in rows:
        found[evidence.subject_id].append(Flag(evidence, clearance))
    return found


_CLEARED = select(Evidence.public_id, FlagClearance.cleared_at).join(
    FlagClearance, FlagClearance.evidence_id == Evidence.id
)
_CLEARED_OF_LEARNER = _CLEARED.where(Evidence.subject_id == bindparam("subject_id"))
_CLEARED_IN_COHORT = _CLEARED.join(
    Enrolment, Enrolment.subject_id == Evidence.subject_id
).where(Enrolment.cohort_id == bindparam("cohort_id"))


def cleared_flags(session: Session, subject_id: UUID) -> dict[UUID, datetime]:
    """Return when which critical rows were cleared, by their public ids."""
    rows = read_rows(session, _CLEARED_OF_LEARNER, {"subject_id": subject_id})
    return {row.public_id: row.cleared_at for row in rows}


def cleared_flags_in(session: Session, cohort: Cohort) -> dict[UUID, datetime]:
    """Return the same for all members of a cohort."""
    rows = session.execute(_CLEARED_IN_COHORT, {"cohort_id": cohort.id})
    return {row.public_id: row.cleared_at for row in rows}


def has_marked(session: Session, rater_id: UUID, subject_id: UUID) -> bool:
    """Say whether any evidence on a learner came from this rater."""
    found = session.scalar(
        select(Evidence.id)
        .where(Evidence.subject_id == subject_id, Evidence.rater_id == rater_id)
        .limit(1)
    )
    return found is not None


def find_conflict(session: Session, actor: UUID, subject_id: UUID) -> str | None:
    """Return why a person may not decide on a candidate, or nothing."""
    if actor == subject_id:
        return message("This is you. Somebody else decides on your certificate.")
    if has_marked(session, actor, subject_id):
        return message(
            "You marked work of this candidate. Somebody who did not decides on the "
            "certificate."
        )
    if guides(session, actor, subject_id):
        return message(
            "You guided this candidate. Somebody who did not decides on the "
            "certificate."
        )
    return None


def count_newer_evidence(session: Session, pack: Pack) -> int:
    """Return the number of rows that were recorded after the pack was frozen."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Evidence)
            .where(
                Evidence.subject_id == pack.subject_id,
                Evidence.recorded_at > pack.as_of,
            )
        )
        or 0
    )


def is_candidate(session: Session, subject_id: UUID) -> bool:
    """Say whether a learner is enrolled anywhere."""
    found = session.scalar(
        select(Enrolment.id).where(Enrolment.subject_id == subject_id).limit(1)
    )
    return found is not None


def list_around(
    session: Session, enrolment: Enrolment, *, each_side: int
) -> list[Enrolment]:
    """Return the candidates before and after one in the cohort, itself included."""
    same = Enrolment.cohort_id == enrolment.cohort_id
    before = session.scalars(
        select(Enrolment)
        .where(same, Enrolment.number < enrolment.number)
        .order_by(Enrolment.number.desc())
        .limit(each_side)
    ).all()
    after = session.scalars(
        select(Enrolment)
        .where(same, Enrolment.number > enrolment.number)
        .order_by(Enrolment.number)
        .limit(each_side)
    ).all()
    return [*reversed(before), enrolment, *after]
