"""Finding what a person has set up."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import RoleGrant
from lms.accounts.second_factor.models import RecoveryCode, SecondFactor
from lms.permissions import Role

# Who began has shown who they are: somebody who finds the page open later has not.
_OFFER_STANDS = timedelta(minutes=30)


def find_factor(session: Session, person_id: int) -> SecondFactor | None:
    """Return the factor that a person is asked for, or nothing."""
    return session.scalar(
        select(SecondFactor).where(
            SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
        )
    )


def find_offer(
    session: Session, person_id: int, *, now: datetime
) -> SecondFactor | None:
    """Return the factor whose first code is still to come, while that may come."""
    return session.scalar(
        select(SecondFactor).where(
            SecondFactor.person_id == person_id,
            SecondFactor.confirmed_at.is_(None),
            SecondFactor.offered_at > now - _OFFER_STANDS,
        )
    )


def count_codes_left(session: Session, person_id: int) -> int:
    """Return how many recovery codes a person has not used."""
    return session.scalars(
        select(func.count()).where(
            RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
        )
    ).one()


def count_without_factor(session: Session, roles: Iterable[Role]) -> int:
    """Count people who hold one of these roles and have no factor in use."""
    in_use = select(SecondFactor.person_id).where(
        SecondFactor.confirmed_at.is_not(None)
    )
    return session.scalars(
        select(func.count(RoleGrant.person_id.distinct())).where(
            RoleGrant.role.in_([role.value for role in roles]),
            RoleGrant.revoked_at.is_(None),
            RoleGrant.person_id.not_in(in_use),
        )
    ).one()
