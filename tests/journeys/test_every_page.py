"""Every main page of the demo in each look: axe finds nothing, nothing spills.

The pages are those of ``make pictures``.
"""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pictures import LANGUAGES, SHOTS, THEMES, WIDTHS, enter_by_password

pytestmark = pytest.mark.journey

_QUICK = ("ja", "light", 375)
_LOOKS = [
    pytest.param(*look, marks=() if look == _QUICK else pytest.mark.slow)
    for look in product(LANGUAGES, THEMES, WIDTHS)
]
# A, AA of WCAG 2.0 to 2.2; what axe only advises is left to the reader.
_RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}


@pytest.mark.parametrize(("language", "theme", "width"), _LOOKS)
def test_axe_finds_nothing_and_nothing_spills(browser, site, language, theme, width):
    if site.environment["LMS_DATABASE_URL"].startswith("postgres"):
        pytest.skip("pages look the same on both databases")
    axe, faults = Axe(), []
    for who in dict.fromkeys(shot.who for shot in SHOTS):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            locale="ja-JP" if language == "ja" else "en-GB",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{site.url}/sign-in?lang={language}")
        if who:
            enter_by_password(page, who)
        for shot in (row for row in SHOTS if row.who == who):
            page.goto(site.url + shot.path)
            for selector in shot.clicks:
                page.locator(selector).first.click()
                page.wait_for_load_state()
            faults += _faults(axe, page, shot.name)
        context.close()
    assert faults == []


def _faults(axe, page, name):
    found = axe.run(page, options=_RULES).response["violations"]
    faults = [(name, row["id"], row["nodes"][0]["html"][:160]) for row in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append((name, "wider than the screen", ""))
    return faults
