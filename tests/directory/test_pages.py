"""Looking up partners and menus, and asking what a client can use."""

import pytest

from lms.permissions import Role
from tests.factories.accounts import make_person


@pytest.fixture
def reader(session, sign_in):
    person = make_person(session, Role.TRAINEE)
    sign_in(person)
    return person


MENU = "/directory/menus/public-assistance"


@pytest.mark.parametrize(
    "path",
    [
        "/directory/",
        "/directory/?show=partners",
        "/directory/check",
        "/directory/partners/houterasu",
        MENU,
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_page_opens_in_both_languages(client, reader, path, language):
    client.get(f"/?lang={language}")
    assert client.get(path).status_code == 200
