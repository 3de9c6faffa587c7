"""A page asks the database a few questions, and no more of them for more rows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.services import assign_learner
from lms.content.queries import Library
from lms.credentials.services.issue import issue_credentials
from lms.credentials.services.keys import make_key
from lms.demo.acts import CASE, recorded_play
from lms.grading.models import Sheet
from lms.permissions import Role
from lms.settings import Settings
from lms.simulation.played import read_attempt
from lms.simulation.services import Act, act, start_attempt
from tests.competency.factory import make_case_evidence
from tests.conftest import NOON
from tests.credentials.database import (
    make_awarding_decision,
    make_credentials,
    make_order,
)
from tests.decisions.factory import make_cohort, make_pack, make_seat
from tests.factories.accounts import make_person
from tests.grading.values import make_sheet, make_submission

_FEW, _MANY = 2, 50
_NOT_QUERIES = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
_MODULE = "/modules/consultation-interview"


class World:
    """One reader in every role, and learners around them."""

    def __init__(self, session: Session, library: Library, settings: Settings) -> None:
        self.session, self.library, self.settings = session, library, settings
        self.reader = make_person(session, Role.TRAINEE, Role.SUPERVISOR)
        self.officer = make_person(session, Role.CERTIFIER)
        self.cohort = make_cohort(session, library)
        make_key(session, settings, now=NOON)

    def learner(self) -> Person:
        """Register a learner whom the reader guides."""
        learner = make_person(self.session)
        assign_learner(self.session, self.reader, learner, now=NOON)
        self.session.commit()
        return learner

    def add_waiting(self) -> None:
        """Hand in a work that waits for the reader."""
        make_submission(self.session, self.library, self.learner())

    def add_draft(self) -> None:
        """Begin a sheet."""
        work = make_submission(self.session, self.library, self.learner())
        make_sheet(self.session, work, self.reader)

    def add_returned(self) -> None:
        """Give a case of the reader back."""
        work = make_submission(self.session, self.library, self.reader)
        case = self.library.get_current(self.session, "case", CASE)
        work.content_version_id = case.id
        sheet = make_sheet(self.session, work, make_person(self.session))
        self.session.get(Sheet, sheet.id).returned_at = NOON
        self.session.commit()

    def add_evidence(self) -> None:
        """Record something that the reader showed."""
        subject_id = self.reader.subject_id
        make_case_evidence(self.session, self.library, subject_id)

    def add_cohort(self) -> None:
        """Open a cohort with one member."""
        make_seat(self.session, self.library)

    def add_candidate(self) -> None:
        """Enrol a learner and freeze a pack."""
        seat = make_seat(self.session, self.library, cohort=self.cohort)
        make_pack(self.session, self.library, seat, uuid4())

    def add_certificate(self) -> None:
        """Issue a certificate to somebody new."""
        seat = make_seat(self.session, self.library, cohort=self.cohort)
        decision = make_awarding_decision(self.session, self.library, seat)
        order = make_order(decision, self.session, self.library, self.settings)
        issue_credentials(self.session, order, self.settings)
        self.session.commit()


LISTS: dict[str, tuple[str, str, Callable[[World], None]]] = {
    "queue": ("reader", "/marking/", World.add_waiting),
    "drafts": ("reader", "/marking/?state=draft", World.add_draft),
    "cohorts": ("officer", "/cohorts/", World.add_cohort),
    "candidates": ("officer", "/cohorts/{cohort}", World.add_candidate),
    "certificates": ("officer", "/credentials/", World.add_certificate),
    "export": ("officer", "/cohorts/{cohort}/records.csv", World.add_candidate),
    "export of credentials": (
        "officer",
        "/cohorts/{cohort}/records.json",
        World.add_certificate,
    ),
    "first page": ("reader", "/", World.add_returned),
    "record": ("reader", "/competencies/", World.add_evidence),
    "one competency": ("reader", "/competencies/interviewing", World.add_evidence),
}


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that are sent while the block runs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, sent: str, *_rest: object) -> None:
        if not sent.startswith(_NOT_QUERIES):
            seen.append(sent)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def count_queries(client: FlaskClient, engine: Engine, path: str) -> int:
    """Return the statements of a page once the process is warm."""
    assert client.get(path).status_code == 200
    with counted(engine) as sent:
        assert client.get(path).status_code == 200
    return len(sent)


@pytest.fixture
def world(app: Flask, session: Session, library: Library) -> World:
    return World(session, library, app.config["LMS_SETTINGS"])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_often_for_50_rows_as_for_2(
    name, world, client, engine, sign_in
):
    who, path, add = LISTS[name]
    sign_in(getattr(world, who))
    counts = []
    for wanted in (_FEW, _MANY - _FEW):
        for _ in range(wanted):
            add(world)
        counts.append(
            count_queries(client, engine, path.format(cohort=world.cohort.slug))
        )
    assert counts[0] == counts[1]


def test_a_certificate_asks_as_often_for_8_levels_as_for_1(
    world, client, engine, sign_in
):
    sign_in(world.officer)
    framework = world.library.get_current(world.session, "framework", "coordinator")
    slugs = [row.slug for row in framework.content.competencies if row.slug != "ethics"]
    counts = []
    for awarded in (slugs[:1], slugs[:8]):
        issued = make_credentials(
            world.session, world.library, world.settings, awarded=awarded
        )
        paths = (
            f"/credentials/{issued[0].public_id}",
            f"/verify/{issued[1].public_id}",
        )
        counts.append([count_queries(client, engine, path) for path in paths])
    assert counts[0] == counts[1]


# Each of these was counted by hand; a page that needs one more has to say why.
BUDGET = {
    # stay, publications, answers, running case, cases begun, certificates, sheets
    "/": 7,
    "/modules/": 3,  # stay, publications, answers
    _MODULE: 3,
    f"{_MODULE}/first-ten-minutes": 4,  # and the answers to its own questions
    "/cases/": 3,  # stay, attempts, publications
    "/competencies/": 5,  # stay, cohort, publications, evidence, cleared flags
    "/credentials/mine": 3,  # stay, credentials, names
}


@pytest.mark.parametrize("path", BUDGET)
def test_a_learners_page_keeps_to_its_budget(path, world, client, engine, sign_in):
    sign_in(make_person(world.session))
    assert count_queries(client, engine, path) <= BUDGET[path]


def test_a_scene_is_two_queries_and_a_choice_little_more(
    world, client, engine, sign_in, library
):
    learner = make_person(world.session)
    case = library.get_current(world.session, "case", CASE)
    attempt = start_attempt(world.session, case, learner.subject_id, now=NOON)
    play = recorded_play(case.content, "careful path")
    for position, action in enumerate(play[:3]):
        given = Act(
            position=position,
            action_id=uuid4(),
            action=action,
            language="ja",
            now=NOON + timedelta(minutes=position),
            day=NOON.date(),
        )
        act(
            world.session,
            library,
            read_attempt(world.session, attempt.public_id),
            given,
        )
    world.session.commit()
    sign_in(learner)
    page = f"/attempts/{attempt.public_id}/3"
    assert count_queries(client, engine, page) <= 2
    form = {"position": "3", "action_id": str(uuid4()), "choice": play[3]["choice"]}
    with counted(engine) as sent:
        assert client.post(page, data=form).status_code == 303
    locks = engine.dialect.name == "postgresql"  # one writer at an attempt
    assert len(sent) <= 3 + locks


def test_the_sign_in_page_asks_nothing(client, engine):
    with counted(engine) as sent:
        assert client.get("/sign-in").status_code == 200
    assert sent == []


def test_marking_keeps_to_its_budget(world, client, engine, sign_in):
    world.add_waiting()
    world.add_draft()
    sign_in(world.reader)
    assert count_queries(client, engine, "/marking/") <= 4
