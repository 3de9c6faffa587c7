"""Roles that somebody writes into the database, or out of it, are found."""

import pytest

from lms.accounts.admin.services.roles import Act, grant_role, revoke_role
from lms.accounts.models import Person
from lms.permissions import Role
from tests.conftest import NOON

pytestmark = pytest.mark.concurrent
GRANT = "(SELECT min(id) FROM role_grants WHERE role = 'certifier')"
HOLDER = f"(SELECT person_id FROM role_grants WHERE id = {GRANT})"
ELSE = "33333333-3333-4333-8333-333333333333"
LONG_AGO = "'2020-01-01 00:00:00.000000'"


def found_in(place, *statements):
    """Return (kind, role, what) of each fault in roles after some changes."""
    return {
        (kind, row.split(" of ")[0], what)
        for kind, table, row, what in place.faults(*statements)
        if table == "role_grants"
    }


@pytest.fixture(scope="module")
def changed(place):
    """The database once a role was given, taken away and given again."""
    with place.database.transaction() as session:
        holder = session.get(Person, 1)
        for hour, change in enumerate((grant_role, revoke_role, grant_role)):
            act = Act(actor=None, now=NOON.replace(hour=hour))
            change(session, holder, Role.REVIEWER, act)
    return place


def test_roles_are_as_they_were_recorded(changed):
    assert changed.faults() == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (f"granted_by = '{ELSE}'", {("fact_changed", "certifier", "granted_by")}),
        (f"revoked_at = {LONG_AGO}", {("fact_changed", "certifier", "revoked_at")}),
        (f"revoked_by = '{ELSE}'", {("fact_changed", "certifier", "revoked_by")}),
        (
            "role = 'auditor'",
            {
                ("fact_added", "auditor", ""),
                ("fact_missing", "certifier", "granted_at"),
            },
        ),
        (
            f"granted_at = {LONG_AGO}",
            {
                ("fact_added", "certifier", ""),
                ("fact_missing", "certifier", "granted_at"),
            },
        ),
        (
            "person_id = 1",
            {
                ("fact_added", "certifier", ""),
                ("fact_missing", "certifier", "granted_at"),
            },
        ),
    ],
)
def test_a_role_that_was_changed_is_found(changed, change, found):
    change = change.replace(f"'{ELSE}'", changed.id_of(ELSE))
    statement = f"UPDATE role_grants SET {change} WHERE id = {GRANT}"
    assert found_in(changed, statement) == found


def test_a_role_that_was_written_by_hand_is_found(changed):
    added = (
        "INSERT INTO role_grants (person_id, role, granted_at)"
        f" VALUES (1, 'certifier', {LONG_AGO})"
    )
    assert found_in(changed, added) == {("fact_added", "certifier", "")}


def test_a_role_that_was_deleted_is_found(changed):
    gone = f"DELETE FROM role_grants WHERE id = {GRANT}"
    assert found_in(changed, gone) == {("fact_missing", "certifier", "granted_at")}


def test_a_role_that_was_taken_away_cannot_be_kept(changed):
    """Neither by undoing the end, nor by a second row in the words of the first act."""
    first = "(SELECT min(id) FROM role_grants WHERE role = 'reviewer')"
    last = "(SELECT max(id) FROM role_grants WHERE role = 'reviewer')"
    undone = f"UPDATE role_grants SET revoked_at = NULL WHERE id = {first}"
    room = f"DELETE FROM role_grants WHERE id = {last}"
    assert found_in(changed, room, undone) == {
        ("fact_missing", "reviewer", "granted_at"),
        ("fact_missing", "reviewer", "revoked_at"),
        ("fact_changed", "reviewer", "revoked_at"),
    }
    copied = (
        "INSERT INTO role_grants (person_id, role, granted_at)"
        f" SELECT person_id, role, granted_at FROM role_grants WHERE id = {first}"
    )
    assert ("fact_changed", "reviewer", "revoked_at") in found_in(changed, room, copied)
