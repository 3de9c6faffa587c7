"""Issued credentials in a database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lms.content.queries import Library
from lms.credentials.models import Credential
from lms.credentials.services.award import award_of
from lms.credentials.services.issue import IssueOrder, issue_credentials
from lms.credentials.services.keys import make_key
from lms.decisions.models import Decision, DecisionOutcome
from lms.settings import Settings
from tests.decisions.factory import Seat, make_pack, make_seat

CERTIFIER = UUID("11111111-1111-4111-8111-111111111111")
ISSUED = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # noon in Tokyo


def make_awarding_decision(
    session: Session,
    library: Library,
    seat: Seat | None = None,
    *,
    outcome: str = "award",
    awarded: Sequence[str] = ("interviewing",),
) -> Decision:
    """A decision that awards level 3 in some competencies, and commit."""
    seat = seat or make_seat(session, library)
    pack = make_pack(session, library, seat, uuid4())
    decision = Decision(
        pack=pack,
        cohort_id=seat.cohort.id,
        subject_id=seat.learner.subject_id,
        sequence=1,
        outcome=outcome,
        reason="全員で話し合った結果である。",
        decided_by=CERTIFIER,
        decided_at=ISSUED,
        outcomes=[
            *(
                DecisionOutcome(
                    competency=competency,
                    outcome="award",
                    level=3,
                    required_level=3,
                    reason="",
                )
                for competency in awarded
            ),
            DecisionOutcome(
                competency="ethics",
                outcome="more_evidence",
                level=None,
                required_level=3,
                reason="まだ分からない。",
            ),
        ],
    )
    session.add(decision)
    session.commit()
    return decision


def make_order(
    decision: Decision,
    session: Session,
    library: Library,
    settings: Settings,
    *,
    now: datetime = ISSUED,
) -> IssueOrder:
    """The order to issue what a decision awards."""
    framework = library.get(session, decision.pack.framework_version_id).content
    return IssueOrder(
        decision_id=decision.id,
        award=award_of(decision, framework, settings, now=now),
        actor=CERTIFIER,
        now=now,
    )


def make_credentials(
    session: Session,
    library: Library,
    settings: Settings,
    *,
    seat: Seat | None = None,
    now: datetime = ISSUED,
    awarded: Sequence[str] = ("interviewing",),
) -> list[Credential]:
    """A key, a decision, and what it gave, and commit."""
    make_key(session, settings, now=now)
    decision = make_awarding_decision(session, library, seat, awarded=awarded)
    issued = issue_credentials(
        session, make_order(decision, session, library, settings, now=now), settings
    )
    session.commit()
    return issued
