"""What a person reads of their data is what the documents and the database say."""

import re

import lms.app  # noqa: F401 - every table
from lms.db import Base
from lms.privacy.held import HELD, held_classes
from lms.retention import CLASSES, Retention
from lms.settings import PROJECT_ROOT
from tests.factories.accounts import make_person

ABOUT_PEOPLE = {"person_id", "subject_id", "learner_id", "attempt_id"}
# Holds the random id itself, and nothing else that names anybody.
THE_ID = {"people"}


def documented():
    """Return stores and time of each class in the table of the documents."""
    page = (PROJECT_ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    table = page.split("## Classes of data")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if "`" in line]
    cells = [row for row in rows if len(row) == 5]
    return [(tuple(re.findall(r"`([^`]+)`", row[1])), row[3]) for row in cells]


def test_the_page_names_every_class_of_the_documents_in_their_order():
    assert [row.stores for row in HELD] == [stores for stores, _time in documented()]


def test_times_that_a_setting_limits_are_the_same_setting():
    for row, (_stores, time) in zip(HELD, documented(), strict=True):
        setting = re.search(r"LMS_RETAIN_(\w+)_DAYS", time)
        if setting:
            assert row.time == setting[1].lower()
    assert {row.time for row in HELD} >= set(CLASSES)


def test_every_table_about_a_person_belongs_to_a_class():
    named = {store.partition(".")[0] for row in HELD for store in row.stores}
    about = {
        table.name
        for table in Base.metadata.tables.values()
        if ABOUT_PEOPLE & set(table.columns.keys())
    }
    assert about - THE_ID <= named


def test_each_class_is_said_in_the_readers_language(client, session, sign_in, app):
    sign_in(make_person(session))
    page = client.get("/account/data").text
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        for row in held_classes(Retention()):
            assert row.name in page
    assert "リカバリーコード" in page
