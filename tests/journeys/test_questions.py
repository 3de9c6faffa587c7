"""Questions with several parts in a browser: by keyboard, with and without scripts."""

import pytest
from playwright.sync_api import expect

from lms.db import Database, make_engine
from tests.factories.kinds import JUDGE, LESSON, MATCH, ORDER, publish_kinds
from tests.journeys.steps import enter, is_accessible, press

pytestmark = pytest.mark.journey


@pytest.fixture
def lesson(site, tmp_path):
    engine = make_engine(site.environment["LMS_DATABASE_URL"])
    with Database(engine).transaction() as session:
        publish_kinds(session, tmp_path / "asking")
    yield f"{site.url}{LESSON}"
    engine.dispose()


@pytest.fixture
def open_page(browser, site):
    contexts = []

    def enter_as_trainee(**given):
        context = browser.new_context(locale="ja", reduced_motion="reduce", **given)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        enter(page, site, "trainee")
        return page

    yield enter_as_trainee
    for context in contexts:
        context.close()


def check(page):
    press(page.locator("form.act button.button--filled"))


def test_steps_are_moved_by_keyboard_and_the_places_follow(lesson, open_page):
    page = open_page(viewport={"width": 375, "height": 800})
    page.goto(lesson)
    rows = page.locator(".order__step")
    names = ["席を移す", "通訳をつなぐ", "守秘と例外を話す", "用件をたずねる"]
    is_accessible(page)
    for place, name in enumerate(names):
        up = page.get_by_role("button", name=f"上へ: {name}")
        up.focus()
        while rows.nth(place).locator("label").inner_text() != name:
            page.keyboard.press("Enter")
            expect(up).to_be_focused()
    expect(page.locator("[role=status]").last).to_contain_text("番")
    places = [row.input_value() for row in page.locator(".order select").all()]
    assert places == ["1", "2", "3", "4"]
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide)
    check(page)
    expect(page.locator(f"section#{ORDER}")).to_contain_text("正解")
    is_accessible(page)


def test_all_kinds_are_answered_without_scripts(lesson, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(lesson)
    for name in ("seat", "line", "limit", "ask"):
        page.locator(f"#{ORDER}-part_{name}").select_option("1")
    check(page)
    expect(page.locator(".error-summary li")).to_have_count(4)
    assert page.locator(f"#{ORDER}-part_line").input_value() == "1"
    for place, name in enumerate(("seat", "line", "limit", "ask"), 1):
        page.locator(f"#{ORDER}-part_{name}").select_option(str(place))
    check(page)
    press(page.locator(f"section#{ORDER} a.button--filled"))
    for prompt, option in {"rent": "city", "wage": "city", "visa": "isa"}.items():
        page.locator(f"#{MATCH}-part_{prompt}").select_option(option)
    check(page)
    expect(page.locator(f"section#{MATCH}")).to_contain_text("労働基準監督署")
    press(page.locator(f"section#{MATCH} a.button--filled"))
    for end, way in {"best": "alone", "worst": "husband"}.items():
        page.locator(f"input[name={JUDGE}-part_{end}][value={way}]").check()
    check(page)
    expect(page.get_by_text("このレッスンは完了です")).to_be_visible()
