"""Finding people."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.domain.address import normalise_address
from lms.accounts.models import Assignment, Person, Profile
from lms.accounts.single_sign_on.models import ExternalIdentity
from lms.errors import NotFoundError


def find_person(session: Session, subject_id: UUID) -> Person | None:
    """Return the person with this random id, or nothing."""
    return session.scalar(select(Person).where(Person.subject_id == subject_id))


def get_person(session: Session, subject_id: UUID) -> Person:
    """Return the person with this random id.

    Raises
    ------
    NotFoundError
        Nobody has it.
    """
    person = find_person(session, subject_id)
    if person is None:
        raise NotFoundError
    return person


def find_person_by_email(session: Session, email: str) -> Person | None:
    """Return the person who signs in with `email`, or nothing."""
    return session.scalar(
        select(Person).join(Profile).where(Profile.email == normalise_address(email))
    )


@dataclass(frozen=True, slots=True)
class Entrant:
    """What the door needs of somebody who wants to come in."""

    subject_id: UUID
    is_enabled: bool
    password_hash: str | None


def find_entrant(session: Session, email: str) -> Entrant | None:
    """Return who signs in with `email`: one query, whether or not there is anybody."""
    row = session.execute(
        select(Person.subject_id, Person.is_enabled, Profile.password_hash)
        .join(Profile)
        .where(Profile.email == normalise_address(email))
    ).one_or_none()
    return Entrant(*row) if row else None


def list_unreachable(session: Session) -> list[UUID]:
    """Return whose stored address is not as `find_person_by_email` looks for it.

    Earlier versions kept what a keyboard wrote, such as letters in full width.
    """
    rows = session.execute(
        select(Person.subject_id, Profile.email).join(Profile).order_by(Person.id)
    )
    return [row.subject_id for row in rows if normalise_address(row.email) != row.email]


def names_of(session: Session, subject_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those who have not been erased."""
    rows = session.execute(
        select(Person.subject_id, Profile.name)
        .join(Profile)
        .where(Person.subject_id.in_(set(subject_ids)))
    )
    return {row.subject_id: row.name for row in rows}


def get_own_learner(session: Session, supervisor_id: int, subject_id: UUID) -> Person:
    """Return a learner whom the supervisor guides.

    Raises
    ------
    NotFoundError
        Nobody has the id, or somebody else guides them.
    """
    learner: Person | None = session.scalar(
        select(Person)
        .join(Assignment, Assignment.learner_id == Person.id)
        .where(
            Person.subject_id == subject_id,
            Assignment.supervisor_id == supervisor_id,
            Assignment.ended_at.is_(None),
        )
    )
    if learner is None:
        raise NotFoundError
    return learner


def guides(session: Session, supervisor: UUID, learner: UUID) -> bool:
    """Say whether one person is or was assigned to guide the other."""
    boss, person = aliased(Person), aliased(Person)
    return (
        session.scalar(
            select(Assignment.id)
            .join(boss, boss.id == Assignment.supervisor_id)
            .join(person, person.id == Assignment.learner_id)
            .where(boss.subject_id == supervisor, person.subject_id == learner)
            .limit(1)
        )
        is not None
    )


def has_way_in() -> ColumnElement[bool]:
    """Say whether somebody has a password, or signs in at another place."""
    elsewhere = exists().where(ExternalIdentity.person_id == Person.id)
    return or_(Profile.password_hash.is_not(None), elsewhere)
