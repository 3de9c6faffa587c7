"""In a real browser with two tabs: another person signs in, or the one signs out."""

import pytest
from playwright.sync_api import expect

from tests.journeys.scenes import (
    REASON,
    SIDES,
    WORDS,
    play_to,
    says,
    stored,
)
from tests.journeys.steps import enter, is_accessible, press

pytestmark = pytest.mark.journey

SEND = "form.form button.button--filled"
TOKENS = "inputs => inputs.map((input) => input.value)"


def test_what_is_typed_stays_its_writers_whoever_signs_in_or_out_in_another_tab(
    devices, site, database
):
    page = devices()
    enter(page, site, "trainee")
    play_to(page, site, database, "referral")
    page.locator("input[name=pick_housing]").check()
    page.locator(REASON).fill(WORDS)
    says(page, "下書きを保存しました")
    other = page.context.new_page()
    let_another_sign_in(page, other, site, database)
    sign_in_again(page, other, site, database)
    sign_out_before_it_is_sent(page, other, site, database)


def let_another_sign_in(page, other, site, database):
    """Nothing is sent in the other's name, whatever is pressed."""
    enter(other, site, "supervisor")
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    tokens = page.locator("input[name=csrf_token]").evaluate_all(TOKENS)
    page.locator(REASON).fill(f"{WORDS}別の人がいる。")
    says(page, "いまは別の人がサインインしています")
    assert sent == ["POST", "GET"]  # the token is refused; whose is the sign-in?
    is_accessible(page)
    with page.expect_response("**/session"):
        page.locator(SEND).click()
    with page.expect_response("**/session"):
        page.locator(REASON).fill(f"{WORDS}別の人がまだいる。")
    says(page, "いまは別の人がサインインしています")
    assert sent.count("POST") == 1
    assert page.locator("input[name=csrf_token]").evaluate_all(TOKENS) == tokens
    assert stored(database, "reason_housing") == [WORDS]


def sign_in_again(page, other, site, database):
    enter(other, site, "trainee")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    says(page, "下書きを保存しました")
    assert stored(database, "reason_housing") == [f"{WORDS}別の人がまだいる。"]


def sign_out_before_it_is_sent(page, other, site, database):
    """What was refused has not arrived, however many pages come after the refusal."""
    scene = page.url
    press(other.locator("form[action='/sign-out'] button"))
    page.locator(REASON).fill("サインアウトのあとで書いた。")
    press(page.locator(SEND))
    expect(page.locator("main")).to_contain_text("サインアウトのあとで書いた。")
    enter(page, site, "trainee")
    page.goto(scene)
    expect(page.locator(SIDES)).to_contain_text("サインアウトのあとで書いた。")
    page.locator(f"{SIDES} [data-sides-mine]").click()
    says(page, "下書きを保存しました")
    assert stored(database, "reason_housing") == ["サインアウトのあとで書いた。"]
