"""Rows of numbers without gaps, each number given once."""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.credentials.models import CredentialCounter


def take_number(session: Session, name: str) -> int:
    """Return the next number of a row, from 1; others wait until this is committed."""
    following = (
        update(CredentialCounter)
        .where(CredentialCounter.name == name)
        .values(last=CredentialCounter.last + 1)
        .returning(CredentialCounter.last)
        .execution_options(synchronize_session=False)
    )
    number = session.scalar(following)
    if number is None:
        _begin_row(session, name)
        number = session.scalar(following)
    if number is None:
        raise RuntimeError(f"the row of numbers {name!r} cannot be begun")
    return number


def _begin_row(session: Session, name: str) -> None:
    try:
        with session.begin_nested():
            session.add(CredentialCounter(name=name, last=0))
    except IntegrityError:
        pass  # somebody else has just begun it
