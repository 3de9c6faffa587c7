"""Any mix of clicks, repeats, late requests, languages and publishing: one attempt.

The model is the list of acts that were answered with success; the attempt must be that
list and nothing else, on the version with which it began.
"""

import itertools
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from lms.accounts.gate import STAY_KEY
from lms.content.services import PublishOrder, publish_content, read_content
from lms.evidence.models import Evidence, Submission
from lms.kinds import content_kinds
from lms.settings import PROJECT_ROOT
from lms.simulation.domain import play
from lms.simulation.domain.moves import scope_of
from lms.simulation.models import Attempt
from lms.simulation.played import read_attempt
from lms.simulation.replaying import recorded_actions
from tests.conftest import NOON
from tests.factories.accounts import make_person
from tests.factories.sign_ins import open_stay
from tests.simulation.playing import fields

SLUG = "rent-letter"
DEVICES = st.sampled_from(["office", "phone"])


def later_editions(index):
    """Yield the shipped content with ever higher labels of the case."""
    name = ("case", SLUG)
    for label in itertools.count(2):
        draft = index.drafts[name]
        document = {**draft.document, "version": label}
        index.drafts[name] = replace(draft, label=str(label), document=document)
        yield index


@pytest.fixture
def world(app, database, session, library):
    """What outlives one run of the machine."""
    case = library.get_current(session, "case", SLUG).content
    index, _findings = read_content(PROJECT_ROOT, content_kinds())
    for kind, slug in list(index.drafts):
        if kind not in ("framework", "rubric") and slug != SLUG:
            del index.drafts[(kind, slug)]
    return {
        "app": app,
        "database": database,
        "session": session,
        "case": case,
        "editions": later_editions(index),
    }


