"""Many requests at the same moment leave one consistent attempt."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.accounts.gate import STAY_KEY
from lms.app import create_app
from lms.assessment.models import Response
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.evidence.models import Evidence
from lms.simulation.counting import count_choices
from lms.simulation.models import Attempt, AttemptAction, AttemptDraft
from lms.simulation.queries import list_choice_counts
from tests.factories.accounts import make_person
from tests.factories.sign_ins import open_stay

pytestmark = pytest.mark.concurrent
AT_ONCE = 8
REPEATS = 20


@pytest.fixture
def database(own_database):
    return own_database


@pytest.fixture
def post(settings, database):
    app = create_app(replace(settings, public_url="http://localhost"), database)
    app.config["WTF_CSRF_ENABLED"] = False
    with database.transaction() as session:
        person = make_person(session)
    token = open_stay(database, person)

    def send(path, data=None, **how):
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie[STAY_KEY] = token
        return client.post(path, data=data or {}, **how)

    return send


def in_parallel(work, count=REPEATS):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, range(count)))


def test_twenty_starts_at_once_are_one_attempt(post, database):
    answers = in_parallel(lambda _: post("/cases/rent-letter/attempts").status_code)
    assert set(answers) <= {303, 409}
    assert 303 in answers
    with database.session() as session:
        assert len(session.scalars(select(Attempt)).all()) == 1


def test_twenty_repeats_of_one_click_are_one_action(post, database):
    path = post("/cases/rent-letter/attempts").location + "/0"
    data = {"position": 0, "action_id": str(uuid4()), "choice": "desk.call_line"}
    answers = in_parallel(lambda _: post(path, data))
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, path[:-1] + "1")
    }
    with database.session() as session:
        assert len(session.scalars(select(AttemptAction)).all()) == 1


def test_twenty_different_clicks_at_one_place_have_one_winner(post, database):
    path = post("/cases/rent-letter/attempts").location + "/0"
    choices = ("desk.call_line", "desk.use_son", "desk.gesture")

    def click(number):
        data = {"position": 0, "action_id": str(uuid4())}
        return post(path, {**data, "choice": choices[number % 3]})

    answers = in_parallel(click)
    codes = [answer.status_code for answer in answers]
    assert sorted(set(codes)) == [303, 409]
    assert codes.count(303) == 1
    for answer in answers:  # every loser sees what was recorded and what they sent
        if answer.status_code == 409:
            assert "記録された内容" in answer.text
            assert answer.text.count('class="box stack"') == 2
    with database.session() as session:
        assert len(session.scalars(select(AttemptAction)).all()) == 1


def test_actions_that_come_in_the_wrong_order_wait_for_their_turn(post, database):
    place = post("/cases/rent-letter/attempts").location
    first = {"position": 0, "action_id": str(uuid4()), "choice": "desk.call_line"}
    second = {"position": 1, "action_id": str(uuid4()), "choice": "need.letter"}
    early = post(f"{place}/1", second)
    assert early.status_code in (409, 422)
    assert post(f"{place}/0", first).status_code == 303
    assert post(f"{place}/1", second).status_code == 303
    assert post(f"{place}/0", first).location == f"{place}/2"
    with database.session() as session:
        assert [row.position for row in session.scalars(select(AttemptAction))] == [
            0,
            1,
        ]


def test_twenty_drafts_at_once_leave_one_and_show_it_to_the_others(post, database):
    place = post("/cases/rent-letter/attempts").location
    choices = ("desk.call_line", "desk.use_son", "desk.gesture")

    def type_one(number):
        data = {"draft_revision": 0, "choice": choices[number % 3]}
        return post(f"{place}/0/draft", data, headers={"Accept": "application/json"})

    answers = in_parallel(type_one)
    with database.session() as session:
        kept = session.scalars(select(AttemptDraft)).one()
    assert kept.revision == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json["fields"] == kept.fields
        else:
            assert answer.json["revision"] == 1
    assert {answer.status_code for answer in answers} == {200, 409}


def test_twenty_repeats_of_one_answer_are_one_answer(post, database):
    page = "/modules/consultation-interview/first-ten-minutes"
    with database.session() as session:
        library = Library(COMPILERS)
        name = page.removeprefix("/modules/")
        slug = library.get_current(session, "lesson", name).content.items[0]
        option = library.get_current(session, "item", slug).content.body.options[0].slug
    data = {f"{slug}-action_id": str(uuid4()), f"{slug}-answer": option}
    answers = in_parallel(lambda _: post(f"{page}/questions/{slug}", data).status_code)
    assert set(answers) <= {303, 409}
    assert 303 in answers
    assert post(f"{page}/questions/{slug}", data).status_code == 303
    with database.session() as session:
        assert len(session.scalars(select(Response)).all()) == 1
        assert len(session.scalars(select(Evidence)).all()) <= 1


def test_attempts_that_end_at_once_are_all_counted(database):
    """Each has the scenes in another order, and they never wait in a ring."""
    with database.session() as session:
        library = Library(COMPILERS)
        version = library.get_current(session, "case", "rent-letter")
    scenes = [f"scene-{number}" for number in range(12)]

    def end_one(number):
        chosen = dict.fromkeys(Random(number).sample(scenes, len(scenes)), "same")
        with database.transaction() as session:
            count_choices(session, version.id, chosen)

    in_parallel(end_one, count=5 * REPEATS)
    with database.session() as session:
        rows = list_choice_counts(session, version.id)
    assert sorted(rows) == sorted((scene, "same", 5 * REPEATS) for scene in scenes)
