"""Every main page of the demo in each look: axe finds nothing, nothing spills.

The pages are those of ``make pictures``.
"""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pictures import LANGUAGES, SHOTS, THEMES, WIDTHS, open_as, show

pytestmark = [pytest.mark.journey, pytest.mark.slow]

_LOOKS = list(product(LANGUAGES, THEMES, WIDTHS))
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
    look = (language, theme, width)
    for who in dict.fromkeys(shot.who for shot in SHOTS):
        page = open_as(browser, site.url, who, look)
        for shot in (row for row in SHOTS if row.who == who):
            show(page, site.url, shot)
            faults += _faults(axe, page, shot.name)
        page.context.close()
    assert faults == []


def _faults(axe, page, name):
    found = axe.run(page, options=_RULES).response["violations"]
    faults = [(name, row["id"], row["nodes"][0]["html"][:160]) for row in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append((name, "wider than the screen", ""))
    return faults
