"""Who asks for a page: read with one query before every page, and never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_login import UserMixin
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, Profile, RoleGrant, SignIn
from lms.accounts.second_factor.models import SecondFactor
from lms.accounts.sign_ins import IS_OPEN, StayLimits, digest_of
from lms.content.queries import NEWEST_PUBLICATION, remember_newest
from lms.db import read_rows
from lms.permissions import Permission, Role, permissions_of


@dataclass(frozen=True, slots=True)
class Stay:
    """The stay that a request belongs to, as it was when the request came.

    Attributes
    ----------
    id : int
        Of the row in ``sign_ins``.
    method : str
        How the person proved who they are: ``password``, ``demo``, ``oidc``.
    second_factor_at : datetime or None
        When a second factor was shown in this stay.
    """

    id: int
    method: str
    last_seen_at: datetime
    expires_at: datetime
    second_factor_at: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class SignedIn(UserMixin):  # type: ignore[misc]
    """The person who is signed in, as far as every page needs them.

    A plain value: what changes a person or a stay fetches its row.

    Attributes
    ----------
    name : str
        Empty once the profile is erased.
    has_factor : bool
        Whether a second factor is in use.
    """

    id: int
    subject_id: UUID
    name: str
    roles: tuple[Role, ...]
    permissions: frozenset[Permission]
    has_factor: bool
    stay: Stay


# Run before every page of somebody signed in, so it is built once, and in columns: to
# make objects of five tables takes longer than the query. A row for each role. Which
# publication is the newest is asked by nearly as many pages: one query for both.
_BY_TOKEN = (
    select(
        SignIn.id,
        SignIn.method,
        SignIn.last_seen_at,
        SignIn.expires_at,
        SignIn.second_factor_at,
        Person.id.label("person_id"),
        Person.subject_id,
        Profile.name,
        SecondFactor.id.label("factor_id"),
        RoleGrant.role,
        *NEWEST_PUBLICATION,
    )
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(Profile, Profile.person_id == Person.id)
    .outerjoin(
        SecondFactor,
        (SecondFactor.person_id == Person.id) & SecondFactor.confirmed_at.is_not(None),
    )
    .outerjoin(
        RoleGrant,
        (RoleGrant.person_id == Person.id) & RoleGrant.revoked_at.is_(None),
    )
    .where(SignIn.digest == bindparam("digest"), Person.is_enabled, *IS_OPEN)
    .order_by(RoleGrant.id)
)


def find_signed_in(
    session: Session, token: str, *, limits: StayLimits, now: datetime
) -> SignedIn | None:
    """Return whose open stay this token belongs to: one query.

    A person who may not sign in any more has no open stay.
    """
    asked = {
        "digest": digest_of(token),
        "now": now,
        "idle_since": now - limits.idle,
    }
    rows = read_rows(session, _BY_TOKEN, asked)
    if not rows:
        return None
    remember_newest(session, rows[0])
    return _signed_in(rows[0], tuple(Role(row.role) for row in rows if row.role))


def _signed_in(row: Any, roles: tuple[Role, ...]) -> SignedIn:
    return SignedIn(
        id=row.person_id,
        subject_id=row.subject_id,
        name=row.name or "",
        roles=roles,
        permissions=permissions_of(roles),
        has_factor=row.factor_id is not None,
        stay=Stay(
            id=row.id,
            method=row.method,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            second_factor_at=row.second_factor_at,
        ),
    )
