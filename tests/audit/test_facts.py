"""What somebody changes in packs, evidence, decisions and certificates is found."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from lms.audit.services import seal_events
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.credentials.services.award import award_of
from lms.credentials.services.issue import IssueOrder, issue_credentials
from lms.credentials.services.keys import make_key
from lms.credentials.services.states import (
    StateChange,
    restore_credential,
    revoke_credential,
    suspend_credential,
)
from lms.db import Database, make_engine
from lms.decisions.domain import Outcome
from lms.decisions.services import clear_flag, get_open_flag
from lms.facts import fact_sources
from lms.permissions import Role
from lms.settings import Settings
from tests.audit.tampering import Tampering
from tests.competency.factory import make_case_evidence, make_evidence
from tests.databases import fresh_database
from tests.decisions.factory import REASON, make_decision, make_pack, make_seat
from tests.factories.accounts import make_person

pytestmark = pytest.mark.concurrent
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ELSE = "33333333-3333-4333-8333-333333333333"


@dataclass(frozen=True)
class Story(Tampering):
    """A database in which one candidate was certified and one level revoked."""

    pack: UUID
    evidence: UUID
    flagged: UUID
    decision: UUID
    certificate: UUID
    level: UUID


@pytest.fixture(scope="module")
def story(template_url, tmp_path_factory):
    folder = tmp_path_factory.mktemp("facts")
    with fresh_database(folder, template=template_url) as url:
        engine = make_engine(url)
        settings = Settings(
            database_url=url,
            secret_key="only-for-tests-" * 4,
            data_dir=folder,
            public_url="https://tsunagu.example",
            is_testing=True,
        )
        yield live(Database(engine), settings)
        engine.dispose()


def live(database, settings):
    """Let a candidate be judged and certified, through the product's services."""
    library = Library(COMPILERS)
    with database.session(writes=True) as session:
        certifier = make_person(session, Role.CERTIFIER).subject_id
        seat = make_seat(session, library)
        learner = seat.learner.subject_id
        evidence = make_evidence(session, library, learner)
        flagged = make_case_evidence(session, library, learner, is_critical=True)
        flag = get_open_flag(session, learner, flagged.public_id)
        clear_flag(session, flag, reason=REASON, actor=certifier, now=NOW)
        pack = make_pack(session, library, seat, certifier)
        first = make_decision(session, seat, pack, certifier)
        decision = make_decision(
            session,
            seat,
            pack,
            certifier,
            supersedes=first.public_id,
            outcome=Outcome.AWARD,
        )
        make_key(session, settings, now=NOW, bits=2048)
        framework = library.get(session, pack.framework_version_id).content
        order = IssueOrder(
            decision_id=decision.id,
            award=award_of(decision, framework, settings, now=NOW),
            actor=certifier,
            now=NOW,
        )
        certificate, level, *_ = issue_credentials(session, order, settings)
        change = StateChange(actor=certifier, now=NOW, reason=REASON)
        suspend_credential(session, certificate, change)
        restore_credential(session, certificate, change)
        revoke_credential(session, level, change)
        session.flush()
        seal_events(session, now=NOW)
        session.commit()
        return Story(
            database,
            pack=pack.public_id,
            evidence=evidence.public_id,
            flagged=flagged.public_id,
            decision=decision.public_id,
            certificate=certificate.public_id,
            level=level.public_id,
        )


def test_what_the_product_wrote_is_as_it_was_recorded(story):
    assert story.faults() == []


def test_every_fact_is_counted(story):
    with story.tampered() as session:
        sources = fact_sources()
        assert [fault for each in sources for fault in each.faults(session)] == []
        counts = [each.count for each in sources]
    # nobody has returned a sheet here, and no evidence says so
    assert [count for count in counts if not count] == [0, 0]


def test_a_revocation_that_was_deleted_is_found(story):
    number = (
        f"(SELECT id FROM credentials WHERE public_id = {story.id_of(story.level)})"
    )
    gone = f"DELETE FROM credential_events WHERE credential_id = {number} AND position"
    assert story.faults(f"{gone} = 2") == [
        ("fact_missing", "credential_events", str(story.level), "event 2, revoked")
    ]
    assert len(story.faults("DELETE FROM credential_events")) >= 5


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("event", "'restored'"),
        ("at", "'2026-11-25 03:00:00.000000'"),
        ("by", None),
        ("reason", "'なんとなく。'"),
        ("with_certificate", "NOT with_certificate"),
    ],
)
def test_an_event_that_was_changed_is_found(story, column, value):
    value = value or story.id_of(ELSE)
    where = (
        "position = 2 AND credential_id = "
        f"(SELECT id FROM credentials WHERE public_id = {story.id_of(story.level)})"
    )
    change = f'UPDATE credential_events SET "{column}" = {value} WHERE {where}'
    assert story.faults(change) == [
        ("fact_changed", "credential_events", str(story.level), f"event 2: {column}")
    ]


