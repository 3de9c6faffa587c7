"""Every act of weight leaves its row, and everything that people can do is known."""

from collections import Counter

import pytest
from sqlalchemy import select

from lms.audit.domain import ACTIONS
from lms.audit.models import AuditEvent
from lms.demo.setup import make_cohort
from tests.audit.trail import clear

# Nothing of weight changes: plays and answers are facts of their own, a claim is no
# mark, a checked file is not kept, and stays are rows that end.
WEIGHTLESS = {
    "account.end",
    "account.keep_preferences",
    "accounts.enter",
    "accounts.enter_demo",
    "accounts.sign_out",
    "accounts.switch_role",
    "admin.find",
    "admin_import.check",
    "credentials.check_file",
    "curriculum.answer",
    "directory.judge",
    "directory.judge_all",
    "grading.claim",
    "second_factor.begin",
    "simulation.choose",
    "simulation.keep",
    "simulation.note",
    "simulation.rehearse",
    "simulation.start",
    "stay.drop",
    "web.choose_furigana",
    "web.choose_theme",
}
# What weighs, and the row that it leaves.
ACTS = {
    "admin.add": ("person.registered", "invitation.sent"),
    "admin_acts.add_side": ("learner.assigned",),
    "admin_acts.disable": ("person.disabled",),
    "admin_acts.enable": ("person.enabled",),
    "admin_acts.end_side": ("assignment.ended",),
    "admin_acts.end_stays": ("sign_ins.ended",),
    "admin_acts.grant": ("role.granted",),
    "admin_acts.invite_again": ("invitation.sent",),
    "admin_acts.remove_factor": ("second_factor.removed",),
    "admin_acts.revoke": ("role.revoked", "assignment.ended"),
    "admin_import.confirm": ("people.imported", "person.edited", "role.granted"),
    "admin_person.save": ("person.edited",),
    "organisations.add": ("organisation.added",),
    "organisations.archive": ("organisation.archived",),
    "organisations.rename": ("organisation.renamed",),
    "organisations.restore": ("organisation.restored",),
    "account.end_all": ("sign_ins.ended",),
    "account.set_password": ("password.changed",),
    "account_links.ask": ("reset.requested",),
    "account_links.set_password": ("password.reset", "invitation.accepted"),
    "credentials.change": (
        "credential.revoked",
        "credential.suspended",
        "credential.restored",
    ),
    "credentials.issue": ("credential.issued",),
    "decisions.clear": ("flag.cleared",),
    "decisions.decide": ("decision.recorded",),
    "decisions.freeze": ("pack.frozen",),
    "grading.mark": ("sheet.returned",),
    "privacy.ask": ("erasure.requested",),
    "privacy.decline": ("erasure.declined",),
    "privacy.erase": ("person.erased",),
    "privacy.export": ("person.exported",),
    "privacy.withdraw": ("erasure.withdrawn",),
    "programme.enrol": ("learner.enrolled",),
    "programme.open_one": ("cohort.opened",),
    "second_factor.change": ("second_factor.removed", "second_factor.codes_renewed"),
    "second_factor.confirm": ("second_factor.set_up",),
    "second_factor.pass_step": (
        "second_factor.recovery_code_used",
        "second_factor.refused",
    ),
}


def test_every_endpoint_that_changes_something_is_weightless_or_has_its_row(app):
    posts = {
        rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods
    }
    assert posts == WEIGHTLESS | set(ACTS)
    assert not WEIGHTLESS & set(ACTS)
    assert {name for names in ACTS.values() for name in names} <= set(ACTIONS)


def test_a_whole_cohort_leaves_a_row_for_every_act(
    session, database, library, settings
):
    clear(session)
    make_cohort(database, library, settings)
    rows = session.scalars(select(AuditEvent)).all()
    counts = Counter(row.action for row in rows)
    assert counts.pop("person.registered") >= 10  # learners, and whoever works there
    assert counts == {
        "key.made": 1,
        "cohort.opened": 1,
        "learner.assigned": 5,
        "learner.enrolled": 5,
        "sheet.returned": 2,
        "pack.frozen": 1,
        "decision.recorded": 1,
        "credential.issued": 3,
    }
    named = {row.action: row.actor_id for row in rows}
    for action in ("sheet.returned", "pack.frozen", "decision.recorded"):
        assert named[action] is not None
    words = " ".join(f"{row.object_id} {row.inputs}" for row in rows)
    assert "見本" not in words
    assert "@" not in words


def test_each_published_version_leaves_a_row_of_the_servers_operator(session):
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "content.published")
    ).all()
    assert len(rows) > 10
    assert {row.actor_id for row in rows} == {None}
    recorded = {"batch", "digest", "version", "rendered"}
    assert all(row.inputs.keys() == recorded for row in rows)


def test_an_act_without_a_name_is_noticed(session):
    session.add(
        AuditEvent(
            at=session.scalars(select(AuditEvent.at).limit(1)).one(),
            action="moon.landed",
            object_kind="moon",
            object_id="1",
            inputs={},
        )
    )
    with pytest.raises(AssertionError, match=r"moon\.landed"):
        session.flush()
