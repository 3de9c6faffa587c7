"""Attempts over HTTP: nothing lost, nothing twice, nobody else's."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from lms.demo.acts import recorded_play
from lms.evidence.models import Evidence, Submission
from lms.simulation.domain import play
from lms.simulation.forms.scene import make_scene_form
from lms.simulation.models import Attempt, AttemptAction, AttemptText
from lms.simulation.pages import Reader
from tests.factories.accounts import make_person
from tests.simulation.playing import fields, play_to, way_to


@pytest.fixture
def learner(session, sign_in):
    person = make_person(session)
    sign_in(person)
    return person


@pytest.fixture
def attempt(client, learner, session):
    client.post("/cases/rent-letter/attempts")
    return session.scalar(
        select(Attempt).where(Attempt.subject_id == learner.subject_id)
    )


def act(client, attempt, position, choice, action_id=None):
    return client.post(
        f"/attempts/{attempt.public_id}/{position}",
        data={
            "position": position,
            "action_id": str(action_id or uuid4()),
            "choice": choice,
        },
    )


def actions_of(session, attempt):
    session.expire_all()
    return session.scalars(
        select(AttemptAction)
        .where(AttemptAction.attempt_id == attempt.id)
        .order_by(AttemptAction.position)
    ).all()


def play_whole(client, attempt, case):
    for position, action in enumerate(recorded_play(case, "careful path")):
        posted = client.post(
            f"/attempts/{attempt.public_id}/{position}",
            data={"position": position, "action_id": str(uuid4()), **fields(action)},
        )
        assert posted.status_code == 303, posted.text
    return posted


def test_starting_twice_goes_on_with_the_same_attempt(client, learner, session):
    first = client.post("/cases/rent-letter/attempts").location
    assert client.post("/cases/rent-letter/attempts").location == first


def test_same_click_twice_is_one_action(client, attempt, session):
    action_id = uuid4()
    for _ in range(3):
        answer = act(client, attempt, 0, "desk.call_line", action_id)
        assert answer.status_code == 303
        assert answer.location == f"/attempts/{attempt.public_id}/1"
    assert len(actions_of(session, attempt)) == 1


def test_another_click_from_an_overtaken_page_shows_both_sides(
    client, attempt, session
):
    act(client, attempt, 0, "desk.call_line")
    answer = act(client, attempt, 0, "desk.use_son")
    assert answer.status_code == 409
    assert "電話通訳を呼び" in answer.text
    assert "ナムさんに訳してもらい" in answer.text
    recorded = actions_of(session, attempt)
    assert [row.action["choice"] for row in recorded] == ["desk.call_line"]


def test_choice_that_is_not_on_offer_is_refused_and_changes_nothing(
    client, attempt, session
):
    answer = act(client, attempt, 0, "need.money")
    assert answer.status_code == 422
    assert actions_of(session, attempt) == []


def test_nothing_chosen_is_said_at_the_field(client, attempt, session):
    answer = act(client, attempt, 0, "")
    assert answer.status_code == 422
    assert "エラー：" in answer.text
    assert actions_of(session, attempt) == []


def test_earlier_scene_can_be_read_but_not_chosen_again(client, attempt):
    act(client, attempt, 0, "desk.call_line")
    page = client.get(f"/attempts/{attempt.public_id}/0").text
    assert "てがみ、来ました" in page
    assert 'name="choice"' not in page
    ahead = client.get(f"/attempts/{attempt.public_id}/9")
    assert ahead.location == f"/attempts/{attempt.public_id}/1"


def test_attempt_of_somebody_else_is_not_found(client, attempt, session, sign_in):
    sign_in(make_person(session))
    for path in ("", "/0", "/result"):
        assert client.get(f"/attempts/{attempt.public_id}{path}").status_code == 404
    assert act(client, attempt, 0, "desk.call_line").status_code == 404
    assert actions_of(session, attempt) == []


def test_whole_play_becomes_evidence_once_and_waits_for_marking(
    client, attempt, session, library, learner
):
    case = library.get(session, attempt.case_version_id).content
    last = play_whole(client, attempt, case)
    assert last.location == f"/attempts/{attempt.public_id}/result"
    rows = session.scalars(
        select(Evidence).where(Evidence.subject_id == learner.subject_id)
    ).all()
    assert {row.source for row in rows} <= {"choice", "task", "omission"}
    assert all(
        row.rubric_version_id and row.work_id == attempt.public_id for row in rows
    )
    assert len(rows) == len({row.key for row in rows}) > 5
    assert len(session.scalars(select(Submission)).all()) == 1


def test_what_was_written_lies_apart_from_the_log(client, attempt, session, library):
    case = library.get(session, attempt.case_version_id).content
    play_whole(client, attempt, case)
    log = str([row.action for row in actions_of(session, attempt)])
    texts = session.scalars(select(AttemptText.text)).all()
    assert texts
    assert not any(text in log for text in texts if text)


def test_erased_text_leaves_the_play_what_it_was(client, attempt, session, library):
    case = library.get(session, attempt.case_version_id).content
    play_whole(client, attempt, case)
    for row in session.scalars(select(AttemptText)):
        session.delete(row)
    session.commit()
    page = client.get(f"/attempts/{attempt.public_id}/result")
    assert page.status_code == 200
    assert "▒" in page.text


def test_second_attempt_is_practice_and_leaves_no_evidence(
    client, attempt, session, library, learner
):
    case = library.get(session, attempt.case_version_id).content
    play_whole(client, attempt, case)
    before = len(session.scalars(select(Evidence)).all())
    client.post("/cases/rent-letter/attempts")
    again = session.scalar(
        select(Attempt).where(
            Attempt.subject_id == learner.subject_id, Attempt.number == 2
        )
    )
    play_whole(client, again, case)
    assert len(session.scalars(select(Evidence)).all()) == before
    assert len(session.scalars(select(Submission)).all()) == 1


def test_language_may_change_at_every_turn(client, attempt, session):
    act(client, attempt, 0, "desk.call_line")
    client.get("/?lang=en")
    page = client.get(f"/attempts/{attempt.public_id}/1").text
    assert "The rent letter" in page
    act(client, attempt, 1, "need.letter")
    languages = [row.language for row in actions_of(session, attempt)]
    assert languages == ["ja", "en"]


@pytest.mark.parametrize(
    ("asked", "told"), [("ja", "字以上書いて"), ("en", "at least")]
)
def test_text_that_is_too_short_is_refused_in_the_readers_words(
    client, learner, session, library, asked, told
):
    case = library.get_current(session, "case", "rent-letter").content
    place = play_to(client, case, "free_text")
    client.get(f"{place}?lang={asked}")
    position = place.rsplit("/", 1)[1]
    sent = {"position": position, "action_id": str(uuid4()), "text": "短い"}
    scene = case.scenes[play(case, way_to(case, "free_text")).scene].id
    answer = client.post(place, data={**sent, "language": "ja", "scene": scene})
    assert answer.status_code == 422
    assert told in answer.text
    assert "短い" in answer.text


def test_consent_left_open_for_a_chosen_partner_is_asked_for(
    client, session, library, learner
):
    case = library.get_current(session, "case", "rent-letter").content
    place = play_to(client, case, "referral")
    position = int(place.rsplit("/", 1)[1])
    data = {
        "position": position,
        "action_id": str(uuid4()),
        "scene": "refer",
        "pick_housing": "y",
    }
    refused = client.post(place, data=data)
    assert refused.status_code == 422
    assert 'href="#consent_housing-0"' in refused.text
    data["consent_housing"] = "no"
    assert client.post(place, data=data).status_code == 303


def test_an_order_needs_a_place_of_its_own_for_each_step(app, session, library):
    case = library.get_current(session, "case", "transferred-three-times").content
    result = play(case, way_to(case, "order"))
    scene = case.scenes[result.scene]
    names = [f"item_{item.id}" for item in scene.task.items]

    def sent(places):
        data = {"position": "0", "action_id": str(uuid4()), "scene": scene.id}
        made = MultiDict({**data, **dict(zip(names, places, strict=True))})
        return make_scene_form(Reader(case, "ja"), result, made)

    with app.test_request_context(method="POST"):
        untouched = make_scene_form(Reader(case, "ja"), result, MultiDict())
        assert {untouched[name].data for name in names} == {""}
        assert not sent([""] * len(names)).validate()
        assert not sent(["1"] * len(names)).validate()
        whole = sent([str(n) for n in range(len(names), 0, -1)])
        assert whole.validate(), whole.errors
        wanted = [item.id for item in reversed(scene.task.items)]
        assert whole.to_answer() == wanted
