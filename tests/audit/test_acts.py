"""Every act of weight leaves its row, and every act that people can do is known."""

from collections import Counter

import pytest
from sqlalchemy import event, select

from lms.audit.domain import ACTIONS
from lms.audit.models import AuditEvent
from lms.demo.setup import make_cohort
from lms.permissions import Role
from lms.settings import PACKAGE_ROOT
from tests.audit.trail import clear
from tests.factories.accounts import make_person

# What changes nothing of weight: plays and drafts are facts of their own, claims and
# tastes weigh nothing, a checked file is not kept.
WEIGHTLESS = {
    "accounts.demo_sign_in",
    "accounts.enter",
    "accounts.switch_role",
    "credentials.check_file",
    "curriculum.answer",
    "grading.claim",
    "simulation.act_on",
    "simulation.start",
    "web.set_theme",
}
# What weighs, and the row that it leaves.
ACTS = {
    "credentials.change": "credential.revoked",
    "credentials.issue": "credential.issued",
    "decisions.clear": "flag.cleared",
    "decisions.decide": "decision.recorded",
    "decisions.freeze": "pack.frozen",
    "grading.save": "sheet.returned",
}


def test_every_endpoint_that_changes_something_is_weightless_or_has_its_row(app):
    posts = {
        rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods
    }
    assert posts == WEIGHTLESS | set(ACTS)
    assert not WEIGHTLESS & set(ACTS)
    assert set(ACTS.values()) <= set(ACTIONS)
