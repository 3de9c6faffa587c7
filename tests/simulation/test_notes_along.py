"""Without scripts notes and answer are one form: no button drops one of the two."""

import re
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.simulation.models import AttemptAction, AttemptDraft, AttemptNotebook
from tests.factories.accounts import make_person
from tests.simulation.playing import play_to

OWN = {"Origin": "https://localhost"}
TEXT = "本人の同意を得て、住まいの窓口に一緒に電話する。"
NOTES = "30日まで。\n通訳を頼む。"
_FORM_OF_NOTES = re.compile(r'<(?:input|textarea|button)[^>]*form="answer"[^>]*>')


@pytest.fixture(autouse=True)
def learner(session, sign_in):
    person = make_person(session)
    sign_in(person)
    return person


@pytest.fixture
def scene(client, session, library):
    case = library.get_current(session, "case", "rent-letter").content
    return play_to(client, case, "free_text")


@pytest.fixture
def send(client, scene):
    """Send the form of the page as it stands, with what is typed in it."""
    html = client.get(scene).text
    place, position = scene.rsplit("/", 1)

    def send_it(address=scene, **typed):
        sent = {
            "position": position,
            "action_id": str(uuid4()),
            "draft_revision": "0",
            "scene": "plan",
            "language": "ja",
            "text": TEXT,
            "notes": NOTES,
            "notes_position": position,
            "notes_revision": value_of(html, "notes_revision"),
            "notes_seen": value_of(html, "notes_seen"),
        }
        return client.post(address, data=sent | typed, headers=OWN)

    send_it.notes = f"{place}/notes"
    return send_it


def value_of(html, name):
    return re.search(rf'name="{name}" type="hidden" value="([^"]*)"', html)[1]


def typed_in(html, id_):
    return unescape(
        re.search(rf'<textarea[^>]*id="{id_}"[^>]*>\n(.*?)</textarea>', html, re.S)[1]
    )


def stored(session):
    session.expire_all()
    notes = session.scalars(select(AttemptNotebook.text)).first()
    draft = session.scalars(select(AttemptDraft.fields)).first()
    return notes, draft["text"][0] if draft else None


def count_actions(session):
    session.expire_all()
    return len(session.scalars(select(AttemptAction)).all())


def test_notes_belong_to_the_form_of_the_scene_until_a_script_takes_them_apart(
    client, scene
):
    parts = _FORM_OF_NOTES.findall(client.get(scene).text)
    assert [part.partition(" ")[0] for part in parts] == ["<input"] * 3 + [
        "<textarea",
        "<button",
    ]
    assert all("data-apart" in part for part in parts)
    before = f"{scene.rsplit('/', 1)[0]}/0"
    assert _FORM_OF_NOTES.findall(client.get(before).text) == []


def test_saving_the_notes_keeps_the_answer_too(client, session, scene, send):
    answer = send(send.notes)
    assert answer.status_code == 303
    assert answer.location == f"{scene}#notes"
    assert stored(session) == (NOTES, TEXT)
    page = client.get(scene).text
    assert typed_in(page, "text") == TEXT
    assert typed_in(page, "notes-text") == NOTES


@pytest.mark.parametrize("button", [{}, {"pause": "1"}])
def test_saving_the_draft_keeps_the_notes_too(session, scene, send, button):
    assert send(f"{scene}/draft", **button).status_code == 303
    assert stored(session) == (NOTES, TEXT)


def test_answering_keeps_the_notes_too(session, send):
    before = count_actions(session)
    assert send(text=TEXT * 4).status_code == 303
    assert count_actions(session) == before + 1
    assert stored(session)[0] == NOTES


def test_an_answer_that_is_refused_loses_no_notes(session, send):
    answer = send(text="")
    assert answer.status_code == 422
    assert typed_in(answer.text, "notes-text") == NOTES
    assert stored(session)[0] == NOTES


@pytest.mark.parametrize("button", ["", "/draft", "notes"])
def test_notes_that_are_refused_lose_no_answer(session, scene, send, button):
    before = count_actions(session)
    long = "あ" * 20_001
    answer = send(send.notes if button == "notes" else scene + button, notes=long)
    assert answer.status_code == 422
    assert typed_in(answer.text, "text") == TEXT
    assert typed_in(answer.text, "notes-text") == long
    assert count_actions(session) == before
    assert stored(session) == (None, None)


def test_notes_that_another_window_changed_stop_the_answer_and_show_both(
    client, session, scene, send
):
    before = count_actions(session)
    other = {"notes": "別の画面のメモ", "notes_revision": 0, "notes_position": 0}
    client.post(send.notes, data=other)
    answer = send(text=TEXT * 4)
    assert answer.status_code == 409
    assert "別の画面のメモ" in answer.text
    assert typed_in(answer.text, "notes-text") == NOTES
    assert typed_in(answer.text, "text") == TEXT * 4
    assert count_actions(session) == before


def test_notes_in_which_nobody_has_typed_are_no_conflict(client, session, scene, send):
    before = count_actions(session)
    other = {"notes": "別の画面のメモ", "notes_revision": 0, "notes_position": 0}
    client.post(send.notes, data=other)
    assert send(text=TEXT * 4, notes="").status_code == 303
    assert count_actions(session) == before + 1
    assert stored(session)[0] == "別の画面のメモ"


def test_an_answer_that_was_overtaken_comes_back_and_the_notes_are_kept(session, send):
    send(text=TEXT * 4)
    answer = send(
        send.notes, text="あとから書いた回答", notes=f"{NOTES}続き", notes_revision=1
    )
    assert answer.status_code == 409
    assert "あとから書いた回答" in answer.text
    assert stored(session)[0] == f"{NOTES}続き"


@pytest.mark.parametrize("button", ["", "notes"])
def test_both_stand_in_the_page_that_is_only_shown_again(session, scene, send, button):
    answer = send(send.notes if button else scene, refill="1")
    assert answer.status_code == 422
    assert "まだ送られていません" in answer.text
    assert typed_in(answer.text, "text") == TEXT
    assert typed_in(answer.text, "notes-text") == NOTES
    assert stored(session) == (None, None)
