"""In a real browser: what nobody sees in a text is no difference between two texts."""

import pytest
from playwright.sync_api import expect
from werkzeug.datastructures import MultiDict

from lms.web.forms import _without_controls, normalise_text
from tests.journeys.scenes import SIDES, says
from tests.journeys.steps import enter, press

pytestmark = pytest.mark.journey

PASTED = "消え\u00adない\u200bコメント\u202e。\x07"
_SURROGATES = range(0xD800, 0xE000)
_SIGNS = [n for n in (*range(0xFFFF), *range(0xE0000, 0xE0200)) if n not in _SURROGATES]
_FIRST_DIFFERENCE = """async (pairs) => {
  const { isSame } = await import("/static/js/typed_fields.js");
  return pairs.find(([sent, kept]) => !isSame({ a: [sent] }, { a: [kept] }));
}"""


def test_what_the_server_leaves_out_of_a_text_is_not_called_unsaved(devices, site):
    page = devices()
    enter(page, site, "supervisor")
    page.goto(f"{site.url}/marking/")
    press(page.locator("main form button").first)
    comment = page.locator("textarea[name=comment]")
    comment.evaluate("(area, text) => { area.value = text; }", PASTED)
    comment.dispatch_event("input", {"bubbles": True})
    says(page, "下書きを保存しました")
    press(page.locator("button[name=act][value=save]"))
    expect(comment).to_have_value("消えないコメント。")
    expect(page.locator(SIDES)).to_be_hidden()


def test_page_and_server_leave_out_the_same(devices, site):
    page = devices()
    page.goto(f"{site.url}/sign-in")
    sent = [
        f"{before}{chr(n)}{after}" for n in _SIGNS for before, after in ["あい", "  "]
    ]
    pairs = [[text, kept_of(text)] for text in sent]
    assert page.evaluate(_FIRST_DIFFERENCE, pairs) is None


def kept_of(text):
    return normalise_text(_without_controls(MultiDict([("text", text)]))["text"])
