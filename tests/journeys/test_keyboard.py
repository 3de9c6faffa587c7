"""By keyboard alone: a supervisor gives a sheet back, a learner meets a refusal."""

import pytest
from playwright.sync_api import Page, expect

from lms.demo.setup import PASSWORD
from tests.journeys.steps import enter, is_accessible, press, press_enter

pytestmark = pytest.mark.journey

_MOST_TABS = 200
# The middle of what has the focus lies in sight, and nothing else lies over it.
_IS_IN_SIGHT = """() => {
  const held = document.activeElement;
  const box = held.getBoundingClientRect();
  const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
  const middle = box.y + Math.min(box.height, 40) / 2;
  const y = Math.min(Math.max(middle, 0), innerHeight - 1);
  if (box.width < 2 || box.bottom < 0 || box.top > innerHeight) return false;
  const top = document.elementFromPoint(x, y);
  return held.contains(top) || top.contains(held) || !!top.closest("label");
}"""


def go_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus; each stop on the way is in sight."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        held = page.locator(":focus")
        if held.count() == 0:  # the browser's own bars come round
            continue
        if "skip-link" not in (held.get_attribute("class") or ""):
            assert page.evaluate(_IS_IN_SIGHT), held.evaluate("n => n.outerHTML")[:200]
        if held.evaluate("(node, wanted) => node.matches(wanted)", selector):
            return
    pytest.fail(f"no Tab leads to {selector}")


def choose(page: Page, value: str) -> None:
    """Choose in the group of radios that has the focus."""
    page.keyboard.press("Space")
    while page.locator(":focus").get_attribute("value") != value:
        page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_be_checked()


@pytest.fixture
def page(browser):
    context = browser.new_context(
        locale="ja",
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def test_a_supervisor_comes_from_the_door_to_a_returned_sheet(page, site):
    page.goto(f"{site.url}/sign-in")
    go_to(page, "input[type=email]")
    page.keyboard.type("supervisor@demo.example")
    go_to(page, "input[type=password]")
    page.keyboard.type(PASSWORD)
    press_enter(page)
    assert page.url == f"{site.url}/"
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip-link")
    page.keyboard.press("Enter")
    go_to(page, "main a.button--filled[href*='/marking/']")
    press_enter(page)
    assert "/marking/" in page.url

    go_to(page, "button[name=act][value=return]")
    press_enter(page)
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    is_accessible(page)
    pickers = page.locator("fieldset.picker")
    count = pickers.count()
    expect(summary.locator("a")).to_have_count(count)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text(summary.locator("a").first.inner_text())
    page.keyboard.press("Enter")
    first = pickers.first.locator("input[type=radio]").first
    assert page.evaluate("location.hash") == f"#{first.get_attribute('id')}"
    expect(first).to_be_focused()
    choose(page, "3")
    expect(page.locator(".bar")).to_contain_text(f"あと{count - 1}観点")
    expect(pickers.nth(1)).to_contain_text("いまここ")
    for _ in range(count - 1):
        go_to(page, "fieldset.picker input[type=radio]:not(:checked)")
        choose(page, "3")
    expect(page.locator(".bar")).not_to_contain_text("観点")
    expect(page.locator("[data-when-whole]")).to_have_class("button button--filled")
    go_to(page, "textarea[name=comment]")
    page.keyboard.type("ていねいに聞けていました。")
    go_to(page, "button[name=act][value=return]")
    press_enter(page)
    assert page.url.endswith("/returned")
    is_accessible(page)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_a_refused_answer_leads_to_the_question_and_not_above_the_lesson(
    browser, site, has_scripts
):
    context = browser.new_context(
        locale="ja",
        viewport={"width": 375, "height": 800},
        reduced_motion="reduce",
        java_script_enabled=has_scripts,
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    enter(page, site, "trainee")
    page.goto(f"{site.url}/modules/consultation-interview/first-ten-minutes")
    press(page.locator("form.act button.button--filled"))
    summary = page.locator("#check .error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    expect(summary.locator("[role=alert]")).to_contain_text("入力を")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    field = page.locator("form.act input[type=radio]").first
    expect(field).to_be_focused()
    expect(page.locator("form.act .field__error")).to_be_visible()
    context.close()
