"""After a case: what else stood open, and going back to a turn for practice."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.demo.acts import recorded_play
from lms.evidence.models import Evidence
from lms.simulation.domain.roads import list_crossings
from lms.simulation.models import Attempt
from lms.simulation.played import read_attempt
from lms.simulation.services import Act, act, start_attempt
from tests.factories.accounts import make_person
from tests.simulation.case_files import choice, clean_case, end, make_case, talk

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
CHOOSE = {"type": "choose"}


def test_a_road_names_what_it_would_have_opened_and_shown():
    case = clean_case()
    actions = [
        {**CHOOSE, "choice": name} for name in ("hello.rush", "talk.bill", "talk.agree")
    ]
    first, second, third = list_crossings(case, actions)
    [call] = first.roads
    assert call.choice.id == "hello.call"
    assert [(row.criterion, row.seen) for row in call.shows] == [("listens", "met")]
    assert {road.choice.id for road in second.roads} == {"talk.agree"}
    # The fear needs trust, which the hurry cost: nobody could have asked for it here.
    assert first.missed == second.missed == third.missed == ()


def test_what_was_missed_stands_where_it_could_be_asked_for_the_last_time():
    facts = {"a": {"text": "f.a"}, "b": {"text": "f.b"}}
    ask = [choice(f"ask.{n}", "hub", do=[{"reveal": [n]}], once=True) for n in "ab"]
    case = make_case(
        facts=facts,
        scenes={"hub": talk(*ask, choice("go", "end")), "end": end()},
    )
    actions = [{**CHOOSE, "choice": name} for name in ("ask.a", "go")]
    first, last = list_crossings(case, actions)
    assert (first.missed, last.missed) == ((), ("b",))
    assert [road.opens for road in first.roads] == [("b",), ()]


@pytest.fixture
def learner(session, sign_in):
    person = make_person(session)
    sign_in(person)
    return person


@pytest.fixture
def played(session, library, learner):
    """Return two finished attempts: the one that counts, and one for practice."""
    version = library.get_current(session, "case", "rent-letter")
    attempts = []
    for _ in range(2):
        attempt = start_attempt(session, version, learner.subject_id, now=NOW)
        for position, action in enumerate(
            recorded_play(version.content, "quick path misses the threat")
        ):
            given = Act(
                position=position,
                action_id=uuid4(),
                action=action,
                language="ja",
                now=NOW,
                day=NOW.date(),
            )
            act(session, library, read_attempt(session, attempt.public_id), given)
        attempts.append(attempt)
    session.commit()
    return attempts


def test_before_marking_the_debrief_gives_nothing_away(client, played):
    page = client.get(f"/attempts/{played[0].public_id}/result").text
    assert "ここで選べたほかの道" not in page
    assert "足りなかったところを学べるレッスン" not in page


def test_practice_shows_the_other_roads_and_the_lessons(client, played):
    page = client.get(f"/attempts/{played[1].public_id}/result").text
    assert page.count("ここで選べたほかの道") >= 3
    assert "足りなかったところを学べるレッスン" in page
    assert "/modules/consultation-interview/" in page


def test_going_back_to_a_turn_goes_on_from_there_and_leaves_no_evidence(
    client, session, played
):
    before = session.scalars(select(Evidence)).all()
    url = f"/attempts/{played[0].public_id}/3/rehearse"
    answer = client.post(url)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"], follow_redirects=True)
    assert page.request.path.endswith("/3")
    attempt = session.scalars(select(Attempt).order_by(Attempt.id.desc())).first()
    assert (attempt.number, len(attempt.actions)) == (3, 3)
    again = client.post(url)
    assert again.headers["Location"].endswith(str(attempt.public_id))
    assert session.scalars(select(Evidence)).all() == before


def test_nobody_goes_back_in_a_running_attempt_or_in_somebody_elses(
    client, session, library, learner, played, sign_in
):
    version = library.get_current(session, "case", "rent-letter")
    running = start_attempt(session, version, learner.subject_id, now=NOW)
    session.commit()
    assert client.post(f"/attempts/{running.public_id}/0/rehearse").status_code == 404
    past_the_end = f"/attempts/{played[0].public_id}/99/rehearse"
    assert client.post(past_the_end).status_code == 404
    sign_in(make_person(session))
    assert client.post(f"/attempts/{played[0].public_id}/1/rehearse").status_code == 404
