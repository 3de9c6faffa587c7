"""Decisions on a person: taken along; kept as the body's account of its acts."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.personal import plain_row
from lms.decisions.models import Decision


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
