"""What is typed in a scene is kept before it is sent, and comes back anywhere."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from lms.demo.acts import recorded_play
from lms.privacy.services.erasure import Act, erase_again
from lms.simulation.drafts import MAX_CHARACTERS, forget_drafts
from lms.simulation.models import AttemptAction, AttemptDraft
from lms.simulation.played import read_own_attempt
from tests.conftest import NOON
from tests.factories.accounts import make_person
from tests.simulation.playing import fields, play_to

JSON = {"Accept": "application/json"}
TEXT = "夜の電話のことを、本人が決めたとおりに警察の窓口へ一緒に伝えます。"


@pytest.fixture
def learner(session, sign_in):
    person = make_person(session)
    sign_in(person)
    return person


@pytest.fixture
def case(session, library):
    return library.get_current(session, "case", "rent-letter").content


@pytest.fixture
def scene(client, learner, case):
    """The address of the scene with the free text; the way to it is played."""
    return play_to(client, case, "free_text")


def keep(client, scene, text=TEXT, revision=0, headers=JSON, **given):
    given.setdefault("language", "ja")
    data = {"draft_revision": revision, "text": text, **given}
    return client.post(f"{scene}/draft", data=data, headers=headers)


def drafts(session):
    session.expire_all()
    return session.scalars(select(AttemptDraft)).all()


def test_typed_text_is_there_on_another_device(client, app, scene, sign_in, learner):
    said = keep(client, scene).json
    assert said["revision"] == 1
    assert len(said["saved"]) == 5
    sign_in(learner)
    page = client.get(scene).text
    assert TEXT in page
    assert "下書きを保存しました" in page
    assert 'name="draft_revision" type="hidden" value="1"' in page


def test_button_without_script_keeps_the_draft_and_shows_the_scene(client, scene):
    answer = keep(client, scene, "一行目\r\n二行目", headers={})
    assert answer.status_code == 303
    assert answer.location == scene
    assert "一行目\n二行目" in client.get(scene).text


def test_pausing_takes_what_was_typed_along_without_a_script(client, scene):
    row = client.get(scene).text.partition("submit-row")[2]
    assert f'name="pause" value="1" formaction="{scene}/draft"' in row
    answer = keep(client, scene, headers={}, pause="1")
    assert answer.status_code == 303
    assert answer.location == "/"
    assert TEXT in client.get(scene).text


def test_pausing_before_anything_is_chosen_leaves_the_scene_as_it_was(
    client, learner, case
):
    scene = play_to(client, case, "talk")
    data = {"position": "0", "action_id": uuid4(), "pause": "1"}
    assert client.post(f"{scene}/draft", data=data).location == "/"
    page = client.get(scene)
    assert page.status_code == 200
    assert "checked" not in page.text.partition("<main")[2]


def test_draft_that_is_only_shown_again_is_in_its_scene_and_not_kept(
    client, session, scene
):
    shown = keep(client, scene, headers={}, pause="1", refill="1")
    assert shown.status_code == 422
    assert TEXT in shown.text
    assert "まだ送られていません" in shown.text
    assert drafts(session) == []


@pytest.mark.parametrize("kind", ["talk", "triage", "referral"])
def test_choices_and_reasons_of_every_kind_come_back(client, learner, case, kind):
    scene = play_to(client, case, kind)
    position = int(scene.rsplit("/", 1)[1])
    action = recorded_play(case, "careful path")[position]
    sent = fields(action)
    sent.pop("scene", None)
    assert keep(client, scene, **sent, language="").status_code == 200
    page = client.get(scene).text
    for name, value in sent.items():
        for one in value if isinstance(value, list) else [value]:
            is_chosen = f'name="{name}" value="{one}" checked' in page
            assert is_chosen or (name[:2] in ("re", "fo") and one in page), name


def test_acting_on_the_scene_takes_the_draft_away(client, session, scene, case):
    keep(client, scene)
    position = int(scene.rsplit("/", 1)[1])
    action = recorded_play(case, "careful path")[position]
    stamp = {"position": position, "action_id": uuid4(), "draft_revision": 1}
    assert client.post(scene, data={**stamp, **fields(action)}).status_code == 303
    assert drafts(session) == []


def test_acting_from_an_older_page_deletes_no_draft_of_another_device(
    client, session, scene, case
):
    keep(client, scene, "もう一台で書いた長い文")
    position = int(scene.rsplit("/", 1)[1])
    action = recorded_play(case, "careful path")[position]
    sent = {"position": position, "action_id": uuid4(), **fields(action)}
    answer = client.post(scene, data={**sent, "draft_revision": 0})
    assert answer.status_code == 409
    assert "もう一台で書いた長い文" in answer.text
    assert fields(action)["text"] in answer.text
    assert 'name="draft_revision" type="hidden" value="1"' in answer.text
    assert len(drafts(session)) == 1
    knowingly = client.post(scene, data={**sent, "draft_revision": 1})
    assert knowingly.status_code == 303


def test_a_draft_left_behind_at_an_earlier_place_counts_for_nothing(
    client, session, scene, learner
):
    keep(client, scene)
    [kept] = drafts(session)
    left = {"fields": {"choice": ["left"]}, "revision": 1, "saved_at": NOON}
    session.add(AttemptDraft(attempt_id=kept.attempt_id, position=0, **left))
    session.commit()
    public_id = UUID(scene.split("/")[-2])
    found = read_own_attempt(session, learner.subject_id, public_id)
    assert [row.position for row in found.actions] == list(range(kept.position))
    assert [row.position for row in found.drafts] == [kept.position]
    assert TEXT in client.get(scene).text


def test_stale_draft_is_refused_with_the_other_side(client, session, scene):
    keep(client, scene, "先の画面")
    answer = keep(client, scene, "あとの画面")
    assert answer.status_code == 409
    assert answer.json["fields"]["text"] == ["先の画面"]
    assert answer.json["revision"] == 1
    assert [row.fields["text"] for row in drafts(session)] == [["先の画面"]]
    assert keep(client, scene, "あとの画面", revision=1).json["revision"] == 2


def test_stale_draft_without_script_shows_both_sides_and_can_be_saved(client, scene):
    keep(client, scene, "先の画面")
    answer = keep(client, scene, "あとの画面", headers={})
    assert answer.status_code == 409
    assert "先の画面" in answer.text
    assert "あとの画面" in answer.text
    assert 'name="draft_revision" type="hidden" value="1"' in answer.text


def test_same_draft_again_is_no_conflict(client, session, scene):
    answers = [keep(client, scene) for _ in range(3)]
    assert [answer.json["revision"] for answer in answers] == [1, 1, 1]


def test_draft_that_comes_after_the_act_says_where_the_case_is(client, learner, case):
    first = play_to(client, case, "talk")
    data = {"position": 0, "action_id": uuid4(), "choice": "desk.call_line"}
    client.post(first, data=data)
    late = client.post(f"{first}/draft", data={"choice": "desk.use_son"}, headers=JSON)
    assert late.status_code == 409
    assert late.json["location"] == f"{first[:-2]}/1"
    page = client.post(f"{first}/draft", data={"choice": "desk.use_son"})
    assert page.status_code == 409
    assert "ナムさんに訳してもらい" in page.text
    ahead = client.post(f"{first[:-2]}/7/draft", headers=JSON)
    assert ahead.status_code == 409


def test_draft_larger_than_any_answer_is_refused_and_stays_on_the_page(
    client, session, scene
):
    words = "長" * (MAX_CHARACTERS + 1)
    assert keep(client, scene, words).status_code == 422
    page = keep(client, scene, words, headers={})
    assert page.status_code == 422
    assert words in page.text
    assert drafts(session) == []


def test_draft_of_somebody_else_is_neither_seen_nor_changed(
    client, session, scene, sign_in
):
    keep(client, scene)
    sign_in(make_person(session))
    assert keep(client, scene, "他の人").status_code == 404
    assert [row.fields["text"] for row in drafts(session)] == [[TEXT]]


def test_refused_answer_keeps_what_was_typed_and_the_revision(client, scene):
    keep(client, scene)
    sent = {"position": scene.rsplit("/", 1)[1], "draft_revision": 1, "text": "短い"}
    page = client.post(scene, data=sent | {"action_id": uuid4(), "language": "ja"})
    assert page.status_code == 422
    assert "短い" in page.text
    assert 'name="draft_revision" type="hidden" value="1"' in page.text
    assert "data-autosave-unsaved" in page.text


def test_drafts_are_erased_with_the_person(client, session, scene, learner):
    keep(client, scene)
    erase_again(session, learner.subject_id, Act(actor=None, now=NOON))
    session.commit()
    assert drafts(session) == []
    assert session.scalars(select(AttemptAction)).first() is not None


def test_drafts_that_nobody_touches_are_forgotten(client, session, scene):
    keep(client, scene)
    (draft,) = drafts(session)
    assert forget_drafts(session, draft.saved_at) == 0
    assert forget_drafts(session, draft.saved_at.replace(year=2100)) == 1
