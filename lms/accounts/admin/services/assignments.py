"""Who guides whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Assignment, Person
from lms.accounts.services import assign_learner
from lms.audit.services import record_audit
from lms.errors import ConflictError, InvalidInputError, NotFoundError, message
from lms.permissions import Role


def assign(
    session: Session,
    supervisor: Person,
    learner: Person,
    *,
    actor: UUID | None,
    now: datetime,
) -> None:
    """Open a learner's work to a supervisor.

    Raises
    ------
    InvalidInputError
        The two cannot be put together, and why.
    ConflictError
        They are together already.
    """
    fault = find_fault(supervisor.roles, learner.roles, is_same=supervisor is learner)
    if fault is not None:
        raise InvalidInputError(fault)
    if _find(session, supervisor, learner) is not None:
        raise ConflictError(message("This supervisor guides the learner already."))
    assign_learner(session, supervisor, learner, actor=actor, now=now)
    session.flush()  # a lost race shows here


def end_assignment(
    session: Session,
    supervisor: Person,
    learner: Person,
    *,
    actor: UUID | None,
    now: datetime,
) -> None:
    """Close a learner's work to a supervisor; that they guided them stays known.

    Raises
    ------
    NotFoundError
        The supervisor does not guide the learner.
    """
    found = _find(session, supervisor, learner)
    if found is None:
        raise NotFoundError
    found.ended_at, found.ended_by = now, actor
    _record_end(session, supervisor, learner, actor=actor, now=now)


def end_assignments_of(
    session: Session, supervisor: Person, *, actor: UUID | None, now: datetime
) -> None:
    """Close to somebody all work that was open to them as a supervisor."""
    rows = session.execute(
        select(Assignment, Person)
        .join(Person, Person.id == Assignment.learner_id)
        .where(Assignment.supervisor_id == supervisor.id, Assignment.ended_at.is_(None))
        .with_for_update(of=Assignment)
    ).all()
    for assignment, learner in rows:
        assignment.ended_at, assignment.ended_by = now, actor
        _record_end(session, supervisor, learner, actor=actor, now=now)


def find_fault(
    supervisor_roles: tuple[Role, ...],
    learner_roles: tuple[Role, ...],
    *,
    is_same: bool,
) -> str | None:
    """Return why two people cannot be supervisor and learner, or nothing."""
    if is_same:
        return message("A person cannot be their own supervisor.")
    if Role.SUPERVISOR not in supervisor_roles:
        return message("Whoever guides needs the role of supervisor first.")
    if Role.TRAINEE not in learner_roles:
        return message("Whoever is guided needs the role of trainee first.")
    return None


def _find(session: Session, supervisor: Person, learner: Person) -> Assignment | None:
    return session.scalar(
        select(Assignment)
        .where(
            Assignment.supervisor_id == supervisor.id,
            Assignment.learner_id == learner.id,
            Assignment.ended_at.is_(None),
        )
        .with_for_update()
    )


def _record_end(
    session: Session,
    supervisor: Person,
    learner: Person,
    *,
    actor: UUID | None,
    now: datetime,
) -> None:
    record_audit(
        session,
        "assignment.ended",
        ("person", learner.subject_id),
        actor=actor,
        now=now,
        supervisor=str(supervisor.subject_id),
    )
