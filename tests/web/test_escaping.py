"""What people write is shown as they wrote it, and never becomes part of the page."""

import re
from uuid import uuid4

import pytest

from lms.demo.acts import recorded_play
from lms.demo.stage import CAREFUL_PLAY
from lms.permissions import Role
from lms.simulation.played import read_attempt
from lms.simulation.replaying import replay
from lms.simulation.services import Act, act, start_attempt
from lms.web.markdown import render_markdown
from tests.conftest import NOON
from tests.factories.accounts import make_pair, make_person

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }}'


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<img src="x" onerror="alert(1)">',
        '<a href="x" onclick="alert(1)">x</a>',
        "<svg><script>alert(1)</script></svg>",
        '<iframe src="//elsewhere.example"></iframe>',
        '<p style="background:url(//elsewhere.example)">x</p>',
        "# x {: onclick=alert(1) style=color:red }",
        "<form action=//elsewhere.example><input></form>",
    ],
)
def test_markdown_of_authors_keeps_nothing_that_acts(text):
    html = render_markdown(text)
    assert not re.search(r"<(script|iframe|form|input|svg)", html)
    assert not re.search(r"<[^>]*(\son\w+=|javascript:|data:|style=)", html)


def test_markdown_keeps_what_lessons_need():
    html = render_markdown(
        "# 題\n\n{在留|ざいりゅう}カード\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    assert "<ruby>在留" in html
    assert "<table>" in html
    assert 'id="題"' in html


def test_a_name_is_text_on_every_page_that_shows_it(client, session, sign_in):
    person = make_person(session, Role.TRAINEE, name=EVIL)
    sign_in(person)
    for path in ("/", "/account", "/account/data"):
        page = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;" in page
        assert "{{ 7*7 }}" in page


def test_what_a_learner_wrote_is_text_for_the_rater_too(
    client, session, sign_in, library
):
    supervisor, learner = make_pair(session)
    version = library.get_current(session, "case", "rent-letter")
    attempt = start_attempt(session, version, learner.subject_id, now=NOON)
    for position, action in enumerate(recorded_play(version.content, CAREFUL_PLAY)):
        scene = version.content.scenes[
            replay(version.content, read_attempt(session, attempt.public_id)).scene
        ]
        if scene.kind == "task" and scene.task.kind == "free_text":
            action["answer"]["text"] = EVIL + "。" * 200
        step = Act(
            position=position,
            action_id=uuid4(),
            action=action,
            language="ja",
            now=NOON,
            day=NOON.date(),
        )
        act(session, library, read_attempt(session, attempt.public_id), step)
    session.commit()
    for person, path in (
        (learner, f"/attempts/{attempt.public_id}/result"),
        (supervisor, f"/marking/{attempt.public_id}"),
    ):
        sign_in(person)
        answer = client.get(path, follow_redirects=True)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200, path
        assert "&lt;script&gt;alert(1)" in page, path
        assert "<script>alert" not in page
