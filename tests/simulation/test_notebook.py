"""The notebook beside a case: it stays, it is the learner's alone, it loses nothing."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.demo.acts import recorded_play
from lms.simulation.models import AttemptNotebook
from tests.factories.accounts import make_person
from tests.simulation.playing import fields, play_to


@pytest.fixture
def learner(session, sign_in):
    person = make_person(session)
    sign_in(person)
    return person


@pytest.fixture
def place(client, learner):
    """Return the address of a new attempt."""
    answer = client.post("/cases/rent-letter/attempts")
    return answer.headers["Location"]


def note(client, place, text, revision=0, position=0, **how):
    data = {"notes": text, "notes_revision": revision, "notes_position": position}
    return client.post(f"{place}/notes", data=data, **how)


def stored(session):
    session.expire_all()
    return session.scalars(select(AttemptNotebook)).one()


def test_notes_stay_from_scene_to_scene(client, session, place):
    answer = note(client, place, "家賃の手紙\n30日まで")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/0#notes")
    client.post(
        f"{place}/0",
        data={
            "position": 0,
            "action_id": "7d444840-9dc0-11d1-b245-5ffdce74fad2",
            "choice": "desk.call_line",
        },
    )
    assert "30日まで" in client.get(f"{place}/1").text
    assert stored(session).revision == 1


def test_the_same_notes_twice_are_no_conflict(client, session, place):
    note(client, place, "one")
    assert note(client, place, "one").status_code == 303
    assert stored(session).revision == 1


def test_two_windows_lose_nothing(client, session, place):
    note(client, place, "of the one window")
    answer = note(client, place, "of the other window")
    assert answer.status_code == 409
    assert "of the one window" in answer.text
    assert "of the other window" in answer.text
    assert stored(session).text == "of the one window"
    script = {"headers": {"Accept": "application/json"}}
    told = note(client, place, "of the other window", **script)
    assert told.status_code == 409
    assert told.json["fields"] == {"notes": ["of the one window"]}
    assert told.json["revision"] == 1


def test_too_long_notes_come_back_as_typed(client, session, place):
    long = "あ" * 20_001
    answer = note(client, place, long)
    assert answer.status_code == 422
    assert long in answer.text
    assert "data-autosave-unsaved" in answer.text.partition('id="notes"')[2]
    assert session.scalars(select(AttemptNotebook)).first() is None


def test_nobody_writes_into_somebody_elses_notebook(client, session, place, sign_in):
    sign_in(make_person(session))
    assert note(client, place, "mine").status_code == 404


def test_what_could_not_be_kept_is_not_folded_away_on_a_narrow_screen(client, place):
    def folds(text):
        return "data-fold" in text.partition('id="notes"')[2]

    assert folds(client.get(f"{place}/0").text)
    assert not folds(note(client, place, "あ" * 20_001).text)


def test_notes_of_a_window_that_outlived_the_case_are_kept_and_shown(
    client, session, place, library
):
    case = library.get_current(session, "case", "rent-letter").content
    for position, action in enumerate(recorded_play(case, "careful path")):
        data = {"position": position, "action_id": str(uuid4()), **fields(action)}
        assert client.post(f"{place}/{position}", data=data).status_code == 303
    assert note(client, place, "typed meanwhile").status_code == 303
    assert "typed meanwhile" in client.get(f"{place}/result").text


def test_the_page_says_when_notes_were_saved(client, place):
    assert (
        'id="typed-state-notes" role="status" data-now'
        not in client.get(f"{place}/0").text
    )
    note(client, place, "one")
    assert (
        'id="typed-state-notes" role="status" data-now="saved"'
        in client.get(f"{place}/0").text
    )


def test_readers_without_scripts_are_told_what_saves_their_notes(
    client, place, session, library
):
    def told(address):
        return (
            client.get(address).text.partition("<noscript>")[2].split("</noscript")[0]
        )

    assert "メモと回答がいっしょに保存されます" in told(f"{place}/0")
    case = library.get_current(session, "case", "rent-letter").content
    play_to(client, case, "free_text")
    assert "先へ進む前に保存してください" in told(f"{place}/0")
