"""People for tests."""

from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.passwords import Passwords
from lms.accounts.services import NewPerson, assign_learner, register_person
from lms.permissions import Role
from tests.conftest import NOON

_numbers = count(1)
_cheap = Passwords(cheap=True)


def make_person(session: Session, *roles: Role, **given: Any) -> Person:
    """Register a person, a trainee unless roles are given, and commit."""
    number = next(_numbers)
    given.setdefault("name", f"例 {number}")
    given.setdefault("email", f"person{number}@test.example")
    person = register_person(
        session,
        NewPerson(roles=roles or (Role.TRAINEE,), **given),
        passwords=_cheap,
        now=NOON,
    )
    session.commit()
    return person


def make_pair(session: Session) -> tuple[Person, Person]:
    """Register a supervisor and the learner whom they guide."""
    supervisor = make_person(session, Role.SUPERVISOR)
    learner = make_person(session)
    assign_learner(session, supervisor, learner, now=NOON)
    session.commit()
    return supervisor, learner