def test_an_event_that_was_added_is_found(story):
    add = (
        'INSERT INTO credential_events (id, credential_id, "position", event, at, "by",'
        " reason, with_certificate) SELECT 999, credential_id, 9, event, at,"
        f' "by", reason, {"0" if story.is_sqlite else "false"} FROM credential_events'
        " LIMIT 1"
    )
    [(kind, table, _, what)] = story.faults(add)
    assert (kind, table, what) == ("fact_added", "credential_events", "event 9")


def test_events_of_a_credential_that_is_gone_are_found(story):
    where = f"public_id = {story.id_of(story.level)}"
    found = story.faults(f"DELETE FROM credentials WHERE {where}")
    assert ("fact_missing", "credentials", str(story.level), "") in found
    assert ("fact_added", "credential_events") in {fault[:2] for fault in found}


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("digest", "'0'", {"digest"}),
        ("subject_id", None, {"subject_id"}),
        ("cohort_id", "99", {"cohort_id"}),
        ("framework_version_id", "2", {"framework_version_id"}),
        ("frozen_at", "'2020-11-24 03:00:00.000000'", {"frozen_at"}),
        ("frozen_by", None, {"frozen_by"}),
        ("as_of", "'2030-11-24 03:00:00.000000'", {"as_of"}),
        ("standings", "'[]'", {"standings"}),
        ("document", "'[]'", {"document", "standings", "as_of"}),
        ("document", "'{\"record\": {}}'", {"document", "standings", "as_of"}),
    ],
)
def test_a_pack_that_was_changed_is_found(story, column, value, expected):
    value = value or story.id_of(ELSE)
    found = story.faults(f"UPDATE packs SET {column} = {value}")
    packs = [fault for fault in found if fault[1] == "packs"]
    assert packs == [
        ("fact_changed", "packs", str(story.pack), what)
        for what in [column, *sorted(expected - {column})]
    ]


def test_other_words_in_the_document_of_a_pack_are_found(story):
    document = story.replaced("document", "decision-pack/1", "decision-pack/2")
    assert story.faults(f"UPDATE packs SET document = {document}") == [
        ("fact_changed", "packs", str(story.pack), "document")
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("score", "0"),
        ("maximum", "maximum + 7"),
        ("kind", "'practice'"),
        ("source", "'x'"),
        ("indicator", "'x'"),
        ("competency", "'x'"),
        ("steps", "'[9]'"),
        ("is_critical", "NOT is_critical"),
        ("done_on", "'2020-01-01'"),
        ("recorded_at", "'2020-11-24 03:00:00.000000'"),
        ("rater_id", None),
        ("subject_id", None),
        ("work_id", None),
        ("work_kind", "'x'"),
        ("episode", "'x'"),
        ("help_given", "7"),
        ("content_version_id", "1"),
    ],
)
def test_evidence_that_a_pack_lists_and_that_was_changed_is_found(story, column, value):
    value = value or story.id_of(ELSE)
    where = f"public_id = {story.id_of(story.evidence)}"
    found = story.faults(f"UPDATE evidence SET {column} = {value} WHERE {where}")
    assert found == [("fact_changed", "evidence", str(story.evidence), column)]


def test_evidence_that_a_pack_lists_and_that_is_gone_is_found(story):
    where = f"public_id = {story.id_of(story.evidence)}"
    assert story.faults(f"DELETE FROM evidence WHERE {where}") == [
        ("fact_missing", "evidence", str(story.evidence), "")
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("outcome", "'more_evidence'"),
        ("subject_id", None),
        ("decided_by", None),
        ("decided_at", "'2020-11-24 03:00:00.000000'"),
        ("supersedes_id", "id"),
    ],
)
def test_a_decision_that_was_changed_is_found(story, column, value):
    value = value or story.id_of(ELSE)
    where = f"public_id = {story.id_of(story.decision)}"
    found = story.faults(
        f"UPDATE decisions SET {column} = {value} WHERE {where}",
    )
    assert ("fact_changed", "decisions", str(story.decision), column) in found


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("SET outcome = 'not_this_time'", {"ruling"}),
        ("SET reason = 'x'", {"ruling"}),
        ("SET level = 5", {"ruling", "outcomes"}),
    ],
)
def test_an_outcome_that_was_changed_is_found(story, change, expected):
    number = (
        f"(SELECT id FROM decisions WHERE public_id = {story.id_of(story.decision)})"
    )
    found = story.faults(
        f"UPDATE decision_outcomes {change} WHERE decision_id = {number}"
        " AND competency = 'interviewing'"
    )
    assert {fault[3] for fault in found} == expected
    assert {fault[:3] for fault in found} == {
        ("fact_changed", "decisions", str(story.decision))
    }


