"""Pages as `lms serve` gives them: by an interpreter without docstrings."""

import re
from dataclasses import replace

import pytest
import requests

from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.db import Database, make_engine
from lms.demo.setup import make_cohort
from tests.databases import fresh_database
from tests.operation.servers import LIMIT_SECONDS, serving

pytestmark = [pytest.mark.concurrent, pytest.mark.slow]
_LINK = re.compile(r'href="(/[^"#]*)"')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ROLE = re.compile(r'name="role" value="([^"]+)"')
_MOST_PAGES = 40


@pytest.fixture
def demo(settings, template_url, tmp_path):
    """An installation with the demo's people and what they have done."""
    with fresh_database(tmp_path, template=template_url) as url:
        here = replace(settings, database_url=url, public_url="http://127.0.0.1")
        engine = make_engine(url)
        make_cohort(Database(engine), Library(COMPILERS), replace(here, is_demo=True))
        engine.dispose()
        yield here


def walk(session, url):
    """Return the status of each page that links lead to, the nearest first."""
    found, waiting = {}, ["/"]
    while waiting and len(found) < _MOST_PAGES:
        path = waiting.pop(0)
        if path in found or path.startswith(("/static/", "/sign-out")):
            continue
        answer = session.get(f"{url}{path}", timeout=LIMIT_SECONDS)
        found[path] = answer.status_code
        if "text/html" in answer.headers["Content-Type"]:
            waiting += _LINK.findall(answer.text)
    return found


def enter(url, role):
    """Return a browser that is signed in as the demo's person of a role."""
    session = requests.Session()
    page = session.get(f"{url}/sign-in", timeout=LIMIT_SECONDS)
    form = {"csrf_token": _TOKEN.findall(page.text)[0], "role": role}
    session.post(f"{url}/sign-in/demo", data=form, timeout=LIMIT_SECONDS)
    return session


def test_every_role_is_given_the_pages_that_its_links_lead_to(demo):
    with serving(demo, "--workers", "2") as server:
        page = requests.get(f"{server.url}/sign-in", timeout=LIMIT_SECONDS)
        roles = _ROLE.findall(page.text)
        assert "certifier" in roles
        for role in roles:
            found = walk(enter(server.url, role), server.url)
            assert len(found) > 10, (role, found)
            assert {s for s in found.values() if s >= 400} == set(), (role, found)
