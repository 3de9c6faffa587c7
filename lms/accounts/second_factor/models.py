"""Tables of the second factor: the app's secret, and codes for the day it is lost."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, IntPk

_OFFERED, _IN_USE = text("confirmed_at IS NULL"), text("confirmed_at IS NOT NULL")


class SecondFactor(Base):
    """The secret that an authenticator app shares with us.

    A person has at most one in use, and at most one offered whose first code is still
    to come: an app is exchanged only once the new one works.

    Attributes
    ----------
    sealed_secret : str
        The secret as `lms.accounts.sealing` keeps it.
    last_step : int or None
        Number of the 30 seconds (since 1970) whose code was taken last. No code of
        that step or an earlier one is taken again (RFC 6238, section 5.2).
    """

    __tablename__ = "second_factors"
    __table_args__ = (
        Index(
            "uq_second_factors_offered",
            "person_id",
            unique=True,
            postgresql_where=_OFFERED,
            sqlite_where=_OFFERED,
        ),
        Index(
            "uq_second_factors_in_use",
            "person_id",
            unique=True,
            postgresql_where=_IN_USE,
            sqlite_where=_IN_USE,
        ),
    )

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sealed_secret: Mapped[str]
    offered_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code for the day on which the app is lost; it works once.

    Attributes
    ----------
    digest : str
        SHA-256 of the code. A code has 80 random bits, too many to be searched, so a
        slow hash or a salt would add nothing; a word that people choose needs both.
    """

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("person_id", "digest"),)

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    digest: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
