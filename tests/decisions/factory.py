"""Cohorts with candidates, and forms filled in."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.clock import utc_now
from lms.content.domain import Bilingual
from lms.content.queries import Library
from lms.decisions.domain import CompetencyRuling, Outcome, Ruling
from lms.decisions.models import Decision, Pack
from lms.decisions.services import Deliberation, freeze_pack, record_decision
from lms.permissions import Role
from lms.programme.models import Cohort, Enrolment
from lms.programme.services import NewCohort, enrol_learner, open_cohort
from tests.conftest import NOON
from tests.factories.accounts import make_person

_numbers = count(1)
REASON = "三人の評価者の所見と記録を読み、全員で話し合った。"


@dataclass(frozen=True)
class Seat:
    """A candidate with the place in a cohort."""

    cohort: Cohort
    learner: Person
    enrolment: Enrolment

    @property
    def url(self) -> str:
        """Where the panel finds the candidate."""
        return f"/decisions/{self.cohort.slug}/{self.enrolment.number}"


def make_cohort(session: Session, library: Library) -> Cohort:
    """Open a cohort under the shipped framework, and commit."""
    number = next(_numbers)
    cohort = open_cohort(
        session,
        NewCohort(
            slug=f"cohort-{number}",
            name=Bilingual(f"第{number}期", f"Cohort {number}"),
            framework_version_id=library.get_current(
                session, "framework", "coordinator"
            ).id,
            started_on=NOON.date(),
        ),
        now=NOON,
    )
    session.commit()
    return cohort


def make_seat(
    session: Session,
    library: Library,
    *,
    cohort: Cohort | None = None,
    learner: Person | None = None,
    number: str | None = None,
) -> Seat:
    """Enrol a learner, and commit."""
    cohort = cohort or make_cohort(session, library)
    learner = learner or make_person(session, Role.TRAINEE)
    number = number or f"7-{next(_numbers):02}"
    enrolment = enrol_learner(
        session, cohort, learner.subject_id, number=number, now=NOON
    )
    session.commit()
    return Seat(cohort, learner, enrolment)


def now_in_tokyo() -> datetime:
    """The present moment as the views see it."""
    return utc_now().astimezone(ZoneInfo("Asia/Tokyo"))


def make_pack(session: Session, library: Library, seat: Seat, actor: UUID) -> Pack:
    """Freeze the candidate's record now, and commit."""
    pack = freeze_pack(
        session,
        library,
        seat.enrolment,
        seat.cohort,
        actor=actor,
        as_of=now_in_tokyo(),
    )
    session.commit()
    return pack


def make_ruling(
    pack: Pack, outcome: Outcome = Outcome.MORE_EVIDENCE, **given: Outcome
) -> Ruling:
    """The same outcome for every competency, unless told otherwise."""
    return Ruling(
        outcome=outcome,
        reason=REASON,
        competencies={
            row["competency"]: CompetencyRuling(
                given.get(row["competency"].replace("-", "_"), outcome), REASON
            )
            for row in pack.standings
        },
    )


def make_decision(
    session: Session,
    seat: Seat,
    pack: Pack,
    actor: UUID,
    *,
    supersedes: UUID | None = None,
    outcome: Outcome = Outcome.MORE_EVIDENCE,
) -> Decision:
    """Record a decision, and commit."""
    decision = record_decision(
        session,
        seat.cohort,
        seat.learner.subject_id,
        Deliberation(
            pack_digest=pack.digest,
            supersedes=supersedes,
            ruling=make_ruling(pack, outcome),
            actor=actor,
            now=utc_now(),
        ),
    )
    session.commit()
    return decision


def make_form(pack: Pack, outcome: str = "more_evidence", **given: str) -> dict:
    """What a browser sends: every competency alike, with reasons."""
    data = {"pack_digest": pack.digest, "supersedes": "", "outcome": outcome}
    data["reason"] = REASON
    for row in pack.standings:
        data[f"{row['competency']}-outcome"] = outcome
        data[f"{row['competency']}-reason"] = REASON
    return {**data, **given}
