"""A server that is killed at any moment: what it acknowledged is there, once."""

import random
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count, cycle
from uuid import uuid4

import pytest
import requests
from sqlalchemy import select

from lms.assessment.models import Response
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.demo.acts import recorded_play
from lms.evidence.models import Evidence, Submission
from lms.grading.models import Sheet
from lms.simulation.models import Attempt, AttemptAction, AttemptDraft
from tests.assessment.answering import right_fields
from tests.factories.accounts import make_pair
from tests.operation.killable import Browser, Server
from tests.simulation.playing import fields

pytestmark = [pytest.mark.concurrent, pytest.mark.slow]

ACTS, KILLS = 200, 10
SEED = 20261126
# As parts of the time that the act before took: most kills fall within an act, at its
# beginning, its writing or its answer; some come after it.
LATEST_KILL = 1.2
LESSON = "/modules/consultation-interview/first-ten-minutes"


@dataclass
class Ledger:
    """What was sent, and what was acknowledged.

    Attributes
    ----------
    sent : set of UUID
        Ids of all acts that were sent at least once.
    acknowledged : dict
        The acts that were answered, by id: browser, path and form.
    draft, sheet : dict or None
        The form of the newest draft that was answered and not acted upon, and of the
        newest state of the sheet.
    """

    sent: set = field(default_factory=set)
    acknowledged: dict = field(default_factory=dict)
    draft: dict | None = None
    sheet: dict | None = None


@pytest.fixture
def database(own_database):
    return own_database


@pytest.fixture
def installation(settings, database, tmp_path):
    url = database.session().get_bind().url.render_as_string(hide_password=False)
    return replace(settings, database_url=url, public_url="http://127.0.0.1")


@pytest.fixture
def server(installation):
    server = Server(installation)
    server.start()
    yield server
    server.stop()


class Driver:
    """Plays, answers, types and marks; after a kill it sends the same once more."""

    def __init__(self, server, settings, database):
        with database.session(writes=True) as session:
            supervisor, learner = make_pair(session)
            library = Library(COMPILERS)
            case = library.get_current(session, "case", "rent-letter").content
            items = [row.content for row in library.list_current(session, "item")]
            lesson = library.get_current(session, "lesson", LESSON.split("/", 2)[2])
        self.learner_id = learner.subject_id
        self.way = recorded_play(case, "careful path")
        self.items = [row for row in items if row.slug in lesson.content.items]
        self.learner = Browser(server, settings, database, learner)
        self.rater = Browser(server, settings, database, supervisor)
        self.server = server
        self.chance = random.Random(SEED)
        self.ledger = Ledger()
        self.until_kill = self.chance.randint(5, 25)
        self.acknowledgements = self.lost_answers = 0
        self.seconds = 0.0
        self.work = None

    def until_acknowledged(self, browser, path, data, **how):
        """Send one act as often as it takes; a kill may come in the middle of it."""
        killer = self._draw_killer()
        while True:
            with suppress(requests.RequestException):
                answer = browser.post(path, data, **how)
                if killer:
                    killer.join()
                    self.server.start()
                assert answer.status_code in (200, 303), (path, answer.status_code)
                self.acknowledgements += 1
                self.seconds = answer.elapsed.total_seconds()
                return answer
            assert killer, "no answer, and nobody was killed"
            self.lost_answers += 1
            killer.join()
            killer = None
            self.server.start()

    def _draw_killer(self):
        self.until_kill -= 1
        if self.until_kill > 0 or self.server.kills >= KILLS:
            return None
        self.until_kill = self.chance.randint(8, 18)
        delay = self.chance.uniform(0, LATEST_KILL) * self.seconds
        killer = threading.Timer(delay, self.server.kill)
        killer.start()
        return killer

    def act(self, path, data, prefix=""):
        """Send an act of the learner with an id of its own."""
        action_id = uuid4()
        given = {prefix + name: value for name, value in data.items()}
        given[f"{prefix}action_id"] = str(action_id)
        self.ledger.sent.add(action_id)
        self.until_acknowledged(self.learner, path, given)
        self.ledger.acknowledged[action_id] = (path, given)

    def play(self):
        """Play the case again and again, typing before each written answer."""
        while True:
            start = "/cases/rent-letter/attempts"
            place = self.until_acknowledged(self.learner, start, {}).headers["Location"]
            yield
            for position, action in enumerate(self.way):
                yield from self._type(f"{place}/{position}", action)
                draft = self.ledger.draft
                stamp = {
                    "position": position,
                    "draft_revision": draft["revision"] if draft else 0,
                }
                self.act(f"{place}/{position}", {**stamp, **fields(action)})
                self.ledger.draft = None
                yield
            self.work = self.work or place.rsplit("/", 1)[1]

    def _type(self, scene, action):
        if action["type"] != "answer":
            return
        filled = [pair for pair in fields(action).items() if pair[0] != "scene"]
        for revision in range(2):
            typed = {**dict(filled[: revision + 1]), "draft_revision": revision}
            said = self._script(self.learner, f"{scene}/draft", typed)
            assert said["revision"] == revision + 1
            self.ledger.draft = said
            yield

    def answer(self):
        """Answer the questions of a lesson, over and over."""
        for item in cycle(self.items):
            path = f"{LESSON}/questions/{item.slug}"
            self.act(path, right_fields(item), f"{item.slug}-")
            yield

    def mark(self):
        """Write ever more into the sheet on the first attempt, once there is one."""
        for revision in count():
            while not self.work:
                yield
            words = {"revision": revision, "comment": f"until {revision}"}
            said = self._script(self.rater, f"/marking/{self.work}", words)
            assert said["revision"] == revision + 1
            self.ledger.sheet = words
            yield

    def _script(self, browser, path, data):
        return self.until_acknowledged(browser, path, data, as_script=True).json()


