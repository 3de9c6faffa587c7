"""Pictures of every main page, taken from the demo: ``make pictures``.

Each page is opened as its reader opens it, in Japanese and English, light and dark, at
1280 and 375 pixels, and written to ``var/pictures``; ``--readme`` renews the few that
stand in ``docs/pictures`` instead.
"""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import click
from playwright.sync_api import Browser, Page, sync_playwright
from waitress import create_server

from lms.app import create_app
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.db import Database, make_engine
from lms.demo.setup import PASSWORD, demo_settings, make_cohort, publish_demo
from lms.kinds import content_kinds
from lms.migrations import upgrade_database
from lms.settings import PROJECT_ROOT

LANGUAGES, THEMES, WIDTHS = ("ja", "en"), ("light", "dark"), (1280, 375)
IN_README = ("lesson", "scene", "marking", "record")
_LESSON = "/modules/residence-law/dates-and-card"
_SITTING = "/modules/consultation-interview/listening?q=interviewing-mother-in-law"
_ORDERING = f"{_LESSON}?q=immigration-law-order-lost-card"
_MATCHING = f"{_LESSON}?q=immigration-law-match-notify-where"
_PREVIEW = (
    "/studio/cases/rent-letter/scenes/need?state_voice=son&state_topic=why&minutes=12"
)
TASKS = {
    "order": "two-notebooks",
    "triage": "newborn-day-52",
    "choose-many": "week-eleven",
    "referral": "hidden-work-injury",
    "form": "transferred-three-times",
    "free-text": "last-month",
    "advice": "junior-crossed-lines",
    "plan": "half-filled-form",
}
_CONTINUE = "main a.button[href*='/attempts/']"


@dataclass(frozen=True)
class Shot:
    """One page: who opens it, where, and the link to follow from there.

    Attributes
    ----------
    clicks : tuple of str
        Selectors that are clicked one after another once the page is open.
    """

    name: str
    who: str
    path: str
    clicks: tuple[str, ...] = ()


SHOTS = (
    Shot("sign-in", "", "/sign-in"),
    Shot("styleguide", "", "/styleguide"),
    Shot("home-trainee", "trainee", "/"),
    Shot("modules", "trainee", "/modules/"),
    Shot("module", "trainee", "/modules/residence-law"),
    Shot("lesson", "trainee", _LESSON),
    Shot("question-ordering", "trainee", _ORDERING),
    Shot("question-matching", "trainee", _MATCHING),
    Shot("question-judgement", "trainee", _SITTING),
    Shot("cases", "trainee", "/cases/"),
    Shot("case", "trainee", "/cases/rent-letter"),
    Shot(
        "scene",
        "trainee",
        "/cases/rent-letter",
        ("main form button, main a.button--filled",),
    ),
    Shot("directory", "trainee", "/directory/"),
    Shot("directory-menu", "trainee", "/directory/menus/national-health-insurance"),
    Shot("directory-partner", "trainee", "/directory/partners/houterasu"),
    Shot("directory-check", "trainee", "/directory/check"),
    *(
        Shot(f"task-{kind}", "learner2", f"/cases/{slug}", (_CONTINUE,))
        for kind, slug in TASKS.items()
    ),
    Shot("verification", "learner5", "/credentials/mine", ("a[href*='/verify/']",)),
    Shot("verify", "", "/verify"),
    Shot("forgotten", "", "/sign-in/forgotten"),
    Shot("record-empty", "trainee", "/competencies/"),
    Shot("result", "learner5", "/cases/rent-letter", ("main a[href*='/attempts/']",)),
    Shot("record", "learner5", "/competencies/"),
    Shot("competency", "learner5", "/competencies/interviewing"),
    Shot("certificates", "learner5", "/credentials/mine"),
    Shot("home-supervisor", "supervisor", "/"),
    Shot("queue", "supervisor", "/marking/"),
    Shot("marking", "supervisor", "/marking/", ("main tbody a",)),
    Shot("home-certifier", "certifier", "/"),
    Shot("cohorts", "certifier", "/cohorts/"),
    Shot("cohort", "certifier", "/cohorts/demo-8"),
    Shot("decision", "certifier", "/cohorts/demo-8", ("main tbody th a",)),
    Shot("issued", "certifier", "/credentials/"),
    Shot("people", "administrator", "/admin/people/"),
    Shot("audit", "auditor", "/audit/"),
    Shot("studio", "author", "/studio/cases/"),
    Shot("studio-case", "author", "/studio/cases/rent-letter"),
    Shot("studio-scene", "author", _PREVIEW),
    Shot("account", "trainee", "/account"),
    Shot("not-found", "trainee", "/nothing-here"),
)


