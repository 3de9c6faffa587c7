"""In a real browser: broken network, another device, two tabs, a sign-in that ended."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from lms.accounts.models import SignIn
from lms.clock import utc_now
from tests.journeys.scenes import (
    REASON,
    SIDES,
    STATE,
    WORDS,
    play_to,
    says,
    stored,
)
from tests.journeys.steps import enter, is_accessible, press

pytestmark = pytest.mark.journey


def test_what_is_typed_survives_network_device_tabs_and_sign_in(
    devices, site, database
):
    office = devices()
    enter(office, site, "trainee")
    scene = play_to(office, site, database, "referral")
    type_and_see_it_saved(office, database, scene)
    pause_and_come_back(office, site, scene)
    phone = see_it_on_the_phone(devices, site, scene)
    lose_the_network(office, phone, database)
    let_two_windows_part(office, phone, database)
    write_much_and_look_away(office, database)
    leave_without_the_network(office, site, scene)
    let_the_sign_in_end(office, site, database, scene)


def type_and_see_it_saved(page, database, scene):
    """Even what is typed before the script that saves it has come."""
    held = []

    def hold(route):
        held.append(route)

    page.route("**/js/autosave*", hold)
    with page.expect_request("**/js/autosave*"):
        page.goto(scene, wait_until="commit")
    page.locator("input[name=pick_housing]").check()
    page.locator(REASON).fill(WORDS)
    expect(page.locator(STATE)).to_be_empty()
    held[0].continue_()
    page.unroute("**/js/autosave*", hold)
    says(page, "下書きを保存しました")
    assert stored(database, "reason_housing") == [WORDS]
    is_accessible(page)


def pause_and_come_back(page, site, scene):
    press(page.locator("button[name=pause]"))
    assert page.url == f"{site.url}/"
    page.goto(scene)
    expect(page.locator(SIDES)).to_be_hidden()
    expect(page.locator(REASON)).to_have_value(WORDS)


def see_it_on_the_phone(devices, site, scene):
    phone = devices(width=375)
    enter(phone, site, "trainee")
    phone.locator("main a.button--filled").first.wait_for()
    phone.goto(scene)
    expect(phone.locator(REASON)).to_have_value(WORDS)
    expect(phone.locator("input[name=pick_housing]")).to_be_checked()
    return phone


def lose_the_network(page, phone, database):
    page.context.set_offline(True)
    page.locator(REASON).fill(f"{WORDS}まず電話する。")
    says(page, "接続が切れています")
    page.locator("form.form button.button--filled").click()
    expect(page.locator(REASON)).to_have_value(f"{WORDS}まず電話する。")
    page.context.set_offline(False)
    says(page, "下書きを保存しました")
    assert stored(database, "reason_housing") == [f"{WORDS}まず電話する。"]


def let_two_windows_part(page, phone, database):
    """The phone still shows the older text; what it types meets the newer one."""
    phone.locator(REASON).fill("電話で書き直した。")
    sides = phone.locator(SIDES)
    expect(sides).to_be_visible()
    expect(sides).to_contain_text("電話で書き直した。")
    expect(sides).to_contain_text("まず電話する。")
    expect(sides).to_contain_text("この連携先を選ぶ理由")
    expect(phone.locator(REASON)).to_have_value("電話で書き直した。")
    is_accessible(phone)
    phone.locator(f"{SIDES} [data-sides-mine]").click()
    says(phone, "下書きを保存しました")
    assert stored(database, "reason_housing") == ["電話で書き直した。"]
    page.locator(REASON).fill("窓口の画面で書いた。")
    expect(page.locator(SIDES)).to_contain_text("電話で書き直した。")
    page.locator(f"{SIDES} [data-sides-saved]").click()
    expect(page.locator(REASON)).to_have_value("電話で書き直した。")
    expect(page.locator(SIDES)).to_be_hidden()
    assert stored(database, "reason_housing") == ["電話で書き直した。"]


def write_much_and_look_away(page, database):
    """More than browsers send for a page that nobody sees any more."""
    page.locator(REASON).fill("長" * 8000)
    page.evaluate(
        """Object.defineProperty(document, "hidden", { get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));"""
    )
    says(page, "下書きを保存しました")
    assert stored(database, "reason_housing") == ["長" * 8000]
    page.evaluate("delete document.hidden")


def leave_without_the_network(page, site, scene):
    page.context.set_offline(True)
    page.locator(REASON).fill("つながらないまま書いた。")
    says(page, "接続が切れています")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(scene)
    if page.locator(SIDES).is_visible():  # unless the browser could send it after all
        expect(page.locator(SIDES)).to_contain_text("つながらないまま書いた。")
        page.locator(f"{SIDES} [data-sides-mine]").click()
    expect(page.locator(REASON)).to_have_value("つながらないまま書いた。")
    says(page, "下書きを保存しました")
    page.reload()
    expect(page.locator(SIDES)).to_be_hidden()
    expect(page.locator(REASON)).to_have_value("つながらないまま書いた。")


def let_the_sign_in_end(page, site, database, scene):
    with database.transaction() as session:
        session.execute(update(SignIn).values(ended_at=utc_now()))
    page.locator(REASON).fill("時間が切れてから書いた。")
    says(page, "サインインの時間が切れました")
    press(page.locator("form.form button.button--filled"))
    press(page.locator("button[name=role][value=trainee]"))
    expect(page.locator("main")).to_contain_text("時間が切れてから書いた。")
    is_accessible(page)
    press(page.locator(f"form[action='{scene.removeprefix(site.url)}'] button"))
    expect(page.locator(REASON)).to_have_value("時間が切れてから書いた。")
    expect(page.locator("main .notice--amber").first).to_contain_text(
        "まだ送られていません"
    )
    says(page, "下書きを保存しました")
    assert stored(database, "reason_housing") == ["時間が切れてから書いた。"]


def test_what_is_typed_is_there_after_a_pause_without_scripts(devices, site, database):
    page = devices(java_script_enabled=False)
    enter(page, site, "trainee")
    scene = play_to(page, site, database, "referral")
    page.locator("input[name=pick_housing]").check()
    page.locator(REASON).fill(WORDS)
    pause_and_come_back(page, site, scene)


def test_the_form_stays_while_the_server_is_away_and_is_sent_once_it_is_back(
    devices, site, database
):
    page = devices(width=375)
    page.clock.install()
    enter(page, site, "trainee")
    scene = play_to(page, site, database, "referral")
    away = re.compile(f"^{re.escape(site.url)}/")
    page.route(away, lambda route: route.abort("connectionrefused"))
    page.locator("input[name=pick_housing]").check()
    page.locator(REASON).fill(WORDS)
    says(page, "接続が切れています")
    send = page.locator("form.form button.button--filled")
    send.click()
    says(page, "まだ送っていません")
    expect(page.locator(STATE)).to_be_in_viewport()
    expect(page.locator(REASON)).to_have_value(WORDS)
    page.unroute(away)
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.url)))
    stop_the_browser_twice(page, scene, send)
    press(send)
    assert sent.count(("POST", scene)) == 3
    expect(page.locator("main")).to_contain_text(WORDS)


def stop_the_browser_twice(page, scene, send):
    """The button sends again once something was typed, or after a while."""
    page.route(scene, lambda route: route.abort("aborted"))
    with page.expect_event("requestfailed"):
        send.click()
    send.click()
    page.locator(REASON).press_sequentially("。")
    with page.expect_event("requestfailed"):
        send.click()
    page.unroute(scene)
    page.clock.fast_forward(10_000)


def test_a_sheet_is_kept_while_it_is_marked(devices, site, database):
    office = devices()
    enter(office, site, "supervisor")
    office.goto(f"{site.url}/marking/")
    press(office.locator("main form button").first)
    office.locator("fieldset.picker").nth(0).locator("input[value='2']").check(
        force=True
    )
    office.locator("textarea[name=comment]").fill("途中まで。")
    says(office, "下書きを保存しました")
    other = devices()
    enter(other, site, "supervisor")
    other.goto(office.url)
    expect(other.locator("textarea[name=comment]")).to_have_value("途中まで。")
    office.locator("textarea[name=comment]").fill("こちらの画面で続けた。")
    says(office, "下書きを保存しました")
    other.locator("fieldset.picker").nth(0).locator("input[value='3']").check(
        force=True
    )
    other.locator("textarea[name=comment]").fill("別の画面で続けた。")
    expect(other.locator(SIDES)).to_contain_text("こちらの画面で続けた。")
    expect(other.locator(SIDES)).to_contain_text("1 ほんとうの困りごとをつかむ")
    is_accessible(other)
    other.locator(f"{SIDES} [data-sides-mine]").click()
    says(other, "下書きを保存しました")
    press(other.locator("button[name=act][value=save]"))
    expect(other.locator("textarea[name=comment]")).to_have_value("別の画面で続けた。")


@pytest.mark.slow
def test_reasons_of_a_decision_are_kept_on_the_device_and_the_end_is_said_in_time(
    devices, site
):
    page = devices()
    enter(page, site, "certifier")
    page.goto(f"{site.url}/decisions/demo-8/8-01")
    press(page.locator("main form button.button--filled").first)
    reason = page.locator("textarea[name=reason]")
    reason.fill("証拠を読み、合議で決めた。")
    says(page, "この端末に控えています")
    page.reload()
    expect(page.locator(SIDES)).to_contain_text("証拠を読み、合議で決めた。")
    is_accessible(page)
    page.locator(f"{SIDES} [data-sides-mine]").click()
    expect(reason).to_have_value("証拠を読み、合議で決めた。")
    page.evaluate("localStorage.setItem('stay-ends', Date.now() + 200_000)")
    warning = page.locator("[data-stay-notice]")
    expect(warning).to_contain_text("サインインの時間が切れます", timeout=15_000)
    page.locator("[data-stay-button]").click()
    expect(warning).to_be_hidden(timeout=15_000)
    press(page.locator("form[action='/sign-out'] button"))
    assert page.url.endswith("/sign-in")
    assert page.evaluate("localStorage.length") == 0
