"""What has happened to one person: roles, suspensions, assignments, invitation."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.accounts.models import AccountLink, Assignment, Person, RoleGrant, Suspension
from lms.accounts.ways_in import Purpose


@dataclass(frozen=True, slots=True)
class Guided:
    """The other end of an assignment."""

    assignment: Assignment
    person: Person

    @property
    def is_open(self) -> bool:
        """Say whether the assignment still holds."""
        return self.assignment.ended_at is None


def list_grants(session: Session, person: Person) -> list[RoleGrant]:
    """Return every role that a person was ever given, the newest first."""
    return list(
        session.scalars(
            select(RoleGrant)
            .where(RoleGrant.person_id == person.id)
            .order_by(RoleGrant.granted_at.desc(), RoleGrant.id.desc())
        )
    )


def list_suspensions(session: Session, person: Person) -> list[Suspension]:
    """Return the times in which a person might not sign in, the newest first."""
    return list(
        session.scalars(
            select(Suspension)
            .where(Suspension.person_id == person.id)
            .order_by(Suspension.id.desc())
        )
    )


def list_learners(session: Session, person: Person) -> list[Guided]:
    """Return whom a person guides or guided, open assignments first."""
    return _guided(session, Assignment.supervisor_id, Assignment.learner_id, person)


def list_supervisors(session: Session, person: Person) -> list[Guided]:
    """Return who guides or guided a person, open assignments first."""
    return _guided(session, Assignment.learner_id, Assignment.supervisor_id, person)


def find_invitation(session: Session, person: Person) -> AccountLink | None:
    """Return the invitation that waits for a person, or nothing."""
    return session.scalar(
        select(AccountLink)
        .where(
            AccountLink.person_id == person.id,
            AccountLink.purpose == Purpose.INVITATION.value,
            AccountLink.used_at.is_(None),
            AccountLink.superseded_at.is_(None),
        )
        .order_by(AccountLink.id.desc())
        .limit(1)
    )


def _guided(session: Session, own: Any, other: Any, person: Person) -> list[Guided]:
    rows = session.execute(
        select(Assignment, Person)
        .join(Person, Person.id == other)
        .options(joinedload(Person.profile))
        .where(own == person.id)
        .order_by(Assignment.ended_at.is_not(None), Assignment.id)
    )
    return [Guided(assignment, found) for assignment, found in rows]
