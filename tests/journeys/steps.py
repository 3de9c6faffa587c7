"""What all journeys do: sign in and out, press, run a command, look with axe."""

import subprocess
import sys
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from lms.settings import PROJECT_ROOT

_AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
}


def run(site, *arguments, code=0):
    command = [str(Path(sys.executable).parent / "lms"), *map(str, arguments)]
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=site.environment,
        cwd=PROJECT_ROOT,
        check=False,
    )
    assert result.returncode == code, (arguments, result.stdout, result.stderr)
    return result.stdout


def press(button: Locator) -> None:
    """Press what leads to another page, and wait until all of that page is there.

    A click of Playwright ends when the other page begins: what is asked of it then
    (``all``, ``count``) sees as much of it as has come.
    """
    with button.page.expect_navigation():
        button.click()


def press_enter(page: Page) -> None:
    """Press Enter where it leads to another page, and wait for all of that page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def decide(page: Page) -> None:
    """Send the form of the page."""
    press(page.locator("form.form button.button--filled").first)


def enter(page: Page, site, role: str) -> None:
    page.goto(f"{site.url}/sign-in")
    press(page.locator(f"button[name=role][value={role}]"))
    assert page.url == f"{site.url}/"


def leave(page: Page) -> None:
    page.context.clear_cookies(name="tsunagu")


def is_accessible(page: Page) -> None:
    found = Axe().run(page, options=_AXE)
    assert found.violations_count == 0, found.generate_report()
