"""Readings over words: which are shown is the reader's choice, kept while they read."""

import pytest

from lms.content.domain import Level
from lms.curriculum.readings import reading_faults
from lms.permissions import Role
from lms.web.markdown import render_markdown, with_readings, without_readings
from tests.factories.accounts import make_person

LESSON = "/modules/consultation-interview/first-ten-minutes"
NO_READINGS = "/modules/residence-law/dates-and-card"


@pytest.fixture
def reader(client, session, sign_in):
    sign_in(make_person(session, Role.TRAINEE))
    return client


def test_easy_readings_are_told_from_difficult_ones():
    html = render_markdown("{督促状|とくそくじょう}と{住所||じゅうしょ}")
    assert "<ruby>督促状<rp>（</rp><rt>とくそくじょう</rt>" in html
    assert '<ruby class="ruby--easy">住所<rp>（</rp><rt>じゅうしょ</rt>' in html


def test_words_of_a_case_are_escaped_before_they_get_readings():
    marked = with_readings("<b>{督促状|とくそくじょう}")
    assert marked.startswith("&lt;b&gt;<ruby>督促状")
    assert "<script>" not in with_readings("{<script>|<script>}")
    assert without_readings("{督促状|とくそくじょう}が{来||き}た") == "督促状が来た"


def test_the_choice_stays_on_the_page_and_goes_with_the_reader(reader):
    assert 'data-furigana="difficult"' in reader.get(LESSON).text
    headers = {"Referer": f"http://localhost{LESSON}"}
    answer = reader.post("/furigana", data={"furigana": "none"}, headers=headers)
    assert answer.status_code == 303
    assert answer.location == f"{LESSON}#furigana"
    page = reader.get(LESSON).text
    assert 'data-furigana="none"' in page
    assert 'value="none" aria-pressed="true"' in page
    assert 'data-furigana="none"' in reader.get("/").text


def test_a_choice_that_there_is_not_is_refused(reader):
    assert reader.post("/furigana", data={"furigana": "some"}).status_code == 400


def test_the_switch_stands_only_where_there_is_something_to_switch(reader):
    assert 'id="furigana"' in reader.get(LESSON).text
    assert 'id="furigana"' not in reader.get(NO_READINGS).text
    assert 'id="furigana"' not in reader.get(f"{LESSON}?lang=en").text


def test_readings_that_are_no_kana_are_named_with_their_line():
    (fault,) = reading_faults("一行目。\n{督促状|tokusokujo}")
    assert (fault.code, fault.level, fault.line) == ("K1", Level.WARNING, 2)


def test_a_lesson_read_aloud_by_halves_is_hinted_at():
    assert not list(reading_faults("{督促状|とくそくじょう}が来た。"))
    (fault,) = reading_faults("{住所||じゅうしょ}は\n{市||し}の名と番地。")
    assert (fault.code, fault.level, fault.line) == ("K2", Level.HINT, 2)
    assert "2 words" in fault.message
    assert "'名'" in fault.message
