"""How others chose: counted when an attempt is finished, shown above ten."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from lms.demo.acts import recorded_play
from lms.privacy.services.erasure import Act as PrivacyAct
from lms.privacy.services.erasure import erase_again
from lms.settings import PROJECT_ROOT
from lms.simulation.debrief import review_turns
from lms.simulation.domain import play
from lms.simulation.domain.tallies import SceneTally, first_choices, tally_scenes
from lms.simulation.models import ChoiceCount
from lms.simulation.pages import Reader
from lms.simulation.played import read_attempt
from lms.simulation.queries import list_choice_counts
from lms.simulation.services import Act, act, start_attempt
from tests.architecture.test_queries import counted
from tests.factories.accounts import make_person
from tests.simulation.case_files import choice, end, make_case, talk

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
CAREFUL, QUICK, WITH_CHILD = "careful path", "quick path", "child interprets"
HEAD = "ほかの人が選んだもの"
HUB = make_case(
    start="door",
    scenes={
        "door": talk(choice("go_in", "hub")),
        "hub": talk(
            choice("ask", "hub", once=True),
            choice("wait", "hub", once=True),
            choice("late", "end", when="chose.wait"),
            choice("leave", "end"),
        ),
        "end": end(),
    },
)


def choose(*names):
    return [{"type": "choose", "choice": name} for name in names]


def others_at_each_turn(actions, tallies):
    played = play(HUB, actions)
    reader = Reader(HUB, "ja")
    reviews = review_turns(reader, played, actions, names={}, tallies=tallies)
    return [review.others for review in reviews]


def test_a_scene_that_is_come_back_to_counts_its_first_choice():
    played = play(HUB, choose("go_in", "wait", "ask", "late"))
    assert first_choices(played.steps) == {"door": "go_in", "hub": "wait"}


def test_documents_and_tasks_are_no_choices():
    assert first_choices(()) == {}


@pytest.mark.parametrize(("second", "shown"), [(4, False), (5, True)])
def test_ten_learners_are_too_few_and_eleven_are_enough(second, shown):
    counts = [("hub", "ask", 6), ("hub", "wait", second), ("door", "go_in", 3)]
    tallies = tally_scenes(counts)
    assert tallies == ({"hub": SceneTally(11, {"ask": 6, "wait": 5})} if shown else {})


def test_others_stand_where_a_scene_is_come_to_first_in_the_authors_order():
    tallies = {"hub": SceneTally(12, {"leave": 9, "ask": 3})}
    door, first, second, third = others_at_each_turn(
        choose("go_in", "wait", "ask", "leave"), tallies
    )
    assert (door, second, third) == (None, None, None)
    rows = [(row.text, row.learners, row.is_own) for row in first.taken]
    assert rows == [("c.ask", 3, False), ("c.wait", 0, True), ("c.leave", 9, False)]
    assert (first.learners, first.elsewhere) == (12, 0)


def test_what_did_not_stand_open_is_one_number_without_a_name():
    tallies = {"hub": SceneTally(12, {"leave": 9, "late": 3})}
    _, others, _ = others_at_each_turn(choose("go_in", "wait", "leave"), tallies)
    assert "c.late" not in {row.text for row in others.taken}
    assert others.elsewhere == 3


def test_where_there_was_one_way_only_nothing_is_said():
    tallies = {"door": SceneTally(12, {"go_in": 12})}
    assert others_at_each_turn(choose("go_in", "leave"), tallies) == [None, None]


@pytest.fixture
def version(session, library):
    return library.get_current(session, "case", "rent-letter")


def finish(session, library, version, person, name, *, leaves_out=0):
    """Play a named play, or all of it but the last actions."""
    attempt = start_attempt(session, version, person.subject_id, now=NOW)
    actions = recorded_play(version.content, name)
    for position, action in enumerate(actions[: len(actions) - leaves_out]):
        given = Act(
            position=position,
            action_id=uuid4(),
            action=action,
            language="ja",
            now=NOW,
            day=NOW.date(),
        )
        act(session, library, read_attempt(session, attempt.public_id), given)
    session.commit()
    return attempt


def counts_at(session, version, scene):
    rows = list_choice_counts(session, version.id)
    return {choice: learners for at, choice, learners in rows if at == scene}


def test_only_finished_first_attempts_are_counted(session, library, version):
    learner, other = make_person(session), make_person(session)
    finish(session, library, version, other, CAREFUL, leaves_out=1)
    assert list_choice_counts(session, version.id) == []
    finish(session, library, version, learner, CAREFUL)
    assert counts_at(session, version, "desk") == {"desk.call_line": 1}
    assert counts_at(session, version, "need") == {"need.letter": 1}
    finish(session, library, version, learner, WITH_CHILD)  # for practice
    assert counts_at(session, version, "desk") == {"desk.call_line": 1}


def test_counts_stay_when_a_learner_is_erased(session, library, version):
    learner = make_person(session)
    finish(session, library, version, learner, CAREFUL)
    before = list_choice_counts(session, version.id)
    erase_again(session, learner.subject_id, PrivacyAct(actor=None, now=NOW))
    session.commit()
    assert list_choice_counts(session, version.id) == before
    columns = set(ChoiceCount.__table__.columns.keys())
    assert columns == {"case_version_id", "scene", "choice", "learners"}


def test_the_migration_counts_what_finishing_counts(session, library, version):
    for name in (CAREFUL, QUICK, WITH_CHILD, WITH_CHILD):
        finish(session, library, version, make_person(session), name)
    finish(session, library, version, make_person(session), QUICK, leaves_out=2)
    config = Config()
    config.set_main_option("script_location", str(PROJECT_ROOT / "migrations"))
    module = ScriptDirectory.from_config(config).get_revision("0012").module
    rows = list_choice_counts(session, version.id)
    assert module._count(session.connection()) == {
        (version.id, scene, choice): learners for scene, choice, learners in rows
    }
    assert sum(learners for scene, _, learners in rows if scene == "desk") == 4


@pytest.fixture
def crowd(session, library, version, sign_in):
    """Ten learners who finished; the first of them reads, and has practised since."""
    reader = make_person(session)
    finish(session, library, version, reader, CAREFUL)
    for number in range(9):
        name = WITH_CHILD if number < 3 else QUICK
        finish(session, library, version, make_person(session), name)
    sign_in(reader)
    return finish(session, library, version, reader, WITH_CHILD)


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_debrief_says_nothing_of_ten(client, crowd):
    assert HEAD not in client.get(f"/attempts/{crowd.public_id}/result").text


def test_the_debrief_says_how_eleven_chose(client, session, library, version, crowd):
    finish(session, library, version, make_person(session), CAREFUL)
    path = f"/attempts/{crowd.public_id}/result"
    page = words_of(client.get(path).text)
    assert f"{HEAD} 11人" in page
    assert "はじめての取り組みでここに来た11人が、最初に選んだもの：" in page
    text = Reader(version.content, "ja").text("c.desk.use_son")
    assert f"{text} あなたの選択 3人" in page
    assert "練習で選んだものは数えていません。" in page
    page = words_of(client.get(f"{path}?lang=en", follow_redirects=True).text)
    assert "How others chose 11 people" in page
    assert "your choice 3 people" in page


def test_what_was_not_marked_yet_says_nothing_of_others(
    client, session, library, version, crowd, sign_in
):
    newcomer = make_person(session)
    attempt = finish(session, library, version, newcomer, CAREFUL)
    sign_in(newcomer)
    assert HEAD not in client.get(f"/attempts/{attempt.public_id}/result").text


def test_the_page_asks_once_however_many_have_played(
    client, engine, session, library, version, crowd
):
    path = f"/attempts/{crowd.public_id}/result"
    client.get(path)
    sent = []
    for _ in range(2):
        with counted(engine) as seen:
            client.get(path)
        sent.append(seen)
        finish(session, library, version, make_person(session), QUICK)
    assert len(sent[0]) == len(sent[1])
    assert sum("choice_counts" in statement for statement in sent[1]) == 1
