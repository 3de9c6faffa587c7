"""In a real browser on a small screen: advice, judgements, a plan and a paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from lms.db import Database, make_engine
from tests.factories.kinds import publish_kinds
from tests.journeys.steps import decide, enter, is_accessible
from tests.simulation.case_files import write_advising

pytestmark = pytest.mark.journey


@pytest.fixture
def page(browser, site, tmp_path):
    """A phone of 375 px; the case about a colleague is published."""
    root = tmp_path / "advising"
    write_advising(root)
    engine = make_engine(site.environment["LMS_DATABASE_URL"])
    with Database(engine).transaction() as session:
        publish_kinds(session, root)
    engine.dispose()
    context = browser.new_context(
        locale="ja", viewport={"width": 375, "height": 800}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def is_narrow(page: Page) -> None:
    """Nothing may have to be moved sideways to be read."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 375, wide


def choose(page: Page, name: str) -> None:
    page.locator(f"label:has(input[value='{name}'])").click()


def step(page: Page, name: str):
    return page.locator(f".plan__step:has([name='place_{name}'])")


def order_of(page: Page) -> list[str]:
    places = page.locator(".plan__step select[name^=place_]")
    rows = places.evaluate_all("all => all.map((s) => [s.name, s.value])")
    return [name.removeprefix("place_") for name, value in rows if value]


def test_plan_is_put_in_order_by_buttons_on_a_phone(page, site):
    enter(page, site, "trainee")
    page.goto(f"{site.url}/cases/advising")
    decide(page)
    for name in ("ask.what", "ask.go"):
        choose(page, name)
        decide(page)

    choose(page, "coaching")
    choose(page, "options")
    page.locator("[name=text]").fill("今までどんな道を考えてみましたか。")
    is_narrow(page)
    is_accessible(page)
    decide(page)

    for item, value in (("rent", "1"), ("school", "-2"), ("open", "0")):
        page.locator(f"label:has([name=item_{item}][value='{value}'])").click()
    is_narrow(page)
    is_accessible(page)
    decide(page)
    choose(page, "talk_over.agree")
    decide(page)

    choose(page, "home")
    for name, place in (("search", "1"), ("listen", "2"), ("benefit", "3")):
        step(page, name).locator("[name^=place_]").select_option(place)
    assert order_of(page) == ["search", "listen", "benefit"]
    expect(step(page, "leaflet").locator(".plan__details")).to_be_hidden()
    step(page, "search").locator("[name^=who_]").select_option("client")
    step(page, "listen").get_by_role("button", name=re.compile("上へ|Move up")).press(
        "Enter"
    )
    assert order_of(page) == ["listen", "search", "benefit"]
    assert step(page, "listen").locator("[name^=place_]").input_value() == "1"
    step(page, "search").get_by_role(
        "button", name=re.compile("下へ|Move down")
    ).click()
    assert order_of(page) == ["listen", "benefit", "search"]
    is_narrow(page)
    is_accessible(page)
    expect(page.locator("#typed-state")).to_contain_text("下書きを保存しました")
    page.reload()
    assert order_of(page) == ["listen", "benefit", "search"]
    assert step(page, "search").locator("[name^=who_]").input_value() == "client"
    decide(page)

    page.locator("[name=field_since]").fill("2026-09-01")
    choose(page, "lease")
    is_narrow(page)
    is_accessible(page)
    decide(page)
    expect(page).to_have_url(re.compile("/result$"))
    is_narrow(page)
    is_accessible(page)
