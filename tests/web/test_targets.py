"""No link and no answer leads to another site, whatever stands in an address."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from lms.accounts.gate import STAY_KEY
from lms.permissions import Role
from lms.web.targets import own_path
from tests.factories.accounts import make_person

HOME = "http://localhost"
# Browsers leave out tabs and line ends, and read a backslash as a slash.
LEADING_AWAY = (
    "/%09/away.example",
    "/%0a/away.example",
    "/%0d%0a/away.example",
    "/%09%09//away.example/x",
    "/%5caway.example",
    "/x%0d%0aSet-Cookie:%20a=b",
)


def host_of(address):
    """Return where a browser goes (WHATWG URL Standard, section 4.4)."""
    plain = re.sub(r"[\t\r\n]", "", address).replace("\\", "/")
    return urlsplit(urljoin(f"{HOME}/", plain)).netloc


@pytest.mark.parametrize("path", LEADING_AWAY)
def test_choosing_a_language_leads_to_the_same_site(client, path):
    answer = client.get(f"{path}?lang=en")
    assert answer.status_code == 303
    assert host_of(answer.location) == "localhost"


@pytest.mark.parametrize("path", LEADING_AWAY)
def test_no_link_of_a_page_that_there_is_not_leads_away(client, path):
    page = client.get(path)
    assert page.status_code == 404
    links = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)
    assert links
    assert {host_of(unescape(link)) for link in links} == {"localhost"}


@pytest.mark.parametrize("path", LEADING_AWAY)
def test_no_link_leads_away_while_the_database_is_gone(cut_off, path):
    with cut_off.session_transaction(base_url="https://localhost") as cookie:
        cookie[STAY_KEY] = "a token, so that the database is asked"
    page = cut_off.get(path, base_url="https://localhost")
    assert page.status_code == 503
    links = re.findall(r'(?:href|action)="([^"]*)"', page.text)
    assert {host_of(unescape(link)) for link in links} == {"localhost"}


@pytest.mark.parametrize("switch", ["theme", "furigana"])
@pytest.mark.parametrize("path", ["//away.example/x", "//away.example", "//"])
def test_a_switch_leads_back_to_no_page_of_another_site(client, switch, path):
    choice = {"theme": "dark", "furigana": "all"}
    data = {switch: choice[switch]}
    headers = {"Referer": f"{HOME}{path}"}
    answer = client.post(f"/{switch}", data=data, headers=headers)
    assert answer.status_code == 303
    assert host_of(answer.location) == "localhost"


def test_a_switch_leads_back_to_the_page_with_all_that_its_address_says(client):
    came_from = "/cases/?a=b%26c&%E6%97%A5=1"
    headers = {"Referer": f"{HOME}{came_from}"}
    answer = client.post("/theme", data={"theme": "dark"}, headers=headers)
    assert answer.location == came_from


def test_an_address_that_was_quoted_is_kept_as_it_was(client, session, sign_in):
    asked = "/cases/%E6%97%A5%3F%23?a=%26&b=%0D%0A"
    to_door = client.get(asked)
    assert "target=/cases/%25E6%2597%25A5%253F%2523?a%3D%2526%26b%3D%250D%250A" in (
        to_door.location
    )
    sign_in(make_person(session, Role.TRAINEE))
    page = client.get(asked).text
    link = re.search(r'href="([^"]*lang=en)"', page)[1]
    assert unescape(link) == "/cases/%E6%97%A5%3F%23?a=%26&b=%0D%0A&lang=en"


@pytest.mark.parametrize(
    "target",
    [None, "", "x", "//x", "/\\x", "/\t/x", "/x\r\ny", "https://x", "/\u2028x"],
)
def test_what_a_browser_could_read_as_another_site_is_no_path_of_ours(target):
    assert own_path(target) is None
