"""A candidate's seat, and the certifier who is signed in."""

import pytest

from lms.permissions import Role
from tests.decisions.factory import make_seat
from tests.factories.accounts import make_person


@pytest.fixture
def certifier(session, sign_in):
    person = make_person(session, Role.CERTIFIER)
    sign_in(person)
    return person


@pytest.fixture
def seat(session, library):
    return make_seat(session, library)