@click.command()
@click.option("--out", type=Path, default=PROJECT_ROOT / "var" / "pictures")
@click.option("--only", default="", help="Names of pages, with commas between.")
@click.option("--readme", is_flag=True, help="Renew docs/pictures as well.")
def main(out: Path, only: str, readme: bool) -> None:
    """Open every page and keep what it looks like."""
    names = IN_README if readme else [name for name in only.split(",") if name]
    wanted = [row for row in SHOTS if not names or row.name in names]
    looks = list(product(LANGUAGES, THEMES, WIDTHS))[: 1 if readme else None]
    out = PROJECT_ROOT / "docs" / "pictures" if readme else out
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with _demo() as url, sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        for look in looks:
            for who in dict.fromkeys(row.who for row in wanted):
                rows = [row for row in wanted if row.who == who]
                _take(browser, url, rows, out, look, is_whole=not readme)
            click.echo(f"{'-'.join(map(str, look))}: {len(wanted)} pages")
        browser.close()


def _take(
    browser: Browser,
    url: str,
    shots: list[Shot],
    out: Path,
    look: tuple[str, str, int],
    *,
    is_whole: bool,
) -> None:
    page = open_as(browser, url, shots[0].who, look)
    for shot in shots:
        show(page, url, shot)
        page.screenshot(
            path=out / f"{shot.name}-{'-'.join(map(str, look))}.png",
            full_page=is_whole and "?q=" not in shot.path,
        )
    page.context.close()


def open_as(browser: Browser, url: str, who: str, look: tuple[str, str, int]) -> Page:
    """Return a page in one language, theme and width, with somebody signed in."""
    language, theme, width = look
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        locale="ja-JP" if language == "ja" else "en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{url}/sign-in?lang={language}")
    if who:
        _enter(page, who)
    return page


def show(page: Page, url: str, shot: Shot) -> None:
    """Open one page as its reader comes to it."""
    page.goto(url + shot.path)
    for selector in shot.clicks:
        page.locator(selector).first.click()
        page.wait_for_load_state()


def _enter(page: Page, who: str) -> None:
    page.fill("input[type=email]", f"{who}@demo.example")
    page.fill("input[type=password]", PASSWORD)
    page.locator("form:has(input[type=password]) button[type=submit]").click()
    page.wait_for_load_state()


@contextmanager
def _demo() -> Iterator[str]:
    """Serve a fresh demo from a folder that goes away again."""
    with tempfile.TemporaryDirectory(prefix="tsunagu-pictures-") as folder:
        settings = demo_settings(Path(folder), port=8000, database_url=None)
        engine = make_engine(settings.database_url)
        upgrade_database(engine, settings.migrations_dir)
        database, library = Database(engine), Library(COMPILERS)
        faults = publish_demo(database, content_kinds(), settings.content_root)
        if faults:
            raise SystemExit("\n".join(str(row) for row in faults))
        make_cohort(database, library, settings)
        server = create_server("placeholder", host="127.0.0.1", port=0, threads=4)
        address = f"http://127.0.0.1:{server.effective_port}"
        server.application = create_app(replace(settings, public_url=address), database)
        threading.Thread(target=_run, args=(server,), daemon=True).start()
        yield address
        server.close()
        engine.dispose()


def _run(server: object) -> None:
    try:
        server.run()
    except OSError:  # the socket is closed under the loop at the end
        return


if __name__ == "__main__":
    main()
