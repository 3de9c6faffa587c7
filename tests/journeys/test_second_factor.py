"""An administrator of a real installation sets up an app, signs out and in again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from pyotp import TOTP

from lms.app import create_app
from lms.clock import utc_now
from lms.db import Database, make_engine
from lms.permissions import Role
from lms.settings import Settings
from tests.databases import fresh_database
from tests.factories.accounts import make_person
from tests.journeys.serving import served
from tests.journeys.steps import press, press_enter

pytestmark = [pytest.mark.journey, pytest.mark.concurrent]
EMAIL, PASSWORD = "admin@test.example", "a-long-secret-word"


@pytest.fixture
def installation(
    template_url: str, tmp_path: Path, settings: Settings
) -> Iterator[str]:
    """An installation that is no demo, with one administrator."""
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        database = Database(engine)
        with database.session(writes=True) as session:
            make_person(session, Role.ADMINISTRATOR, email=EMAIL, password=PASSWORD)

        def make(address: str) -> Flask:
            return create_app(replace(settings, public_url=address), database)

        with served(make) as address:
            yield address
        engine.dispose()


def enter(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.locator("input[name=email]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    press_enter(page)


def looks_right(page: Page) -> None:
    """Hold the page against axe at two widths, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page).response["violations"]
            assert not found, [(fault["id"], fault["help"]) for fault in found]
            overflow = "document.documentElement.scrollWidth > innerWidth"
            assert not page.evaluate(overflow), page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_administrator_sets_up_an_app_and_comes_back_with_it(
    browser: Browser, installation: str
):
    context = browser.new_context(locale="ja-JP", reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text))
    enter(page, installation)
    expect(page.get_by_role("heading", level=1)).to_have_text("2段階認証")
    looks_right(page)
    press(page.get_by_role("button", name="認証アプリを登録する"))
    looks_right(page)
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    app = TOTP(page.locator(".secret code").inner_text().replace(" ", ""))
    page.locator("input[name=code]").fill(app.at(utc_now()))
    press_enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("リカバリーコード")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    looks_right(page)
    press(page.get_by_role("link", name="保管しました"))
    assert page.url == f"{installation}/"

    page.goto(f"{installation}/account/second-factor")
    looks_right(page)
    press(page.get_by_role("button", name="サインアウト").first)
    enter(page, installation)
    expect(page.get_by_role("heading", level=1)).to_have_text("コードの入力")
    page.locator("input[name=code]").fill("12 34")
    press_enter(page)
    expect(page.get_by_role("alert")).to_contain_text("あと4回")
    looks_right(page)
    page.locator("input[name=code]").fill(app.at(utc_now(), counter_offset=1))
    press_enter(page)
    assert page.url == f"{installation}/"

    page.goto(f"{installation}/account/second-factor")
    press(page.get_by_role("button", name="サインアウト").first)
    enter(page, installation)
    page.locator("input[name=code]").fill(codes[0].lower())
    press_enter(page)
    assert page.url == f"{installation}/"
    expect(page.get_by_text("残り9個")).to_be_visible()
    assert not [fault for fault in faults if "Security Policy" in fault]
    context.close()
