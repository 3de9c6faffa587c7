"""Looking changes nothing, and no address says more than a random id."""

import re
from urllib.parse import unquote

import pytest
from sqlalchemy import select, update

from lms.accounts.models import Organisation, Person, Profile, RoleGrant
from lms.decisions.models import Decision, DecisionOutcome
from lms.demo.setup import make_cohort
from lms.grading.models import Sheet, SheetRating
from lms.programme.models import Cohort
from lms.simulation.models import AttemptText
from tests.fuzz.forms import crawl_pages
from tests.fuzz.writes import watching

pytestmark = pytest.mark.fuzz

NAMES = (
    *("trainee", "learner5", "supervisor", "certifier", "operator", "author"),
    *("administrator", "auditor"),
)
# Being seen is kept for the idle end of a sign-in, at most once in some minutes.
_SEEN = re.compile(r"^UPDATE sign_ins SET last_seen_at")
# Whoever takes records away leaves a row in the audit trail.
_TRACE = re.compile(r"^INSERT INTO audit_(events|waiting)\b")


@pytest.fixture
def people(session, database, library, settings):
    """The demo's people by the first part of their address."""
    make_cohort(database, library, settings)
    rows = session.execute(select(Profile.email, Person).join(Person))
    return {email.split("@")[0]: person for email, person in rows}


# An author looks into every case, each of which is searched through.
_READERS = [
    pytest.param(name, marks=pytest.mark.slow if name == "author" else ())
    for name in NAMES
]


@pytest.mark.parametrize("name", _READERS)
def test_looking_at_pages_writes_nothing(client, sign_in, people, engine, name):
    sign_in(people[name])
    with watching(engine) as watch:
        pages = list(crawl_pages(client))
    assert len(pages) >= 3
    written = [line for line in watch.kept if not _SEEN.match(line)]
    if name == "certifier":
        written = [line for line in written if not _TRACE.match(line)]
    assert written == []


@pytest.mark.parametrize("name", _READERS)
def test_no_address_on_any_page_names_a_person(client, sign_in, people, session, name):
    words = {
        word
        for row in session.scalars(select(Profile))
        for word in (row.name, row.email, row.name.split()[-1], row.email.split("@")[0])
    } - {"trainee", "supervisor", "certifier", "operator", "author"}
    words -= {"administrator", "auditor"}
    sign_in(people[name])
    for path, page in crawl_pages(client):
        addresses = [path, *page.links, *(form.action for form in page.forms)]
        for address in map(unquote, addresses):
            assert not [word for word in words if word in address], address


EVIL = """<q-evil onx=1>"'{{ 7*7 }}{a|b}[x](javascript:q)"""
# Whatever somebody typed and somebody else may read; not what facts are held against.
TYPED = (
    (Profile, "name", "name_kana"),
    (Organisation, "name_ja", "name_en"),
    (RoleGrant, "grant_reason"),
    (Cohort, "name_ja", "name_en"),
    (AttemptText, "text"),
    (Sheet, "comment"),
    (SheetRating, "comment"),
    (Decision, "reason"),
    (DecisionOutcome, "reason"),
)
_SHOWN_TO = ("trainee", "learner5", "supervisor", "certifier", "operator")


@pytest.mark.parametrize("name", [*_SHOWN_TO, "administrator"])
def test_what_people_typed_is_text_on_every_page(
    client, sign_in, people, session, name
):
    for table, *columns in TYPED:
        session.execute(update(table).values(dict.fromkeys(columns, EVIL)))
    session.commit()
    sign_in(people[name])
    pages = dict(crawl_pages(client))
    assert any("&lt;q-evil onx=1&gt;" in page.html for page in pages.values())
    for path, page in pages.items():
        assert not page.names & {"q-evil", "onx"}, path
        leading = [*page.links, *(form.action for form in page.forms)]
        assert not [where for where in leading if where.startswith("javascript")], path


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/static//etc/passwd",
        "/lms/settings.py",
        "/var/demo/secret",
        "/static/",
    ],
)
def test_nothing_but_static_files_can_be_fetched_by_path(client, path):
    assert client.get(path).status_code in (404, 308)
