"""A scene in which something is typed, and what page and database say of it then."""

import re
from uuid import uuid4

from playwright.sync_api import expect
from sqlalchemy import select

from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.simulation.models import AttemptDraft
from tests.simulation.playing import fields, way_to

REASON = "textarea[name=reason_housing]"
STATE = "#typed-state"
SIDES = "#typed-sides"
WORDS = "家賃の滞納と収入を、本人と一緒に相談できるため。"


def post(page, url, data):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.content())[1]
    answer = page.request.post(url, form={"csrf_token": token, **data})
    assert answer.ok, answer.status
    return answer.url


def play_to(page, site, database, kind):
    """Begin the case and act up to a scene of a kind, then show it."""
    with database.session() as session:
        library = Library(COMPILERS)
        case = library.get_current(session, "case", "rent-letter").content
    page.goto(f"{site.url}/cases/rent-letter")
    here = post(page, f"{site.url}/cases/rent-letter/attempts", {})
    for position, action in enumerate(way_to(case, kind)):
        sent = {"position": str(position), "action_id": str(uuid4()), **fields(action)}
        here = post(page, here, sent)
    page.goto(here)
    return here


def says(page, words):
    expect(page.locator(STATE)).to_contain_text(words)


def stored(database, name):
    with database.session() as session:
        return session.scalars(select(AttemptDraft)).one().fields[name]
