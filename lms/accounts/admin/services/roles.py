"""Giving and taking roles, letting people in and shutting them out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.admin.services.assignments import end_assignments_of
from lms.accounts.administrators import ensure_another_administrator
from lms.accounts.models import Person, RoleGrant, Suspension
from lms.accounts.sign_ins import end_sign_ins
from lms.audit.services import record_audit
from lms.errors import ConflictError, NotAllowedError, message
from lms.permissions import Role


class OwnAccountError(NotAllowedError):
    """Nobody raises or shuts out themselves."""

    default = message(
        "Nobody changes their own roles or access. Ask another administrator."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who acts, when and why; nobody for the server's operator."""

    actor: UUID | None
    now: datetime
    reason: str = ""


def grant_role(session: Session, person: Person, role: Role, act: Act) -> None:
    """Give a person a role.

    Raises
    ------
    OwnAccountError
        It is the actor's own account.
    ConflictError
        The person holds the role already.
    """
    _ensure_other(person, act)
    if role in person.roles:
        raise ConflictError(message("This person holds the role already."))
    session.add(
        RoleGrant(
            person_id=person.id,
            role=role.value,
            granted_at=act.now,
            granted_by=act.actor,
            grant_reason=act.reason,
        )
    )
    session.flush()  # a lost race shows here
    session.expire(person, ["grants"])
    _record(session, "role.granted", person, act, role=role.value)


def revoke_role(session: Session, person: Person, role: Role, act: Act) -> None:
    """Take a role from a person; whom they guide as its holder, they no longer do.

    Raises
    ------
    OwnAccountError
        It is the actor's own account.
    LastAdministratorError
        Nobody could administer people any more.
    ConflictError
        The person does not hold the role.
    """
    _ensure_other(person, act)
    if role is Role.ADMINISTRATOR:
        ensure_another_administrator(session, person)
    grant = session.scalar(
        select(RoleGrant)
        .where(
            RoleGrant.person_id == person.id,
            RoleGrant.role == role.value,
            RoleGrant.revoked_at.is_(None),
        )
        .with_for_update()
    )
    if grant is None:
        raise ConflictError(message("This person no longer holds the role."))
    grant.revoked_at, grant.revoked_by = act.now, act.actor
    grant.revoke_reason = act.reason
    session.flush()
    session.expire(person, ["grants"])
    if role is Role.SUPERVISOR:
        end_assignments_of(session, person, actor=act.actor, now=act.now)
    _record(session, "role.revoked", person, act, role=role.value)


def disable_person(session: Session, person: Person, act: Act) -> None:
    """Let a person sign in no more, and end their sign-ins at once.

    Raises
    ------
    OwnAccountError
        It is the actor's own account.
    LastAdministratorError
        Nobody could administer people any more.
    ConflictError
        The person is disabled already.
    """
    _ensure_other(person, act)
    ensure_another_administrator(session, person)
    _wait_for_others(session, person)
    if not person.is_enabled:
        raise ConflictError(message("This person is disabled already."))
    person.is_enabled = False
    session.add(
        Suspension(
            person_id=person.id,
            began_at=act.now,
            began_by=act.actor,
            reason=act.reason,
        )
    )
    end_sign_ins(session, person.id, now=act.now, reason="disabled")
    _record(session, "person.disabled", person, act)


def enable_person(session: Session, person: Person, act: Act) -> None:
    """Let a disabled person sign in again.

    Raises
    ------
    OwnAccountError
        It is the actor's own account.
    ConflictError
        The person is not disabled.
    """
    _ensure_other(person, act)
    _wait_for_others(session, person)
    if person.is_enabled:
        raise ConflictError(message("This person can sign in already."))
    person.is_enabled = True
    open_one = session.scalar(
        select(Suspension)
        .where(Suspension.person_id == person.id, Suspension.ended_at.is_(None))
        .with_for_update()
    )
    if open_one is not None:
        open_one.ended_at, open_one.ended_by = act.now, act.actor
        open_one.end_reason = act.reason
    _record(session, "person.enabled", person, act)


def _ensure_other(person: Person, act: Act) -> None:
    if act.actor == person.subject_id:
        raise OwnAccountError


def _wait_for_others(session: Session, person: Person) -> None:
    """Let nobody else switch access until this transaction ends, and see who did."""
    session.refresh(person, ["is_enabled"], with_for_update=True)


def _record(
    session: Session, action: str, person: Person, act: Act, **inputs: str
) -> None:
    record_audit(
        session,
        action,
        ("person", person.subject_id),
        actor=act.actor,
        now=act.now,
        **inputs,
    )
