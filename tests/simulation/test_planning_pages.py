"""Plans, judgements, papers and advice over HTTP, without a script."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.simulation.domain import play
from lms.simulation.models import Attempt, AttemptText
from lms.simulation.played import read_attempt
from lms.simulation.replaying import recorded_actions
from tests.factories.accounts import make_person
from tests.factories.kinds import publish_kinds
from tests.simulation.case_files import advising_case, write_advising

CASE = advising_case()
PATH = {
    "advice": ["ask.what", "ask.go"],
    "concordance": ["ask.what", "ask.go", "advise"],
    "plan": ["ask.what", "ask.go", "advise", "judge", "talk_over.agree"],
    "form": ["ask.what", "ask.go", "advise", "judge", "talk_over.agree", "plan"],
}
OWN = "近所の人に声をかけてもらう"
FIELDS = {
    "advise": {
        "approach": "coaching",
        "moves": ["options"],
        "text": "今までどんな道を考えてみましたか。",
    },
    "judge": {"item_rent": "1", "item_school": "-2", "item_open": "0"},
    "plan": {
        "goals": ["home", "work"],
        "words_goal-1": "安心して眠る",
        "place_listen": "1",
        "who_listen": "me",
        "when_listen": "today",
        "place_benefit": "2",
        "goal_benefit": "home",
        "partner_benefit": "hall",
        "menu_benefit": "housing",
        "who_benefit": "client",
        "agreed_benefit": "y",
        "place_own-1": "4",
        "words_own-1": OWN,
        "goal_own-1": "own-1",
    },
    "paper": {
        "field_reason": "仕事を失ったため",
        "field_kind": "home",
        "field_papers": ["lease", "pay"],
        "field_people": "3",
        "field_since": "2026-09-01",
        "field_consent": "y",
    },
}


@pytest.fixture
def learner(session, sign_in, tmp_path):
    write_advising(tmp_path)
    publish_kinds(session, tmp_path)
    person = make_person(session)
    sign_in(person)
    return person


class Walk:
    """An attempt that is played scene by scene."""

    def __init__(self, client):
        self.client = client
        self.position = 0
        self.place = client.post("/cases/advising/attempts").location

    @property
    def url(self):
        return f"{self.place}/{self.position}"

    def send(self, **data):
        data = {"position": self.position, "action_id": str(uuid4()), **data}
        posted = self.client.post(self.url, data=data)
        if posted.status_code == 303:
            self.position += 1
        return posted

    def to(self, kind):
        for entry in PATH[kind]:
            posted = self.take(entry)
            assert posted.status_code == 303, posted.text
        return self

    def take(self, entry):
        if entry in FIELDS:
            return self.send(scene=entry, **FIELDS[entry])
        return self.send(choice=entry)


@pytest.fixture
def walk(client, learner):
    return Walk(client)


def last_answer(session):
    session.expire_all()
    attempt = session.scalar(select(Attempt).where(Attempt.case_slug == "advising"))
    actions = recorded_actions(read_attempt(session, attempt.public_id))
    assert play(CASE, actions).steps[-1].score is not None
    return actions[-1]["answer"]


@pytest.mark.parametrize("kind", PATH)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_page_of_each_task_opens_in_both_languages(client, walk, kind, language):
    client.get(f"/?lang={language}")
    page = walk.to(kind)
    shown = client.get(page.url)
    assert shown.status_code == 200
    assert "data-autosave" in shown.text


def test_plan_is_recorded_in_the_order_of_its_places(walk, session):
    walk.to("plan")
    assert walk.take("plan").status_code == 303
    assert last_answer(session) == {
        "goals": ["home", "work", {"text": "安心して眠る"}],
        "steps": [
            {"step": "listen", "who": "me", "when": "today", "agreed": False},
            {
                "step": "benefit",
                "goal": "home",
                "partner": "hall",
                "menu": "housing",
                "who": "client",
                "agreed": True,
            },
            {"text": OWN, "goal": "own-1", "agreed": False},
        ],
    }


def test_own_words_of_a_plan_stand_apart_from_the_log(walk, session):
    walk.to("plan").take("plan")
    texts = session.scalars(select(AttemptText)).all()
    assert {row.text for row in texts} >= {OWN, "安心して眠る"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"place_benefit": "1"}, "1番目に二つの手立て"),
        ({"place_benefit": "", "place_own-1": "", "words_own-1": ""}, "今1件です"),
        ({"words_own-1": ""}, "することを書くか"),
        ({"place_own-1": ""}, "順番を選ぶか"),
        ({"goals": ["work"]}, "この目標はプランにありません"),
    ],
)
def test_faulty_plan_comes_back_with_everything_typed(walk, changes, message):
    walk.to("plan")
    typed = {**FIELDS["plan"], "words_goal-1": "消えてはならない", **changes}
    answer = walk.send(scene="plan", **typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert "消えてはならない" in answer.text


def test_draft_of_a_plan_is_there_again(client, walk):
    walk.to("plan")
    data = {"draft_revision": 0, **FIELDS["plan"]}
    kept = client.post(
        f"{walk.url}/draft", data=data, headers={"Accept": "application/json"}
    )
    assert kept.status_code == 200
    page = client.get(walk.url).text
    assert OWN in page
    assert 'value="4" selected' in page


def test_judgements_form_and_advice_are_recorded(walk, session):
    walk.to("advice").take("advise")
    assert last_answer(session) == {
        "approach": "coaching",
        "moves": ["options"],
        "text": FIELDS["advise"]["text"],
    }
    walk.take("judge")
    assert last_answer(session) == {"judgements": {"rent": 1, "school": -2, "open": 0}}
    walk.take("talk_over.agree")
    walk.take("plan")
    walk.take("paper")
    assert last_answer(session) == {
        "fields": {
            "reason": {"text": "仕事を失ったため"},
            "kind": "home",
            "papers": ["lease", "pay"],
            "people": 3,
            "since": "2026-09-01",
            "consent": True,
        }
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"field_people": "三"}, "field_people"),
        ({"field_people": "21"}, "field_people"),
        ({"field_since": "きのう"}, "field_since"),
        ({"field_reason": "あ" * 101}, "field_reason"),
    ],
)
def test_faulty_entry_is_named_and_the_rest_kept(walk, changes, field):
    walk.to("form")
    answer = walk.send(scene="paper", **{**FIELDS["paper"], **changes})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "2026-09-01" in answer.text or field == "field_since"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_parts_are_explained_once_the_case_is_marked(
    app, client, walk, monkeypatch, language
):
    walk.to("form").take("paper")
    client.get(f"/?lang={language}")
    assert "parts__part" not in client.get(f"{walk.place}/result").text
    monkeypatch.setitem(app.extensions, "lms_is_marked", lambda *_: True)
    page = client.get(f"{walk.place}/result").text
    assert page.count("parts__part") > 20
    assert {"ja": "望ましい答え：", "en": "Expected: "}[language] in page
    assert {"ja": "収入がなければ", "en": "Without income"}[language] in page