def test_a_cleared_flag_that_is_gone_is_found(story):
    assert story.faults("DELETE FROM flag_clearances") == [
        ("fact_missing", "flag_clearances", str(story.flagged), "")
    ]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("kid", "'https://x.example/keys/1'", "kid"),
        ("jwt", "jwt || 'A'", "jwt"),
        ("valid_until", "'2090-11-24 03:00:00.000000'", "valid_until"),
        ("valid_from", "'2020-11-24 03:00:00.000000'", "valid_from"),
        ("issued_at", "'2020-11-24 03:00:00.000000'", "issued_at"),
        ("issued_by", None, "issued_by"),
        ("subject_id", None, "subject_id"),
        ("number", "'TN-1'", "number"),
        ("achievement", "'x'", "achievement"),
        ("title_ja", "'x'", "title"),
        ("status_index", "status_index + 1", "status_index"),
        ("competency", "'x'", "competency"),
        ("decision_id", "decision_id - 1", "decision_id"),
    ],
)
def test_a_certificate_that_was_changed_is_found(story, column, value, expected):
    value = value or story.id_of(ELSE)
    where = f"public_id = {story.id_of(story.certificate)}"
    found = story.faults(f"UPDATE credentials SET {column} = {value} WHERE {where}")
    fault = ("fact_changed", "credentials", str(story.certificate), expected)
    assert fault in found
    assert {each[:3] for each in found} == {fault[:3]}


def test_other_words_in_a_certificate_are_found(story):
    where = f"public_id = {story.id_of(story.certificate)}"
    document = story.replaced("document", "Support", "Master")
    found = story.faults(f"UPDATE credentials SET document = {document} WHERE {where}")
    name = ("fact_changed", "credentials", str(story.certificate))
    assert {(*name, "document"), (*name, "jwt")} <= set(found)


def test_a_public_key_that_was_exchanged_is_found_by_all_that_it_signed(story):
    jwk = story.replaced("public_jwk", '"n": "', '"n": "AA')
    found = story.faults(f"UPDATE signing_keys SET public_jwk = {jwk}")
    assert ("fact_changed", "signing_keys", "2026-1", "public_jwk") in found
    assert ("fact_changed", "credentials", str(story.level), "jwt") in found


def test_what_is_not_readable_hides_nothing_behind_it(story):
    if not story.is_sqlite:
        pytest.skip("only SQLite takes such values")
    found = story.faults(
        "UPDATE packs SET document = '{', frozen_at = 'soon', standings = x'00'",
        "UPDATE evidence SET done_on = 'soon', steps = '{', recorded_at = ''",
        "UPDATE decisions SET decided_at = 'soon', reason = x'ff'",
        "UPDATE decision_outcomes SET level = 'five'",
        "UPDATE credential_events SET at = 5, position = 'x' || id",
        "UPDATE credentials SET document = '[]', valid_until = '', public_id = number",
        "UPDATE signing_keys SET public_jwk = '5'",
    )
    assert {fault[1] for fault in found} == {
        "packs",
        "decisions",
        "signing_keys",
        "credentials",
        "credential_events",
    }


@pytest.mark.parametrize(
    ("table", "kept"),
    [
        ("packs", "pack.frozen"),
        ("decisions", "decision.recorded"),
        ("credentials", "credential.issued"),
        ("signing_keys", "key.made"),
        ("flag_clearances", "flag.cleared"),
        ("credential_events", "credential.revoked"),
    ],
)
def test_a_fact_whose_act_is_gone_is_found(story, table, kept):
    found = story.faults(f"DELETE FROM audit_events WHERE action = '{kept}'")
    assert {fault[:2] for fault in found} == {("fact_added", table)}


def test_a_fact_that_was_recorded_twice_is_found(story):
    again = (
        "INSERT INTO audit_events (id, public_id, at, actor_id, action, object_kind,"
        f" object_id, inputs) SELECT 99999, {story.id_of(ELSE)}, at, actor_id, action,"
        " object_kind, object_id, inputs FROM audit_events WHERE action = 'pack.frozen'"
    )
    assert story.faults(again) == [
        ("fact_changed", "packs", str(story.pack), "recorded twice")
    ]


def test_facts_of_before_their_digest_was_recorded_are_no_faults(story):
    if not story.is_sqlite:
        pytest.skip("the same rule, written for one database")
    actions = "('decision.recorded', 'key.made', 'credential.revoked')"
    assert (
        story.faults(
            "UPDATE audit_events SET inputs = json_remove(inputs, '$.digest')"
            f" WHERE action IN {actions}"
        )
        == []
    )
