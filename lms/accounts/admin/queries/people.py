"""Finding people for those who administer them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session, contains_eager

from lms.accounts.models import (
    AccountLink,
    Organisation,
    Person,
    Profile,
    RoleGrant,
)
from lms.accounts.naming import normalise_for_search
from lms.accounts.queries import has_way_in
from lms.accounts.ways_in import Purpose
from lms.errors import NotFoundError
from lms.permissions import Role

PAGE_ROWS = 50


class AccountState(StrEnum):
    """Whether a person can sign in."""

    ACTIVE = "active"
    INVITED = "invited"
    UNINVITED = "uninvited"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Which people to list; nothing set means everybody who has a name."""

    search: str = ""
    role: Role | None = None
    organisation: UUID | None = None
    state: AccountState | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list."""

    person: Person
    profile: Profile
    organisation: Organisation | None
    state: AccountState


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Fifty people, and where the next fifty begin."""

    rows: tuple[PersonRow, ...]
    next_after: UUID | None


def _was_invited() -> ColumnElement[bool]:
    return exists().where(
        AccountLink.person_id == Person.id,
        AccountLink.purpose == Purpose.INVITATION.value,
        AccountLink.superseded_at.is_(None),
        AccountLink.used_at.is_(None),
    )


def _rows() -> Any:
    return (
        select(
            Person,
            Profile,
            Organisation,
            has_way_in().label("knows_way_in"),
            _was_invited().label("was_invited"),
        )
        .join(Person.profile)
        .options(contains_eager(Person.profile))
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
    )


def list_people(
    session: Session,
    wanted: PeopleFilter,
    *,
    after: UUID | None = None,
    limit: int = PAGE_ROWS,
) -> PeoplePage:
    """Return a page of people in the order of their names' reading.

    Parameters
    ----------
    after : UUID, optional
        The last person of the page before; a name would not do, for it would stand
        in addresses and logs.
    """
    statement = _rows().where(*_conditions(wanted))
    if after is not None:
        last = _place_of(session, after)
        statement = statement.where(
            tuple_(Profile.search_text, Profile.person_id) > tuple_(*last)
        )
    found = session.execute(
        statement.order_by(Profile.search_text, Profile.person_id).limit(limit + 1)
    ).all()
    rows = tuple(_person_row(*row) for row in found[:limit])
    more = len(found) > limit
    return PeoplePage(rows, rows[-1].person.subject_id if more else None)


def get_person_row(session: Session, subject_id: UUID) -> PersonRow:
    """Return one person who has not been erased.

    Raises
    ------
    NotFoundError
        There is none with this random id.
    """
    row = session.execute(_rows().where(Person.subject_id == subject_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _person_row(*row)


def count_states(session: Session) -> dict[AccountState, int]:
    """Return how many people are in each state."""
    people = (
        select(
            Person.is_enabled,
            has_way_in().label("knows_way_in"),
            _was_invited().label("was_invited"),
        )
        .join(Profile, Profile.person_id == Person.id)
        .subquery()
    )
    kinds = people.c.is_enabled, people.c.knows_way_in, people.c.was_invited
    rows = session.execute(
        select(kinds[0], kinds[1], kinds[2], func.count()).group_by(*kinds)
    )
    counts = dict.fromkeys(AccountState, 0)
    for is_enabled, knows_way_in, was_invited, number in rows:
        counts[_state(is_enabled, knows_way_in, was_invited)] += number
    return counts


def find_people_by_email(
    session: Session, emails: Iterable[str]
) -> dict[str, tuple[Person, Profile]]:
    """Return people by address, in one query however many are asked for."""
    rows = session.execute(
        select(Person, Profile)
        .join(Profile, Profile.person_id == Person.id)
        .where(Profile.email.in_(set(emails)))
    )
    return {profile.email: (person, profile) for person, profile in rows}


def _conditions(wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if term := normalise_for_search(wanted.search):
        conditions.append(Profile.search_text.contains(term, autoescape=True))
    if wanted.role is not None:
        conditions.append(
            exists().where(
                RoleGrant.person_id == Person.id,
                RoleGrant.role == wanted.role.value,
                RoleGrant.revoked_at.is_(None),
            )
        )
    if wanted.organisation is not None:
        conditions.append(Organisation.public_id == wanted.organisation)
    if wanted.state is not None:
        conditions.append(_is_in(wanted.state))
    return conditions


def _is_in(state: AccountState) -> ColumnElement[bool]:
    if state is AccountState.DISABLED:
        return Person.is_enabled.is_(False)
    knows_way_in = has_way_in()
    if state is AccountState.ACTIVE:
        return and_(Person.is_enabled, knows_way_in)
    waits = _was_invited() if state is AccountState.INVITED else ~_was_invited()
    return and_(Person.is_enabled, ~knows_way_in, waits)


def _place_of(session: Session, subject_id: UUID) -> tuple[str, int]:
    row = session.execute(
        select(Profile.search_text, Profile.person_id)
        .join(Person, Person.id == Profile.person_id)
        .where(Person.subject_id == subject_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row.search_text, row.person_id


def _person_row(
    person: Person,
    profile: Profile,
    organisation: Organisation | None,
    knows_way_in: bool,
    was_invited: bool,
) -> PersonRow:
    state = _state(person.is_enabled, knows_way_in, was_invited)
    return PersonRow(person, profile, organisation, state)


def _state(is_enabled: bool, knows_way_in: bool, was_invited: bool) -> AccountState:
    if not is_enabled:
        return AccountState.DISABLED
    if knows_way_in:
        return AccountState.ACTIVE
    return AccountState.INVITED if was_invited else AccountState.UNINVITED