def test_every_acknowledged_act_is_there_once_after_ten_kills(
    server, installation, database
):
    driver = Driver(server, installation, database)
    play, answer, mark = driver.play(), driver.answer(), driver.mark()
    for part in cycle((play, play, play, answer, mark)):
        next(part)
        check_typed(database, driver.ledger)
        if driver.acknowledgements == ACTS:
            break
    assert server.kills == KILLS
    assert driver.lost_answers >= 3
    check_log(database, driver)
    for path, sent in list(driver.ledger.acknowledged.values())[::10]:
        assert driver.learner.post(path, sent).status_code == 303
    check_log(database, driver)


def check_typed(database, ledger):
    """What was typed last and acknowledged is what is stored."""
    with database.session() as session:
        sheet = session.scalars(select(Sheet)).one_or_none()
        assert (sheet and sheet.comment) == (ledger.sheet and ledger.sheet["comment"])
        draft = session.scalars(select(AttemptDraft)).one_or_none()
        assert (draft and draft.revision) == (ledger.draft and ledger.draft["revision"])


def check_log(database, driver):
    """No act is missing, none is there twice, and none that nobody sent."""
    ledger = driver.ledger
    with database.session() as session:
        log = session.scalars(select(AttemptAction)).all()
        answers = session.scalars(select(Response.action_id)).all()
        stored = Counter([row.action_id for row in log] + list(answers))
        assert ledger.acknowledged.keys() <= stored.keys() <= ledger.sent
        assert set(stored.values()) == {1}
        for attempt in session.scalars(select(Attempt)):
            positions = [row.position for row in attempt.actions]
            assert positions == list(range(len(positions)))
            is_whole = len(positions) == len(driver.way)
            assert (attempt.finished_at is not None) == is_whole
        assert len(session.scalars(select(Submission)).all()) == 1
        assert set(Counter(session.scalars(select(Evidence.key))).values()) == {1}
