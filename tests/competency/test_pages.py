"""The pages of a competency record, as their readers see them."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from lms.competency.services import get_record
from lms.content.domain import canonical_bytes
from lms.evidence.services import supersede_automatic
from lms.permissions import Role
from tests.competency.factory import (
    RECORDED,
    make_case_evidence,
    make_evidence,
    make_sheet_evidence,
)
from tests.conftest import NOON
from tests.factories.accounts import make_pair, make_person
from tests.reading import text_of


@pytest.fixture
def english(client):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_record_without_evidence_says_so_and_shows_no_figure(english, session, sign_in):
    sign_in(make_person(session))
    answer = english.get("/competencies/")
    assert answer.status_code == 200
    page = text_of(answer)
    assert "There is no evidence yet" in page
    assert "No evidence" in page
    assert "table__share" not in answer.text


def test_record_opens_in_japanese(client, session, sign_in):
    sign_in(make_person(session))
    answer = client.get("/competencies/")
    assert 'lang="ja"' in answer.text
    assert "相談面接技術" in answer.text


def test_record_shows_chance_level_and_missing_kind(english, session, library, sign_in):
    learner = make_person(session)
    for _ in range(8):
        make_evidence(session, library, learner.subject_id)
    sign_in(learner)
    page = text_of(english.get("/competencies/"))
    assert "Knowledge 8" in page
    assert "Case not yet" in page
    assert re.search(r"In 0 of 11 competencies", page)


def test_detail_names_work_version_rater_and_state(english, session, library, sign_in):
    supervisor, learner = make_pair(session)
    seen = make_case_evidence(session, library, learner.subject_id)
    sheet = make_sheet_evidence(
        session,
        library,
        learner.subject_id,
        rater=supervisor.subject_id,
        work_id=seen.work_id,
    )
    supersede_automatic(session, sheet, now=NOON)
    session.commit()
    sign_in(learner)
    answer = english.get("/competencies/interviewing")
    page = text_of(answer)
    assert supervisor.name in page
    assert "Rater 1" in page
    assert "Replaced by row 2" in page
    assert "Finds the real need" in page
    assert "3 of 3" in page
    assert library.list_current(session, "case")[0].digest[:8] in page
    assert f"/attempts/{seen.work_id}/result" in answer.text


def test_erased_rater_keeps_a_number(english, session, library, sign_in):
    learner = make_person(session)
    make_sheet_evidence(session, library, learner.subject_id, rater=uuid4())
    sign_in(learner)
    assert "Rater 1" in text_of(english.get("/competencies/interviewing"))


def test_what_the_case_saw_is_said_to_be_provisional(
    english, session, library, sign_in
):
    learner = make_person(session)
    make_case_evidence(session, library, learner.subject_id)
    sign_in(learner)
    page = text_of(english.get("/competencies/interviewing"))
    assert "Counts until it is marked" in page


def test_critical_error_shows_on_record_and_detail(english, session, library, sign_in):
    learner = make_person(session)
    make_case_evidence(session, library, learner.subject_id, score=0, is_critical=True)
    sign_in(learner)
    assert "One critical error is open" in text_of(english.get("/competencies/"))
    assert "Critical error" in text_of(english.get("/competencies/interviewing"))


def test_outlook_of_another_day_leaves_later_evidence_out(
    english, session, library, sign_in
):
    learner = make_person(session)
    make_evidence(session, library, learner.subject_id)
    sign_in(learner)
    assert "Knowledge 1" in text_of(english.get("/competencies/"))
    before = text_of(english.get("/competencies/?on=2026-11-19"))
    assert "There is no evidence yet" in before
    assert english.get("/competencies/?on=yesterday").status_code == 422


def test_evidence_recorded_late_shows_as_late(english, session, library, sign_in):
    learner = make_person(session)
    make_evidence(
        session, library, learner.subject_id, recorded_at=RECORDED + timedelta(days=2)
    )
    sign_in(learner)
    page = text_of(english.get("/competencies/ethics"))
    assert "2026-11-20 recorded on 2026-11-22" in page


def test_unknown_competency_is_not_found(client, session, sign_in):
    sign_in(make_person(session))
    assert client.get("/competencies/cooking").status_code == 404


def test_supervisor_sees_own_learners_only(english, session, library, sign_in):
    supervisor, learner = make_pair(session)
    _other, stranger = make_pair(session)
    make_evidence(session, library, learner.subject_id)
    sign_in(supervisor)
    answer = english.get(f"/competencies/of/{learner.subject_id}")
    assert answer.status_code == 200
    assert learner.name in text_of(answer)
    detail = english.get(f"/competencies/of/{learner.subject_id}/ethics")
    assert detail.status_code == 200
    for path in ("", "/ethics"):
        url = f"/competencies/of/{stranger.subject_id}{path}"
        assert english.get(url).status_code == 404


def test_certifier_does_not_see_people_who_are_no_candidates(client, session, sign_in):
    learner = make_person(session)
    sign_in(make_person(session, Role.CERTIFIER))
    assert client.get(f"/competencies/of/{learner.subject_id}").status_code == 404
    assert client.get(f"/competencies/of/{uuid4()}").status_code == 404


def test_trainee_cannot_open_records_of_others(client, session, sign_in):
    learner = make_person(session)
    sign_in(make_person(session))
    assert client.get(f"/competencies/of/{learner.subject_id}").status_code == 403


def test_past_record_from_the_database_is_equal_byte_for_byte(session, library):
    learner = make_person(session)
    framework = library.get_current(session, "framework", "coordinator")
    seen = make_case_evidence(session, library, learner.subject_id)
    then = RECORDED + timedelta(hours=2)

    def bytes_then() -> bytes:
        record = get_record(session, library, learner.subject_id, framework, then)
        return canonical_bytes(record.to_dict())

    before = bytes_then()
    sheet = make_sheet_evidence(
        session,
        library,
        learner.subject_id,
        rater=uuid4(),
        work_id=seen.work_id,
        done_on=date(2026, 11, 20),
        recorded_at=RECORDED + timedelta(days=1),
    )
    supersede_automatic(session, sheet, now=RECORDED + timedelta(days=1))
    session.commit()
    assert bytes_then() == before


@pytest.mark.parametrize("hours", [2, 30], ids=["before marking", "after marking"])
def test_no_figure_or_flag_hangs_on_rows_that_others_replaced(session, library, hours):
    learner = make_person(session)
    framework = library.get_current(session, "framework", "coordinator")
    calm = make_case_evidence(session, library, learner.subject_id, score=0)
    grave = make_case_evidence(
        session, library, learner.subject_id, work_id=calm.work_id, is_critical=True
    )
    sheet = make_sheet_evidence(
        session,
        library,
        learner.subject_id,
        rater=uuid4(),
        work_id=calm.work_id,
        recorded_at=RECORDED + timedelta(days=1),
    )
    supersede_automatic(session, sheet, now=RECORDED + timedelta(days=1))
    session.commit()
    asked = learner.subject_id, framework, RECORDED + timedelta(hours=hours)
    whole = get_record(session, library, *asked)
    brief = get_record(session, library, *asked, lists_replaced=False)
    is_replaced = hours > 24
    assert {row.id for row in whole.rows} - {row.id for row in brief.rows} == (
        {calm.public_id} if is_replaced else set()
    )
    assert [row.id for row in whole.open_flags] == [grave.public_id]
    assert [row.id for row in brief.open_flags] == [grave.public_id]
    assert brief.summary == whole.summary
    assert [
        (entry.estimate, entry.kinds, entry.n_cases) for entry in brief.entries
    ] == [(entry.estimate, entry.kinds, entry.n_cases) for entry in whole.entries]


def test_detail_says_in_japanese_what_would_tell_most(
    client, session, library, sign_in
):
    learner = make_person(session)
    make_case_evidence(session, library, learner.subject_id)
    sign_in(learner)
    page = text_of(client.get("/competencies/interviewing"))
    assert "次に最も役立つ証拠 事例に取り組み、採点を受ける" in page
    assert re.search(r"水準3に届くかどうかの不確かさが約\d+%減る見込み", page)


def test_detail_says_in_english_what_would_tell_most(english, session, sign_in):
    sign_in(make_person(session))
    page = text_of(english.get("/competencies/coordination"))
    assert "What would tell most Show it at your own counter" in page
    assert re.search(r"take away about \d+% of the doubt about level 4", page)


def test_a_level_over_time_has_a_row_for_each_day_of_new_evidence(
    english, session, library, sign_in
):
    learner = make_person(session)
    sign_in(learner)
    make_evidence(session, library, learner.subject_id)
    assert "The level over time" not in english.get("/competencies/ethics").text
    later = RECORDED + timedelta(days=2)
    make_evidence(session, library, learner.subject_id, recorded_at=later)
    make_evidence(session, library, learner.subject_id, recorded_at=later)
    page = english.get("/competencies/ethics")
    figure = page.text.split('aria-labelledby="over-time"')[1].split("</section>")[0]
    rows = re.findall(r'datetime="([\d-]+)".*?</tr>', figure, re.S)
    assert rows == ["2026-11-22", "2026-11-20"]
    counts = re.findall(r'data-label="Rows that count"[^>]*><span>(\d)<', figure)
    assert counts == ["3", "1"]


def test_a_radar_stands_where_three_competencies_of_an_ability_have_evidence(
    english, session, library, sign_in
):
    learner = make_person(session)
    sign_in(learner)
    for slug in ("interviewing", "ethics"):
        make_evidence(session, library, learner.subject_id, competency=slug)
    assert 'class="radar"' not in english.get("/competencies/").text
    make_evidence(session, library, learner.subject_id, competency="support-menus")
    page = english.get("/competencies/").text
    assert page.count('class="radar"') == 1
    assert page.count('class="figure__dot"') == 3 + 1  # and the legend's
