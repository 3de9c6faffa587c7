"""Decisions on a person: taken along; kept as the body's account of its acts."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.decisions.models import Decision, FlagClearance, Pack
from lms.evidence.models import Evidence


class DecisionData:
    """Decisions with their reasons and the frozen pack that each rests on."""

    name = "decisions"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return every decision on the person, corrected ones too."""
        rows = session.scalars(
            select(Decision)
            .where(Decision.subject_id == person.subject_id)
            .order_by(Decision.id)
        )
        hidden = ("pack_id", "cohort_id", "supersedes_id")
        return [
            {
                **plain_row(row, without=hidden),
                "outcomes": [
                    plain_row(part, without=("decision_id",)) for part in row.outcomes
                ],
                "pack": {"digest": row.pack.digest, "document": row.pack.document},
            }
            for row in rows
        ]

    def erase(self, _session: Session, _person: Person) -> int:
        """Keep decisions and reasons: a certificate must stay defensible."""
        return 0


class PackData:
    """Packs that were frozen and, so far, not decided on."""

    name = "packs"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return what was put together for a panel; the others stand with decisions."""
        decided = select(Decision.pack_id).where(
            Decision.subject_id == person.subject_id
        )
        rows = session.scalars(
            select(Pack)
            .where(Pack.subject_id == person.subject_id, Pack.id.not_in(decided))
            .order_by(Pack.id)
        )
        hidden = ("cohort_id", "framework_version_id", "standings")
        return [plain_row(row, without=hidden) for row in rows]

    def erase(self, _session: Session, _person: Person) -> int:
        """Keep the packs: they hold figures under a random id."""
        return 0


class ClearanceData:
    """Critical errors that a panel looked at, with its reasons."""

    name = "flag_clearances"

    def export(self, session: Session, person: Person) -> list[dict[str, Any]]:
        """Return each clearance with the random id of the evidence it is about."""
        rows = session.execute(
            select(FlagClearance, Evidence.public_id)
            .join(Evidence, Evidence.id == FlagClearance.evidence_id)
            .where(Evidence.subject_id == person.subject_id)
            .order_by(FlagClearance.id)
        )
        return [
            {**plain_row(row, without=("evidence_id",)), "evidence": str(evidence)}
            for row, evidence in rows
        ]

    def erase(self, _session: Session, _person: Person) -> int:
        """Keep reasons: a certificate must stay defensible."""
        return 0
