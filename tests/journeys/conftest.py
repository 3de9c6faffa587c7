"""A served demo with a database of its own, and a real browser."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from lms.app import create_app
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.db import Database, make_engine
from lms.demo.setup import demo_settings, make_cohort
from lms.settings import PROJECT_ROOT
from tests.databases import IN_CI, fresh_database
from tests.journeys.serving import served

CONTENT_FOLDERS = ("curricula", "case_simulations", "assessments", "rubrics")


@dataclass(frozen=True)
class Site:
    """Where the demo is served, and what its commands need."""

    url: str
    environment: dict[str, str]
    content_root: Path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        reason = "no Chromium here; the journeys need Debian's package chromium"
        if IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def site(template_url: str, tmp_path: Path) -> Iterator[Site]:
    """The demo on a fresh copy of the database with a copy of the content."""
    root = tmp_path / "content"
    for name in CONTENT_FOLDERS:
        shutil.copytree(PROJECT_ROOT / name, root / name)
    with fresh_database(tmp_path, template=template_url) as url:
        settings = demo_settings(tmp_path / "demo", port=8000, database_url=url)
        engine = make_engine(url)
        database = Database(engine)
        make_cohort(database, Library(COMPILERS), settings)

        def make(address: str) -> Flask:
            nonlocal settings
            settings = replace(settings, public_url=address, content_root=root)
            return create_app(settings, database)

        with served(make) as address:
            yield Site(
                url=address,
                environment={
                    **os.environ,
                    "LMS_DATABASE_URL": url,
                    "LMS_SECRET_KEY": settings.secret_key,
                    "LMS_CONTENT_ROOT": str(root),
                    "LMS_PUBLIC_URL": address,
                    "LMS_DATA_DIR": str(settings.data_dir),
                },
                content_root=root,
            )
        engine.dispose()


@pytest.fixture
def database(site):
    engine = make_engine(site.environment["LMS_DATABASE_URL"])
    yield Database(engine)
    engine.dispose()


@pytest.fixture
def devices(browser):
    """Opens browsers that share nothing, as an office PC and a phone do."""
    contexts = []

    def open_one(width=1280, **given):
        size = {"width": width, "height": 900}
        context = browser.new_context(locale="ja", viewport=size, **given)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_one
    for context in contexts:
        context.close()
