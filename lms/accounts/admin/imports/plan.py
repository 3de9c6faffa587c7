"""What a list of people would do, row by row; nothing is written here."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.admin.queries.organisations import list_organisations
from lms.accounts.admin.queries.people import find_people_by_email
from lms.accounts.admin.services.assignments import find_fault
from lms.accounts.domain.people_file import Fault, FileRow, PeopleFile
from lms.accounts.models import Assignment, Organisation, Person, Profile
from lms.accounts.naming import normalise_for_search
from lms.errors import message
from lms.permissions import Role


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """One row, and what it would do.

    Attributes
    ----------
    roles : tuple of Role
        Roles that are given; a list takes none away.
    changes : dict
        Columns of the profile that get another value.
    assigns : bool
        The supervisor named in the row begins to guide the person.
    supervisor : Person or None
        That supervisor, unless the list itself brings them.
    """

    row: FileRow
    outcome: Outcome
    person: Person | None = None
    roles: tuple[Role, ...] = ()
    changes: Mapping[str, str] = field(default_factory=dict)
    organisation: Organisation | None = None
    assigns: bool = False
    supervisor: Person | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a whole list would do.

    Attributes
    ----------
    digest : str
        SHA-256 over the file and every outcome: who confirms it gets exactly what was
        shown, or is told that things have changed.
    """

    file: PeopleFile
    rows: tuple[PlannedRow, ...]
    digest: str

    def count(self, outcome: Outcome) -> int:
        """Return how many rows have an outcome."""
        return sum(row.outcome is outcome for row in self.rows)

    def having(self, outcome: Outcome) -> list[PlannedRow]:
        """Return the rows with an outcome, in the order of the file."""
        return [row for row in self.rows if row.outcome is outcome]

    @property
    def can_be_applied(self) -> bool:
        """Say whether there is something to write, and no row is refused."""
        return not self.count(Outcome.REFUSED) and any(
            row.outcome in (Outcome.NEW, Outcome.UPDATED) for row in self.rows
        )


@dataclass(frozen=True, slots=True)
class _Present:
    """What is there before: fetched at once, however many rows there are."""

    people: Mapping[str, tuple[Person, Profile]]
    organisations: Mapping[str, Organisation]
    assigned: frozenset[tuple[int, int]]
    given: Mapping[str, FileRow]
    actor: UUID | None

    def organisation_of(self, row: FileRow) -> Organisation | None:
        """Return the organisation that a row names."""
        return self.organisations.get(normalise_for_search(row.organisation))

    def supervisor_of(self, row: FileRow) -> Person | None:
        """Return the supervisor whom a row names, if they were here before."""
        found = self.people.get(row.supervisor)
        return found[0] if found else None

    def roles_of(self, email: str) -> tuple[Role, ...] | None:
        """Return the roles that an address will have, or nothing for nobody."""
        found, row = self.people.get(email), self.given.get(email)
        if found is None and row is None:
            return None
        held = found[0].roles if found else ()
        given = (row.roles or (() if found else _FIRST_ROLES)) if row else ()
        return (*held, *given)


_FIRST_ROLES = (Role.TRAINEE,)


def plan_import(
    session: Session, file: PeopleFile, *, actor: UUID | None
) -> ImportPlan:
    """Say what every row would do."""
    present = _fetch(session, file, actor)
    rows = tuple(_plan_row(row, present) for row in file.rows)
    return ImportPlan(file, rows, _digest(file, rows))


def _fetch(session: Session, file: PeopleFile, actor: UUID | None) -> _Present:
    named = {row.email for row in file.rows} | {row.supervisor for row in file.rows}
    people = find_people_by_email(session, named - {""})
    learners = [people[row.email][0].id for row in file.rows if row.email in people]
    assigned = session.execute(
        select(Assignment.supervisor_id, Assignment.learner_id).where(
            Assignment.learner_id.in_(learners), Assignment.ended_at.is_(None)
        )
    )
    organisations = {
        normalise_for_search(name): row
        for row in list_organisations(session)
        for name in (row.name_ja, row.name_en)
    }
    return _Present(
        people=people,
        organisations=organisations,
        assigned=frozenset((row[0], row[1]) for row in assigned),
        given={row.email: row for row in file.rows if not row.faults},
        actor=actor,
    )


def _plan_row(row: FileRow, present: _Present) -> PlannedRow:
    faults = (*row.faults, *_faults(row, present))
    found = present.people.get(row.email)
    if faults:
        return PlannedRow(row=row, outcome=Outcome.REFUSED, faults=faults)
    if found is None:
        return PlannedRow(
            row=row,
            outcome=Outcome.NEW,
            roles=row.roles or _FIRST_ROLES,
            organisation=present.organisation_of(row),
            assigns=bool(row.supervisor),
            supervisor=present.supervisor_of(row),
        )
    return _plan_known(row, *found, present=present)


def _plan_known(
    row: FileRow, person: Person, profile: Profile, *, present: _Present
) -> PlannedRow:
    organisation = present.organisation_of(row)
    changes = {
        name: value
        for name in ("name", "name_kana", "locale")
        if (value := getattr(row, name)) and value != getattr(profile, name)
    }
    roles = tuple(role for role in row.roles if role not in person.roles)
    moves = organisation is not None and organisation.id != person.organisation_id
    boss = present.supervisor_of(row)
    guided = boss is not None and (boss.id, person.id) in present.assigned
    assigns = bool(row.supervisor) and not guided
    differs = bool(changes or roles or moves or assigns)
    return PlannedRow(
        row=row,
        outcome=Outcome.UPDATED if differs else Outcome.UNCHANGED,
        person=person,
        roles=roles,
        changes=changes,
        organisation=organisation if moves else None,
        assigns=assigns,
        supervisor=boss,
    )


def _faults(row: FileRow, present: _Present) -> Iterator[Fault]:
    found = present.people.get(row.email)
    if found and not found[0].is_enabled:
        yield Fault(
            message(
                "This person is disabled. Enable them first, or leave the row out."
            ),
            {},
        )
    if found and found[0].subject_id == present.actor and _raises(row, found[0]):
        yield Fault(
            message("This is you: nobody gives themselves a role. Leave roles empty."),
            {},
        )
    if row.organisation and present.organisation_of(row) is None:
        yield Fault(
            message("There is no organisation “%(name)s”. Add it first."),
            {"name": row.organisation[:40]},
        )
    if row.supervisor:
        yield from _faults_of_guiding(row, present)


def _faults_of_guiding(row: FileRow, present: _Present) -> Iterator[Fault]:
    guiding = present.roles_of(row.supervisor)
    if guiding is None:
        yield Fault(
            message("Nobody has the supervisor's address “%(email)s”. Add them first."),
            {"email": row.supervisor[:80]},
        )
        return
    roles = present.roles_of(row.email) or row.roles or _FIRST_ROLES
    fault = find_fault(guiding, roles, is_same=row.supervisor == row.email)
    if fault is not None:
        yield Fault(fault, {})


def _raises(row: FileRow, person: Person) -> bool:
    return any(role not in person.roles for role in row.roles)


def _digest(file: PeopleFile, rows: Iterable[PlannedRow]) -> str:
    outcomes = [
        (
            row.row.line,
            row.outcome.value,
            [role.value for role in row.roles],
            sorted(row.changes),
            str(row.organisation.public_id) if row.organisation else "",
            row.assigns,
        )
        for row in rows
    ]
    said = json.dumps([file.digest, outcomes], separators=(",", ":"))
    return sha256(said.encode()).hexdigest()
