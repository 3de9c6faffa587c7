"""People as random ids; what names them lies apart, where it can be erased."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask_login import UserMixin
from sqlalchemy import (
    ForeignKey,
    Index,
    Text,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from lms.accounts.naming import search_text
from lms.db import Base, IntPk
from lms.permissions import Permission, Role, permissions_of


def _unique_while(moment: str, table: str, *columns: str) -> Index:
    """Let something be there once as long as `moment` has not come."""
    still = text(f"{moment} IS NULL")
    return Index(
        f"uq_{table}_present",
        *columns,
        unique=True,
        postgresql_where=still,
        sqlite_where=still,
    )


class Organisation(Base):
    """Where people work: a counter, a city, a contractor.

    An archived one stays with the people who have it, and is offered to nobody else.
    """

    __tablename__ = "organisations"
    __table_args__ = (_unique_while("archived_at", "organisations", "name_ja"),)

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    name_ja: Mapped[str]
    name_en: Mapped[str]
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")


class Person(UserMixin, Base):  # type: ignore[misc]
    """Somebody who signs in.

    Facts elsewhere name a person by `subject_id` only, so that erasing the profile
    leaves numbers and chains valid.
    """

    __tablename__ = "people"

    id: Mapped[IntPk]
    subject_id: Mapped[UUID] = mapped_column(
        unique=True, default=uuid4, insert_sentinel=True
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    created_at: Mapped[datetime]
    is_enabled: Mapped[bool] = mapped_column(default=True)

    profile: Mapped["Profile | None"] = relationship(lazy="joined", innerjoin=False)
    grants: Mapped[list["RoleGrant"]] = relationship(
        primaryjoin=lambda: and_(
            Person.id == RoleGrant.person_id, RoleGrant.revoked_at.is_(None)
        ),
        lazy="selectin",
        order_by="RoleGrant.id",
    )

    @property
    def is_active(self) -> bool:
        """Say whether the person may sign in (Flask-Login asks)."""
        return self.is_enabled

    @property
    def roles(self) -> tuple[Role, ...]:
        """Return the person's roles in the order in which they were given."""
        return tuple(Role(grant.role) for grant in self.grants)

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return everything that the person's roles allow."""
        return permissions_of(self.roles)

    @property
    def name(self) -> str:
        """Return the name to show, or nothing once it is erased."""
        return self.profile.name if self.profile else ""


class Profile(Base):
    """What names a person: this row is deleted when the person is erased.

    Attributes
    ----------
    search_text : str
        What people are found and put in order by; follows from name and address.
    revision : int
        Grows with every edit, so that of two editors the second is told.
    """

    __tablename__ = "profiles"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    name: Mapped[str]
    name_kana: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    locale: Mapped[str | None]
    search_text: Mapped[str] = mapped_column(index=True, default="")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    @validates("name", "name_kana", "email")
    def _keep_findable(self, changed: str, value: str) -> str:
        known = {name: getattr(self, name) or "" for name in _NAMING}
        self.search_text = search_text(**{**known, changed: value})
        return value


_NAMING = ("name", "name_kana", "email")


class RoleGrant(Base):
    """A role that a person was given, until it was taken away.

    Rows stay, so that a past act can be held against the role of its day.
    """

    __tablename__ = "role_grants"
    __table_args__ = (_unique_while("revoked_at", "role_grants", "person_id", "role"),)

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID | None]
    grant_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoke_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class Suspension(Base):
    """A time in which a person may not sign in; open as long as nobody ended it.

    `Person.is_enabled` says the same of the present moment, for the gate.
    """

    __tablename__ = "suspensions"
    __table_args__ = (_unique_while("ended_at", "suspensions", "person_id"),)

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    began_at: Mapped[datetime]
    began_by: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    end_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class Assignment(Base):
    """A supervisor guides a learner; it opens that learner's work to the supervisor.

    An ended one opens nothing more, and stays: who guided a learner decides nothing
    on them.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        _unique_while("ended_at", "assignments", "supervisor_id", "learner_id"),
    )

    id: Mapped[IntPk]
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class SignIn(Base):
    """One browser's stay, from letting it in until it leaves or is shut out.

    The browser holds a random token and the row its digest, so that the database
    alone opens nothing. Whether the stay is still open is told from the moments.

    Attributes
    ----------
    method : str
        How the person proved who they are: ``password``, ``demo``, ``oidc``.
    browser : str
        Coarse name (``Firefox, Windows``), by which its owner knows it again.
    last_seen_at : datetime
        Last request, to the minute.
    expires_at : datetime
        The end, however busy the stay.
    second_factor_at : datetime or None
        When a second factor was shown in this stay.
    n_wrong_codes : int
        How often in a row a wrong code, or a wrong password beside it, was sent.
    """

    __tablename__ = "sign_ins"

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    digest: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    method: Mapped[str]
    browser: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]
    n_wrong_codes: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    person: Mapped[Person] = relationship()


class AccountLink(Base):
    """A mailed link with which somebody sets a password, once.

    The mail carries the id signed with the installation's secret: neither the
    database nor the outbox alone makes a link that works.

    Attributes
    ----------
    purpose : str
        ``invitation`` or ``reset``.
    superseded_at : datetime or None
        When a newer link, or the use of another one, made this one void.
    """

    __tablename__ = "account_links"

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(
        unique=True, default=uuid4, insert_sentinel=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class KeptForm(Base):
    """What somebody sent after their stay had ended: theirs to see, and nobody else's.

    Attributes
    ----------
    path : str
        Where it was sent.
    fields : dict
        Values of the form's fields by name, each a list of texts.
    """

    __tablename__ = "kept_forms"

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    path: Mapped[str]
    fields: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime]
