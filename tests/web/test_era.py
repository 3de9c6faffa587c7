"""Days on paper carry the Japanese era; screens and other readers stay as they are."""

from datetime import date

import pytest

from lms.permissions import Role
from lms.privacy.held import held_classes
from lms.retention import Retention
from lms.web.era import day_with_era, reiwa_year
from lms.web.language import format_day, show_day
from tests.factories.accounts import make_person


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2019, 4, 30), None),
        (date(2019, 5, 1), "令和元年"),
        (date(2020, 1, 1), "令和2年"),
        (date(2026, 11, 26), "令和8年"),
    ],
)
def test_the_era_begins_with_may_2019(day, year):
    assert reiwa_year(day) == year


def test_a_day_before_the_era_is_written_without_one():
    assert day_with_era(date(2019, 4, 30), "") == "2019年4月30日"


def test_words_in_english_and_outside_pages_have_no_era(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert show_day(date(2026, 11, 26)) == "26 November 2026"
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        assert format_day(date(2026, 11, 26)) == "2026年11月26日（木）"


def test_a_page_holds_the_era_for_paper_and_escapes_nothing_twice(
    client, session, sign_in
):
    sign_in(make_person(session, Role.TRAINEE))
    page = client.get("/competencies/").text
    assert '<span class="day" data-era="令和' in page
    assert "&lt;span" not in page


def test_whole_years_are_said_in_years(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = [row.how_long for row in held_classes(Retention(texts=1825, drafts=400))]
    assert "5 years after use" in said
    assert "400 days after use" in said
