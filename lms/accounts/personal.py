"""What a person may take along, and what goes when they are erased.

Each package that holds something of a person offers a `PersonalSource`;
`lms.privacy` lists them all. What names a person lies in rows that are deleted, so
that facts under random ids, chains and figures stay what they were.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, inspect, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import (
    AccountLink,
    Assignment,
    KeptForm,
    Organisation,
    Person,
    Profile,
    RoleGrant,
    SignIn,
    Suspension,
)
from lms.db import Base, change_rows
from lms.jobs.services import withdraw_mails

PLAIN = (str, int, float, bool, type(None), list, dict)


class PersonalSource(Protocol):
    """One package's share of what is held about a person.

    Attributes
    ----------
    name : str
        Its heading in the exported file.
    """

    name: str

    def export(self, session: Session, person: Person) -> Any:
        """Return what is held, as JSON values."""
        ...

    def erase(self, session: Session, person: Person) -> int:
        """Delete what names the person or was written in free text; count the rows."""
        ...


def plain_row(row: Base, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """Return a row's columns as JSON values, without inner keys and what is named."""
    hidden = {"id", *without}
    return {
        column.key: _plain(getattr(row, column.key))
        for column in inspect(row).mapper.column_attrs
        if column.key not in hidden
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, PLAIN) else str(value)


class AccountData:
    """Name, address, roles, and who guides whom."""

    name = "account"

    def export(self, session: Session, person: Person) -> dict[str, Any]:
        """Return the account; a password is told as set or not."""
        profile = person.profile
        organisation = session.get(Organisation, person.organisation_id or 0)
        return {
            **plain_row(person, without=("organisation_id",)),
            "organisation": organisation.name_ja if organisation else None,
            "profile": profile
            and {
                **plain_row(profile, without=("person_id", "password_hash")),
                "has_password": profile.password_hash is not None,
            },
            "roles": _rows(session, RoleGrant, person),
            "suspensions": _rows(session, Suspension, person),
            "sign_ins": [
                plain_row(row, without=("person_id", "digest"))
                for row in session.scalars(
                    select(SignIn)
                    .where(SignIn.person_id == person.id)
                    .order_by(SignIn.id)
                )
            ],
            "kept_forms": [
                plain_row(row, without=("person_id",))
                for row in session.scalars(
                    select(KeptForm)
                    .where(KeptForm.person_id == person.id)
                    .order_by(KeptForm.id)
                )
            ],
            "guides": _others(
                session, Assignment.supervisor_id, Assignment.learner_id, person.id
            ),
            "guided_by": _others(
                session, Assignment.learner_id, Assignment.supervisor_id, person.id
            ),
        }

    def erase(self, session: Session, person: Person) -> int:
        """Delete the profile, let nobody sign in, and stop mails that wait."""
        person.is_enabled = False
        person.organisation_id = None
        gone = change_rows(
            session, delete(Profile).where(Profile.person_id == person.id)
        )
        session.expire(person, ["profile"])
        _blank_reasons(session, person)
        for row in (SignIn, AccountLink, KeptForm):
            gone += change_rows(session, delete(row).where(row.person_id == person.id))
        return gone + withdraw_mails(session, person.id)


def _rows(session: Session, row: type[Base], person: Person) -> list[dict[str, Any]]:
    """Return the rows of one table that are about a person, oldest first."""
    table: Any = row
    found = session.scalars(
        select(table).where(table.person_id == person.id).order_by(table.id)
    )
    return [plain_row(each, without=("person_id",)) for each in found]


def _blank_reasons(session: Session, person: Person) -> None:
    """Keep when roles and suspensions were, without what was written about them."""
    session.execute(
        update(RoleGrant)
        .where(RoleGrant.person_id == person.id)
        .values(grant_reason="", revoke_reason="")
    )
    session.execute(
        update(Suspension)
        .where(Suspension.person_id == person.id)
        .values(reason="", end_reason="")
    )


def _others(
    session: Session, own: Any, other: Any, person_id: int
) -> list[dict[str, Any]]:
    """Return the people at the other end of a person's assignments."""
    rows = session.execute(
        select(Person.subject_id, Assignment.assigned_at, Assignment.ended_at)
        .join(Assignment, Person.id == other)
        .where(own == person_id)
        .order_by(Assignment.id)
    )
    return [
        {"subject_id": str(other_id), "since": _plain(since), "until": _plain(until)}
        for other_id, since, until in rows
    ]


def find_by_request(session: Session, subject_id: UUID) -> Person | None:
    """Return the person whom an erasure is about, locked for it."""
    return session.scalar(
        select(Person).where(Person.subject_id == subject_id).with_for_update(of=Person)
    )
