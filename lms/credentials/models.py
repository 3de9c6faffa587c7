"""Signing keys, credentials and what happened to them. People are random ids."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.content.domain import Bilingual
from lms.credentials.domain.certificate import awarded_level
from lms.credentials.domain.state import EventKind
from lms.db import Base, IntPk


class CredentialKind(StrEnum):
    """What a credential is about."""

    CERTIFICATE = "certificate"
    LEVEL = "level"


class SigningKey(Base):
    """A key of the certification body; retired ones stay published.

    `kid` is the permanent address of the public key; `name` is its last part. The
    private key is PKCS #8, encrypted by a passphrase derived from ``LMS_KEYS_SECRET``:
    whoever has the database alone cannot sign. It is empty once it was destroyed.
    """

    __tablename__ = "signing_keys"

    id: Mapped[IntPk]
    name: Mapped[str] = mapped_column(unique=True)
    kid: Mapped[str] = mapped_column(unique=True)
    public_jwk: Mapped[dict[str, Any]]
    private_pem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CredentialCounter(Base):
    """The last number given in a row of numbers; its lock lets nobody take it twice."""

    __tablename__ = "credential_counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Credential(Base):
    """A signed credential as it left the house; never changed.

    `competency` is empty for a certificate. `status_index` counts over all lists.
    """

    __tablename__ = "credentials"
    __table_args__ = (UniqueConstraint("decision_id", "kind", "competency"),)

    id: Mapped[IntPk]
    public_id: Mapped[UUID] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    competency: Mapped[str] = mapped_column(default="")
    achievement: Mapped[str] = mapped_column(index=True)
    title_ja: Mapped[str]
    title_en: Mapped[str]
    subject_id: Mapped[UUID] = mapped_column(index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    document: Mapped[dict[str, Any]]
    jwt: Mapped[str] = mapped_column(Text)
    kid: Mapped[str] = mapped_column(ForeignKey("signing_keys.kid"))
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    status_index: Mapped[int] = mapped_column(unique=True)

    events: Mapped[list["CredentialEvent"]] = relationship(
        order_by="CredentialEvent.position", lazy="selectin"
    )

    @property
    def title(self) -> Bilingual:
        """Return what it is about, in both languages."""
        return Bilingual(self.title_ja, self.title_en)

    @property
    def level(self) -> int | None:
        """Return the level that it awards; a certificate awards none."""
        return awarded_level(self.document)

    @property
    def event_kinds(self) -> list[EventKind]:
        """Return what happened to it, first to last."""
        return [EventKind(event.event) for event in self.events]


class CredentialEvent(Base):
    """Something that a certifier did to a credential; rows are only added.

    Two people who act at once take the same position, and the second is refused.
    `with_certificate` marks what came to a level credential with the same change of
    its certificate.
    """

    __tablename__ = "credential_events"
    __table_args__ = (UniqueConstraint("credential_id", "position"),)

    id: Mapped[IntPk]
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"))
    position: Mapped[int]
    event: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    with_certificate: Mapped[bool] = mapped_column(default=False)
