"""In a real browser: another language or theme in the middle of a half-filled form."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import enter, press

pytestmark = pytest.mark.journey

ALONG = "sessionStorage.getItem('along')"


def test_what_is_half_filled_in_comes_along_into_another_language_and_theme(
    devices, site
):
    page = devices()
    enter(page, site, "administrator")
    page.goto(f"{site.url}/admin/people/new")
    page.locator("input[name=name]").fill("見本 花子")
    page.locator("input[name=roles]").nth(1).check(force=True)
    for switch in (".languages a", "footer form.theme button"):
        press(page.locator(switch).last)
        expect(page.locator("input[name=name]")).to_have_value("見本 花子")
        expect(page.locator("input[name=roles]").nth(1)).to_be_checked()
        assert page.evaluate(ALONG) is None
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(f"{site.url}/admin/people/")
    press(page.locator("main table a").first)
    fill_in_what_is_folded(page)


def fill_in_what_is_folded(page):
    page.locator("summary", has_text="Disable").click()
    reason = page.locator("form[action$=disable] textarea")
    reason.fill("異動のため")
    press(page.locator(".languages a"))
    expect(reason).to_be_visible()
    expect(reason).to_have_value("異動のため")


def test_an_answer_that_is_not_sent_yet_comes_along(devices, site):
    page = devices()
    enter(page, site, "trainee")
    page.goto(f"{site.url}/modules/")
    press(page.locator("main a[href^='/modules/']").first)
    press(page.locator("main a[href^='/modules/'][href*='/']").last)
    page.goto(page.url)
    chosen = page.locator("form.act input").nth(3)
    chosen.check(force=True)
    press(page.locator(".languages a"))
    expect(chosen).to_be_checked()


def test_secrets_and_what_is_kept_nowhere_stay_behind(devices, site):
    page = devices()
    enter(page, site, "trainee")
    page.goto(f"{site.url}/account/password")
    page.locator("input[type=password]").first.fill("a password that is long")
    press(page.locator(".languages a"))
    expect(page.locator("input[type=password]").first).to_have_value("")
    page.goto(f"{site.url}/directory/check")
    page.locator("main form select").first.select_option(index=1)
    press(page.locator(".languages a"))
    expect(page.locator("main form select").first).to_have_value("unknown")
