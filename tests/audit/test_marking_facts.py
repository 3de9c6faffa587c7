"""What somebody changes in returned sheets, and in the evidence they made, is found."""

import pytest

from lms.db import Database, make_engine
from lms.settings import Settings
from tests.audit.tampering import Tampering
from tests.databases import fresh_database
from tests.operation.archives import fill

pytestmark = pytest.mark.concurrent
SHEET = "(SELECT min(id) FROM sheets)"
MARK = "(SELECT min(id) FROM evidence WHERE source = 'sheet')"
ELSE = "33333333-3333-4333-8333-333333333333"


@pytest.fixture(scope="module")
def place(template_url, tmp_path_factory):
    """A database in which supervisors of a demo have returned sheets."""
    folder = tmp_path_factory.mktemp("facts")
    with fresh_database(folder, template=template_url) as url:
        settings = Settings(
            database_url=url,
            secret_key="only-for-tests-" * 4,
            data_dir=folder,
            is_demo=True,
            is_testing=True,
        )
        fill(url, settings)
        engine = make_engine(url)
        yield Tampering(Database(engine))
        engine.dispose()


def found_in(place, *statements):
    """Return (kind, table, what) of each fault after some changes."""
    return {
        (kind, table, what)
        for kind, table, _row, what in place.faults(*statements)
        if table in ("sheets", "evidence")
    }


def test_returned_sheets_are_as_they_were_recorded(place):
    assert place.faults() == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("rater_id = {else}", "rater_id"),
        ("returned_at = '2020-01-01 00:00:00.000000'", "returned_at"),
        ("submission_id = 99", "work"),
        ("rubric_version_id = 1", "rubric_version_id"),
    ],
)
def test_a_sheet_that_was_changed_is_found(place, change, what):
    change = change.replace("{else}", place.id_of(ELSE))
    found = found_in(place, f"UPDATE sheets SET {change} WHERE id = {SHEET}")
    assert found == {("fact_changed", "sheets", what)}


@pytest.mark.parametrize("change", ["band = 3 - band", "criterion = 'x'"])
def test_another_band_is_found_before_any_pack_lists_it(place, change):
    where = f"sheet_id = {SHEET} AND band IS NOT NULL"
    one = f"id = (SELECT min(id) FROM sheet_ratings WHERE {where})"
    found = found_in(place, f"UPDATE sheet_ratings SET {change} WHERE {one}")
    assert ("fact_changed", "sheets", "marking") in found


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("score = maximum - score", "marking"),
        ("maximum = maximum + 7", "marking"),
        ("competency = 'x'", "marking"),
        ("is_critical = NOT is_critical", "marking"),
        ("source = 'item'", "marking"),
        ("done_on = '2020-01-01'", "marking"),
        ("subject_id = {else}", "marking"),
        ("rater_id = {else}", "evidence: rater_id"),
        ("work_id = {else}", "evidence: work_id"),
        ("recorded_at = '2020-01-01 00:00:00.000000'", "evidence: recorded_at"),
        ("key = 'x'", "evidence"),
        ("public_id = {else}", "evidence"),
    ],
)
def test_a_mark_that_was_changed_is_found(place, change, what):
    change = change.replace("{else}", place.id_of(ELSE))
    found = found_in(place, f"UPDATE evidence SET {change} WHERE id = {MARK}")
    assert ("fact_changed", "sheets", what) in found


def test_a_mark_that_was_made_up_is_found(place):
    names = (
        "subject_id, competency, indicator, kind, source, score, maximum, steps,"
        " is_critical, work_kind, work_id, criterion, content_version_id,"
        " rubric_version_id, rater_id, help_given, episode, done_on, recorded_at"
    )
    add = (
        f"INSERT INTO evidence (id, public_id, key, {names}) SELECT 99999,"
        f" {place.id_of(ELSE)}, key || 'x', {names} FROM evidence WHERE id = {MARK}"
    )
    assert found_in(place, add) == {("fact_added", "evidence", "")}
    also = "UPDATE evidence SET key = 'x' WHERE id = 99999"
    assert found_in(place, add, also) == {("fact_added", "evidence", "")}


def test_a_sheet_that_is_no_longer_returned_or_gone_is_found(place):
    for change in ("UPDATE sheets SET returned_at = NULL", "DELETE FROM sheets"):
        found = found_in(place, f"{change} WHERE id = {SHEET}")
        assert ("fact_missing", "sheets", "") in found


def test_a_sheet_whose_act_is_gone_is_found_with_its_marks(place):
    gone = "DELETE FROM audit_events WHERE action = 'sheet.returned'"
    assert found_in(place, gone) == {
        ("fact_added", "sheets", ""),
        ("fact_added", "evidence", ""),
    }


def test_words_that_were_erased_are_no_fault(place):
    blank = "SET comment = ''"
    assert found_in(place, f"UPDATE sheets {blank}") == set()
    assert found_in(place, f"UPDATE sheet_ratings {blank}") == set()


def test_sheets_of_before_their_digest_was_recorded_are_no_faults(place):
    if not place.is_sqlite:
        pytest.skip("the same rule, written for one database")
    without = "SET inputs = json_remove(inputs, '$.digest')"
    where = "WHERE action = 'sheet.returned'"
    assert place.faults(f"UPDATE audit_events {without} {where}") == []
