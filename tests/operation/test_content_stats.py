"""How much content there is, counted from the files."""

import json
from datetime import date
from functools import partial

import pytest
from click.testing import CliRunner

from lms.cli import cli
from lms.content.services import read_content
from lms.kinds import content_kinds
from lms.operation.content_stats import count_content
from lms.settings import PROJECT_ROOT

pytestmark = pytest.mark.long  # it reads every file


@pytest.fixture(scope="module")
def count():
    """Counts what is shipped, with one case: exploring the others proves no more."""
    kinds = content_kinds()
    index, _ = read_content(PROJECT_ROOT, kinds)
    for kind, slug in list(index.drafts):
        if kind == "case" and slug != "rent-letter":
            del index.drafts[kind, slug]
    return partial(count_content, index)


def test_two_whole_modules_are_counted(count):
    figures = count(today=date(2026, 11, 26))
    modules = {row["slug"]: row for row in figures["modules"]}
    for slug in ("consultation-interview", "residence-law"):
        assert modules[slug]["lessons"] == {"ja": 7, "en": 7}
        assert modules[slug]["items"] >= 100
        assert modules[slug]["characters"]["ja"] >= 7 * 1500
    law = figures["items"]["immigration-law"]
    assert law["total"] == sum(law["by_kind"].values())
    assert min(law["by_kind"].values()) >= 20
    assert set(law["by_kind"]) == {
        *("single", "multiple"),
        *("ordering", "matching", "situational"),
    }
    case = {row["slug"]: row for row in figures["cases"]}["rent-letter"]
    assert case["routes"] > 1000
    assert "interviewing" in case["competencies"]
    assert figures["review_due"] == []


def test_what_is_past_its_review_is_named(count):
    assert (
        "lesson/residence-law/dates-and-card"
        in count(today=date(2027, 4, 1))["review_due"]
    )


def test_the_directory_is_counted_and_its_entries_fall_due(count):
    figures = count(today=date(2027, 12, 1))
    assert figures["directory"]["partners"] >= 45
    assert figures["directory"]["support_menus"] >= 70
    assert "directory/menu/public-assistance" in figures["review_due"]
    assert "directory/partner/houterasu" in figures["review_due"]


@pytest.mark.slow  # it searches every case, twice
def test_command_prints_json_or_lines():
    runner = CliRunner()
    printed = runner.invoke(cli, ["content", "stats", "--format", "json"])
    assert printed.exit_code == 0
    assert set(json.loads(printed.output)) == {
        *("modules", "items", "cases", "rubrics", "directory", "review_due")
    }
    assert (
        "module residence-law: 7 lessons"
        in runner.invoke(cli, ["content", "stats"]).output
    )
