"""Writing a planned list: all rows or none, in a few statements for all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from lms.accounts.admin.imports.plan import ImportPlan, Outcome, PlannedRow
from lms.accounts.links import LIFETIMES
from lms.accounts.models import AccountLink, Assignment, Person, Profile, RoleGrant
from lms.accounts.naming import search_text
from lms.accounts.ways_in import Purpose
from lms.audit.services import record_audit
from lms.errors import ConflictError, InvalidInputError, message
from lms.jobs.services import post_mails


class ChangedPlanError(ConflictError):
    """The list would no longer do what was shown."""

    default: ClassVar[str] = message(
        "People were changed since the list was checked. Look through it again."
    )


class RefusedRowsError(InvalidInputError):
    """Rows have faults; nothing is written before all are put right."""

    default: ClassVar[str] = message("Rows have faults. Nothing was written.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """Who takes a list in, when, and what was confirmed.

    Attributes
    ----------
    confirmed : str
        Digest of the plan that was looked at.
    invites : bool
        New people get a mail with the link for a password.
    """

    confirmed: str
    actor: UUID | None
    now: datetime
    invites: bool


def apply_import(session: Session, plan: ImportPlan, order: ImportOrder) -> None:
    """Write everything that was planned.

    Raises
    ------
    ChangedPlanError
        Things have changed since.
    RefusedRowsError
        A row cannot be taken in.
    """
    if plan.digest != order.confirmed:
        raise ChangedPlanError
    if plan.count(Outcome.REFUSED):
        raise RefusedRowsError
    made = {row.row.email: _new_person(row, order) for row in plan.having(Outcome.NEW)}
    session.add_all(made.values())
    people = {row.row.email: row.person for row in plan.rows if row.person} | made
    session.flush()  # whoever is new has an id now
    _update_profiles(session, plan.having(Outcome.UPDATED))
    _grant_roles(session, plan, people, order)
    _assign(session, plan, people, order)
    if order.invites:
        _invite(session, list(made.values()), order)
    _record(session, plan, people, order)


def _new_person(row: PlannedRow, order: ImportOrder) -> Person:
    return Person(
        organisation_id=row.organisation.id if row.organisation else None,
        created_at=order.now,
        profile=Profile(
            name=row.row.name,
            name_kana=row.row.name_kana,
            email=row.row.email,
            locale=row.row.locale,
        ),
    )


def _update_profiles(session: Session, rows: list[PlannedRow]) -> None:
    """Correct what names people: one statement each for profiles and for people."""
    profiles = [_values(row) for row in rows if row.changes or row.organisation]
    if profiles:
        session.execute(update(Profile), profiles)
    moves = [
        {"id": row.person.id, "organisation_id": row.organisation.id}
        for row in rows
        if row.person and row.organisation
    ]
    if moves:
        session.execute(update(Person), moves)


def _values(row: PlannedRow) -> dict[str, Any]:
    """Return every column of a profile: equal statements can go out as one."""
    profile = row.person.profile if row.person else None
    if profile is None:
        raise ChangedPlanError
    naming = {
        name: row.changes.get(name, getattr(profile, name))
        for name in ("name", "name_kana")
    }
    return {
        "person_id": profile.person_id,
        **naming,
        "locale": row.changes.get("locale", profile.locale),
        "search_text": search_text(**naming, email=profile.email),
        "revision": profile.revision + 1,
    }


def _grant_roles(
    session: Session, plan: ImportPlan, people: dict[str, Person], order: ImportOrder
) -> None:
    rows = [
        {
            "person_id": people[row.row.email].id,
            "role": role.value,
            "granted_at": order.now,
            "granted_by": order.actor,
        }
        for row in plan.rows
        for role in row.roles
    ]
    if rows:
        session.execute(insert(RoleGrant), rows)


def _assign(
    session: Session, plan: ImportPlan, people: dict[str, Person], order: ImportOrder
) -> None:
    rows = [
        {
            "supervisor_id": (row.supervisor or people[row.row.supervisor]).id,
            "learner_id": people[row.row.email].id,
            "assigned_at": order.now,
            "assigned_by": order.actor,
        }
        for row in plan.rows
        if row.assigns
    ]
    if rows:
        session.execute(insert(Assignment), rows)


def _invite(session: Session, people: list[Person], order: ImportOrder) -> None:
    links = [
        AccountLink(
            person_id=person.id,
            purpose=Purpose.INVITATION.value,
            created_at=order.now,
            expires_at=order.now + LIFETIMES[Purpose.INVITATION],
        )
        for person in people
    ]
    session.add_all(links)
    session.flush()  # their random ids go into the outbox
    values = {link.person_id: {"link": str(link.public_id)} for link in links}
    post_mails(session, Purpose.INVITATION.value, values, now=order.now)


def _record(
    session: Session, plan: ImportPlan, people: dict[str, Person], order: ImportOrder
) -> None:
    """Leave a row for the list, and one for each person and what was done to them."""
    digest = plan.file.digest
    _audit(
        session,
        "people.imported",
        ("import", digest),
        order,
        new=plan.count(Outcome.NEW),
        updated=plan.count(Outcome.UPDATED),
        unchanged=plan.count(Outcome.UNCHANGED),
        plan=plan.digest,
        invites=order.invites,
    )
    for row in plan.rows:
        of = ("person", people[row.row.email].subject_id)
        for action, inputs in _acts(row, people):
            _audit(session, action, of, order, **inputs, list=digest)


def _acts(
    row: PlannedRow, people: dict[str, Person]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return what was done to one person, in the words of the trail."""
    roles = [role.value for role in row.roles]
    if row.outcome is Outcome.NEW:
        yield "person.registered", {"roles": roles}
    else:
        changed = sorted(row.changes) + ["organisation"] * bool(row.organisation)
        if changed:
            yield "person.edited", {"fields": changed}
        for role in roles:
            yield "role.granted", {"role": role}
    if row.assigns:
        supervisor = row.supervisor or people[row.row.supervisor]
        yield "learner.assigned", {"supervisor": str(supervisor.subject_id)}


def _audit(
    session: Session,
    action: str,
    of: tuple[str, UUID | str],
    order: ImportOrder,
    **inputs: Any,
) -> None:
    record_audit(session, action, of, actor=order.actor, now=order.now, **inputs)
