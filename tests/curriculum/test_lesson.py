"""Reading a lesson and answering its check questions."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.assessment.models import Response
from lms.content.models import ContentVersion, Publication
from lms.evidence.models import Evidence
from lms.permissions import Role
from tests.assessment.answering import right_fields
from tests.conftest import NOON
from tests.factories.accounts import make_person

LESSON = "/modules/consultation-interview/first-ten-minutes"


@pytest.fixture
def learner(session, sign_in):
    person = make_person(session)
    sign_in(person)
    return person


def items_of(session, library):
    version = library.get_current(
        session, "lesson", "consultation-interview/first-ten-minutes"
    )
    return [
        library.get_current(session, "item", slug) for slug in version.content.items
    ]


def answer(client, version, chosen, action_id=None):
    return post(client, version, {"answer": chosen}, action_id)


def post(client, version, fields, action_id=None):
    slug = version.slug
    data = {f"{slug}-{name}": value for name, value in fields.items()}
    data[f"{slug}-action_id"] = str(action_id or uuid4())
    return client.post(f"{LESSON}/questions/{slug}", data=data)


def publish_anew(session, version):
    """Publish a question with other words."""
    row = session.get_one(ContentVersion, version.id)
    columns = {
        column.key: getattr(row, column.key)
        for column in ContentVersion.__table__.columns
        if column.key != "id"
    }
    later = ContentVersion(**{**columns, "digest": "0" * 64})
    session.add(later)
    session.flush()
    session.add(
        Publication(
            kind=row.kind,
            slug=row.slug,
            version_id=later.id,
            published_at=NOON,
            published_by="tests",
            batch=uuid4(),
        )
    )
    session.commit()


def right(version):
    return [o.slug for o in version.content.body.options if o.is_correct]


def wrong(version):
    return [o.slug for o in version.content.body.options if not o.is_correct][:1]


def test_lesson_shows_its_text_sources_and_first_question(client, learner):
    page = client.get(LESSON).text
    assert "はじめの10分" in page
    assert "2026年11月23日" in page
    assert page.count("<fieldset") == 1
    assert page.count('class="pip ') == 16


def test_lesson_is_there_in_english(client, learner):
    client.get("/?lang=en")
    page = client.get(LESSON).text
    assert 'lang="en"' in page
    assert "The first ten minutes" in page or "first ten minutes" in page.lower()


def test_answer_gives_feedback_of_the_option_chosen(client, learner, session, library):
    version = items_of(session, library)[0]
    chosen = wrong(version)
    posted = answer(client, version, chosen)
    assert posted.status_code == 303
    page = client.get(posted.location).text
    feedback = next(
        o.feedback.ja for o in version.content.body.options if o.slug in chosen
    )
    assert feedback in page


def test_first_answer_is_evidence_and_later_ones_are_not(
    client, learner, session, library
):
    version = items_of(session, library)[0]
    answer(client, version, wrong(version))
    answer(client, version, right(version))
    rows = session.scalars(
        select(Evidence).where(Evidence.subject_id == learner.subject_id)
    ).all()
    assert [(row.score, row.kind) for row in rows] == [(0, "knowledge")]
    assert rows[0].content_version_id == version.id
    numbers = session.scalars(
        select(Response.number).where(Response.subject_id == learner.subject_id)
    ).all()
    assert sorted(numbers) == [1, 2]


def test_same_click_twice_is_one_answer(client, learner, session, library):
    version = items_of(session, library)[0]
    action_id = uuid4()
    for _ in range(3):
        assert answer(client, version, right(version), action_id).status_code == 303
    rows = session.scalars(
        select(Response).where(Response.subject_id == learner.subject_id)
    ).all()
    assert len(rows) == 1


def test_nothing_chosen_is_said_and_records_nothing(client, learner, session, library):
    version = items_of(session, library)[0]
    posted = answer(client, version, [])
    assert posted.status_code == 422
    assert f'id="{version.slug}"' in posted.text
    assert (
        session.scalars(
            select(Response).where(Response.subject_id == learner.subject_id)
        ).all()
        == []
    )


def test_unknown_option_is_refused(client, learner, session, library):
    version = items_of(session, library)[0]
    assert answer(client, version, ["zzz"]).status_code == 422


def test_question_of_another_lesson_is_not_found(client, learner):
    posted = client.post(f"{LESSON}/questions/nothing", data={})
    assert posted.status_code == 404


def test_module_is_done_when_every_question_is_answered(
    client, learner, session, library
):
    for version in items_of(session, library):
        assert post(client, version, right_fields(version.content)).status_code == 303
    page = client.get("/modules/consultation-interview").text
    assert "完了" in page


def test_readers_without_the_permission_see_no_form(client, session, sign_in):
    sign_in(make_person(session, Role.AUTHOR))
    page = client.get(LESSON)
    assert page.status_code == 200
    assert "/questions/" not in page.text


def test_going_back_and_answering_otherwise_is_said_and_can_be_sent_again(
    client, learner, session, library
):
    version = items_of(session, library)[0]
    action_id = uuid4()
    assert answer(client, version, right(version), action_id).status_code == 303
    other = answer(client, version, wrong(version), action_id)
    assert other.status_code == 409
    assert "この画面からは、すでに解答しています" in other.text
    assert f'value="{wrong(version)[0]}" checked' in other.text
    own = rf'name="{version.slug}-action_id"[^>]* value="([^"]+)"'
    fresh = re.search(own, other.text)
    assert fresh[1] != str(action_id)
    assert answer(client, version, wrong(version), fresh[1]).status_code == 303
    scores = session.scalars(select(Response.score).order_by(Response.id)).all()
    assert scores == [1, 0]


def test_an_answer_to_an_earlier_version_of_a_question_does_not_count(
    client, learner, session, library
):
    version = items_of(session, library)[0]
    shown = f'-version" type="hidden" value="{version.digest}"'
    assert shown in client.get(LESSON).text
    chosen = wrong(version)
    fields = {"answer": chosen, "version": "earlier"}
    posted = post(client, version, fields)
    assert posted.status_code == 409
    assert "この問題は、画面を開いたあとに改訂されました" in posted.text
    assert session.scalar(select(Response.id)) is None


def test_an_answer_that_was_taken_before_its_question_was_published_anew_leads_on(
    client, learner, session, library
):
    version = items_of(session, library)[0]
    action_id = uuid4()
    sent = {"answer": right(version), "version": version.digest}
    assert post(client, version, sent, action_id).status_code == 303
    publish_anew(session, version)
    assert post(client, version, sent, action_id).status_code == 303
    other = {**sent, "answer": wrong(version)}
    refused = post(client, version, other, action_id)
    assert refused.status_code == 409
    assert "改訂前の問題への解答なので、記録していません" in refused.text
    assert session.scalars(select(Response.score)).all() == [1]
