"""The page of components: for those who build the product, and nobody else."""

import re
from dataclasses import replace

import pytest

from lms.app import create_app
from lms.settings import PROJECT_ROOT

COMPONENTS = PROJECT_ROOT / "lms" / "web" / "templates" / "components"
# In the frame of every page, or taking fields that only their own pages have.
ELSEWHERE = {
    *("autosave", "carried", "demo_banner", "languages", "page_head", "password"),
    *("person_tools", "sign_in_buttons", "theme_switch"),
}


@pytest.fixture
def demo(settings, database):
    client = create_app(replace(settings, is_demo=True), database).test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


def test_an_installation_does_not_serve_it(client):
    assert client.get("/styleguide").status_code == 404


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_demo_shows_every_component(demo, language):
    demo.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    page = demo.get("/styleguide")
    assert page.status_code == 200
    named = set(re.findall(r"(\w+)\.html\b", page.text))
    assert {path.stem for path in COMPONENTS.glob("*.html")} - ELSEWHERE <= named


def test_every_id_on_it_is_given_once(demo):
    ids = re.findall(r'\sid="([^"]+)"', demo.get("/styleguide").text)
    assert len(ids) == len(set(ids))
