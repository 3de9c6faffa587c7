"""In a real browser: what was sent and never arrived is still there afterwards."""

import pytest
from playwright.sync_api import expect

from tests.journeys.scenes import SIDES, play_to, says
from tests.journeys.steps import enter, press

pytestmark = pytest.mark.journey

REASON = "textarea[name=reason]"
WORDS = "証拠を一つずつ読み、合議で決めた。"


def test_a_form_that_got_lost_on_its_way_is_offered_again_whatever_is_opened_first(
    devices, site
):
    page = devices()
    enter(page, site, "certifier")
    candidate = f"{site.url}/decisions/demo-8/8-01"
    page.goto(candidate)
    press(page.locator("main form button.button--filled").first)
    lose(page, candidate)
    page.goto(f"{site.url}/")
    press(page.locator("footer form.theme button").last)  # what was sent here has come
    page.goto(candidate)
    expect(page.locator(SIDES)).to_contain_text(WORDS)
    page.locator(f"{SIDES} [data-sides-mine]").click()
    expect(page.locator(REASON)).to_have_value(WORDS)
    send_it(page, candidate)


def lose(page, candidate):
    page.locator(REASON).fill(WORDS)
    says(page, "この端末に控えています")
    page.route(candidate, lambda route: route.abort("connectionreset"))
    with page.expect_event("requestfailed"):
        page.locator("main form[data-autosave] button.button--filled").click()
    page.unroute(candidate)


def send_it(page, candidate):
    """Once it has arrived, nothing of it stays in the browser."""
    for part in page.locator("main form[data-autosave] fieldset").all():
        part.locator("input[type=radio]").last.check(force=True)
    press(page.locator("main form[data-autosave] button.button--filled"))
    assert page.url == candidate
    expect(page.locator("main")).to_contain_text(WORDS)
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('typed:'))"
    assert page.evaluate(kept) == []


def test_what_was_typed_a_moment_before_leaving_outlives_the_page(
    devices, site, database
):
    """A slow line would end a request whose page is gone."""
    page = devices()
    enter(page, site, "trainee")
    play_to(page, site, database, "referral")
    page.evaluate(
        """() => {
          const ask = window.fetch;
          window.fetch = (url, options) => {
            sessionStorage.setItem(url, options.keepalive);
            return ask(url, options);
          };
        }"""
    )
    page.locator("input[name=pick_housing]").check()
    press(page.locator("header a").first)
    kept_alive = "Object.values(sessionStorage)"
    assert page.evaluate(kept_alive) == ["true"]


def test_every_long_reason_is_kept_on_the_device_until_it_is_sent(devices, site):
    page = devices()
    enter(page, site, "certifier")
    page.goto(f"{site.url}/decisions/demo-8/8-03")
    press(page.locator("main form button.button--filled").first)
    flag = page.locator("form[action*='/flags/'] textarea")
    flag.fill(WORDS)
    press(page.locator("main form[id=decision] button.button--filled"))  # refused
    choose_mine(page, "form[action*='/flags/']")
    expect(flag).to_have_value(WORDS)
    press(page.locator("form[action*='/flags/'] button"))
    page.goto(f"{site.url}/credentials/")
    press(page.locator("main table a").first)
    for kind in ("suspended", "restored"):
        page.locator(f"input[value={kind}]").check(force=True)
        page.locator(REASON).fill(WORDS)
        says(page, "この端末に控えています")
        page.reload()
        choose_mine(page, "form[action$='/events']")
        expect(page.locator(f"input[value={kind}]")).to_be_checked()
        press(page.locator("main form[data-autosave] button.button--filled"))
        expect(page.locator(SIDES)).to_be_hidden()
        expect(page.locator(REASON)).to_have_value("")


def choose_mine(page, form):
    sides = page.locator(f"section.sides:has(+ {form})")
    expect(sides).to_contain_text(WORDS)
    sides.locator("[data-sides-mine]").click()


def test_both_ways_on_are_in_sight_on_a_phone_however_long_the_sides_are(devices, site):
    page = devices(width=375)
    page.set_viewport_size({"width": 375, "height": 640})
    enter(page, site, "certifier")
    page.goto(f"{site.url}/credentials/")
    press(page.locator("main table a").first)
    page.locator(REASON).fill(f"{WORDS}\n" * 30)
    says(page, "この端末に控えています")
    page.reload()
    for way in ("mine", "saved"):
        button = page.locator(f"{SIDES} [data-sides-{way}]")
        assert button.evaluate(_IS_IN_SIGHT), way


_IS_IN_SIGHT = """(button) => {
  const { left, top, width, height } = button.getBoundingClientRect();
  const found = document.elementFromPoint(left + width / 2, top + height / 2);
  return button === found && top >= 0 && top + height <= innerHeight;
}"""
