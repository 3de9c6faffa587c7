"""What somebody changes in published content is found."""

import pytest

from lms.db import Database, make_engine
from tests.audit.tampering import Tampering
from tests.databases import fresh_database

pytestmark = pytest.mark.concurrent
LESSON = "(SELECT min(id) FROM content_versions WHERE kind = 'lesson')"


@pytest.fixture(scope="module")
def place(template_url, tmp_path_factory):
    """A database in which the shipped content was published."""
    with fresh_database(tmp_path_factory.mktemp("facts"), template=template_url) as url:
        engine = make_engine(url)
        yield Tampering(Database(engine))
        engine.dispose()


def found_in(place, *statements):
    """Return (kind, table, what) of each fault after some changes."""
    return {
        (kind, table, what) for kind, table, _row, what in place.faults(*statements)
    }


def test_published_content_is_as_it_was_recorded(place):
    assert place.faults() == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("document = '{}'", {("fact_changed", "document")}),
        ("rendered = '{}'", {("fact_changed", "rendered")}),
        ("rendered = NULL", {("fact_changed", "rendered")}),
        ("label = '99'", {("fact_changed", "label")}),
        ("created_at = '2020-01-01 00:00:00.000000'", {("fact_changed", "created_at")}),
    ],
)
def test_a_version_that_was_changed_is_found(place, change, expected):
    found = found_in(place, f"UPDATE content_versions SET {change} WHERE id = {LESSON}")
    assert {(kind, what) for kind, _, what in found} == expected
    assert {table for _, table, _ in found} == {"content_versions"}


def test_other_words_under_a_digest_made_to_fit_are_found(place):
    change = "digest = '0', document = '{}'"
    found = found_in(place, f"UPDATE content_versions SET {change} WHERE id = {LESSON}")
    assert ("fact_added", "content_versions", "") in found
    assert ("fact_missing", "content_versions", "") in found
    assert ("fact_changed", "publications", "version_id") in found


def test_a_version_that_is_gone_is_found(place):
    found = found_in(place, f"DELETE FROM content_versions WHERE id = {LESSON}")
    assert found == {
        ("fact_missing", "content_versions", ""),
        ("fact_changed", "publications", "version_id"),
    }


def test_a_version_that_was_never_published_is_found(place):
    add = (
        "INSERT INTO content_versions (id, kind, slug, label, digest, document,"
        " created_at) SELECT 99999, kind, slug, '2', '0', document, created_at"
        f" FROM content_versions WHERE id = {LESSON}"
    )
    assert ("fact_added", "content_versions", "") in found_in(place, add)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (f"version_id = {LESSON} + 1", "version_id"),
        ("published_at = '2020-01-01 00:00:00.000000'", "published_at"),
    ],
)
def test_a_publication_that_was_changed_is_found(place, change, what):
    found = found_in(
        place, f"UPDATE publications SET {change} WHERE version_id = {LESSON}"
    )
    assert found == {("fact_changed", "publications", what)}


def test_a_publication_that_was_added_or_is_gone_is_found(place):
    again = (
        "INSERT INTO publications (id, kind, slug, version_id, published_at,"
        " published_by, batch) SELECT 99999, kind, slug, version_id, published_at,"
        f" published_by, {place.id_of('33333333-3333-4333-8333-333333333333')}"
        f" FROM publications WHERE version_id = {LESSON}"
    )
    assert found_in(place, again) == {("fact_added", "publications", "")}
    gone = f"DELETE FROM publications WHERE version_id = {LESSON}"
    assert found_in(place, gone) == {("fact_missing", "publications", "")}


def test_content_whose_act_is_gone_is_found(place):
    gone = (
        "DELETE FROM audit_events WHERE action = 'content.published' AND object_id ="
        f" (SELECT slug FROM content_versions WHERE id = {LESSON})"
    )
    assert found_in(place, gone) == {
        ("fact_added", "content_versions", ""),
        ("fact_added", "publications", ""),
    }


def test_unreadable_values_hide_nothing_behind_them(place):
    if not place.is_sqlite:
        pytest.skip("only SQLite takes such values")
    found = found_in(
        place,
        "UPDATE content_versions SET document = '{', slug = x'ff'"
        f" WHERE id = {LESSON}",
        "UPDATE publications SET batch = 'x', published_at = 'soon'"
        f" WHERE version_id = {LESSON}",
        f"UPDATE content_versions SET label = '99' WHERE id = {LESSON} + 1",
    )
    assert ("fact_changed", "content_versions", "label") in found
    assert ("fact_changed", "content_versions", "document") in found
    assert ("fact_added", "publications", "") in found


def test_acts_of_before_the_digest_of_the_pages_are_no_faults(place):
    if not place.is_sqlite:
        pytest.skip("the same rule, written for one database")
    without = "SET inputs = json_remove(inputs, '$.rendered')"
    assert place.faults(f"UPDATE audit_events {without}") == []