class Playing(RuleBasedStateMachine):
    """One learner with two devices, and an author who publishes meanwhile."""

    def __init__(self, world):
        super().__init__()
        self.app, self.session = world["app"], world["session"]
        self.database = world["database"]
        self.case, self.editions = world["case"], world["editions"]
        self.sent, self.refused = [], []
        self.draft, self.notes = 0, 0

    @initialize()
    def begin(self):
        self.person = make_person(self.session)
        self.session.commit()
        self.clients = {name: self._sign_in() for name in ("office", "phone")}
        client = self.clients["office"]
        self.place = client.post(f"/cases/{SLUG}/attempts").location
        self.version = self.attempt.case_version_id

    def _sign_in(self):
        client = self.app.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"
        with client.session_transaction(base_url="https://localhost") as cookie:
            cookie[STAY_KEY] = open_stay(self.database, self.person)
        return client

    @property
    def attempt(self):
        self.session.expire_all()
        return self.session.scalars(
            select(Attempt).where(Attempt.subject_id == self.person.subject_id)
        ).one()

    def standing(self, length=None):
        return play(self.case, [action for action, _ in self.sent[:length]])

    def is_finished(self):
        return self.standing().is_finished

    def offered(self, data, played):
        """Draw an action that a page of this scene can send."""
        if played.kind == "talk":
            allowed = [row.id for row in played.choices if row.is_allowed]
            choice = data.draw(st.sampled_from(allowed))
            return {"type": "choose", "choice": choice}
        if played.kind == "document":
            return {"type": "read", "scene": played.scene}
        task = self.case.scenes[played.scene].task
        listed = task.answers(scope_of(self.case, played.standing))
        answer = data.draw(st.sampled_from(list(listed)))
        return {"type": "answer", "scene": played.scene, "answer": answer}

    def post(self, device, position, action, action_id):
        data = {"position": position, "action_id": str(action_id), **fields(action)}
        return self.clients[device].post(f"{self.place}/{position}", data=data)

    @rule(data=st.data(), device=DEVICES, clicks=st.integers(1, 3))
    @precondition(lambda self: not self.is_finished())
    def act(self, data, device, clicks):
        position, action_id = len(self.sent), uuid4()
        action = self.offered(data, self.standing())
        answers = [
            self.post(device, position, action, action_id) for _ in range(clicks)
        ]
        self.sent.append((action, action_id))
        self.draft = 0
        where = "result" if self.is_finished() else str(position + 1)
        assert {(row.status_code, row.location) for row in answers} == {
            (303, f"{self.place}/{where}")
        }

    @rule(data=st.data(), device=DEVICES)
    @precondition(lambda self: self.sent)
    def repeat_of_an_earlier_request_arrives_late(self, data, device):
        position = data.draw(st.integers(0, len(self.sent) - 1))
        assert self.post(device, position, *self.sent[position]).status_code == 303

    @rule(data=st.data(), device=DEVICES)
    @precondition(lambda self: self.sent)
    def overtaken_page_is_sent(self, data, device):
        position = data.draw(st.integers(0, len(self.sent) - 1))
        action = self.offered(data, self.standing(position))
        answer = self.post(device, position, action, uuid4())
        assert answer.status_code == 409
        assert f'href="{self.place}' in answer.text

    @rule(data=st.data(), device=DEVICES, ahead=st.integers(1, 3))
    @precondition(lambda self: not self.is_finished())
    def request_arrives_before_the_one_it_follows(self, data, device, ahead):
        action = self.offered(data, self.standing())
        answer = self.post(device, len(self.sent) + ahead, action, uuid4())
        assert answer.status_code in (404, 409, 422)

    @rule(device=DEVICES, words=st.text("あいう漢字 \n", max_size=8))
    @precondition(lambda self: not self.is_finished())
    def draft_is_kept(self, device, words):
        position, place = len(self.sent), self.place
        kept = self.clients[device].post(
            f"{place}/{position}/draft",
            data={"draft_revision": self.draft, "choice": words, "text": words},
            headers={"Accept": "application/json"},
        )
        assert kept.status_code in (200, 303, 409)

    @rule(device=DEVICES, words=st.text("あいう漢字", max_size=8))
    def note_is_kept(self, device, words):
        kept = self.clients[device].post(
            f"{self.place}/notes",
            data={"notes": words, "notes_revision": self.notes, "notes_position": 0},
        )
        assert kept.status_code == 303
        notebook = read_attempt(self.session, self.attempt.public_id).notebook
        assert (notebook.text if notebook else "") == words
        self.notes = notebook.revision if notebook else 0

    @rule(device=DEVICES, asked=st.sampled_from(["ja", "en"]))
    def language_is_switched(self, device, asked):
        answer = self.clients[device].get(f"{self.place}/0?lang={asked}")
        assert answer.status_code in (302, 303)
        assert f'lang="{asked}"' in self.clients[device].get(f"{self.place}/0").text

    @rule(device=DEVICES)
    def case_is_begun_once_more(self, device):
        if self.is_finished():
            return
        again = self.clients[device].post(f"/cases/{SLUG}/attempts")
        assert again.location == self.place

    @rule()
    def author_publishes(self):
        order = PublishOrder(by="tests", reviewed_by=None, now=NOON, batch=uuid4())
        result, faults = publish_content(
            self.session, next(self.editions), content_kinds(), order=order
        )
        self.session.commit()
        assert not faults
        assert ("case", SLUG) in result.published

    @rule(device=DEVICES, data=st.data())
    def earlier_page_is_opened(self, device, data):
        position = data.draw(st.integers(0, len(self.sent) + 2))
        answer = self.clients[device].get(f"{self.place}/{position}")
        assert answer.status_code in (200, 303)

    @invariant()
    def attempt_is_what_was_acknowledged(self):
        attempt = self.attempt
        rows = attempt.actions
        assert [row.position for row in rows] == list(range(len(self.sent)))
        assert [row.action_id for row in rows] == [sent for _, sent in self.sent]
        assert (
            play(
                self.case,
                recorded_actions(read_attempt(self.session, attempt.public_id)),
            )
            == self.standing()
        )
        assert (attempt.finished_at is not None) == self.is_finished()
        assert attempt.case_version_id == self.version

    @invariant()
    def evidence_comes_once_and_only_with_the_end(self):
        subject = self.person.subject_id
        rows = self.session.scalars(
            select(Evidence).where(Evidence.subject_id == subject)
        ).all()
        assert len({row.content_version_id for row in rows}) <= 1
        handed_in = self.session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(Submission.subject_id == subject)
        )
        assert handed_in == int(self.is_finished())
        assert bool(rows) <= self.is_finished()


@pytest.mark.long
def test_any_mix_of_requests_gives_one_consistent_attempt(world):
    run_state_machine_as_test(
        lambda: Playing(world),
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
