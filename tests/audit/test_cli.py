"""`lms audit`: what is printed, and the exit status that scripts act on."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, update

from lms.audit.models import AuditEvent
from lms.cli import cli
from lms.content.models import ContentVersion, Publication
from lms.credentials.models import SigningKey
from lms.db import Database, make_engine
from tests.audit.trail import at_position, clear, head, make_trail, seal, write
from tests.conftest import NOON
from tests.databases import fresh_database

pytestmark = pytest.mark.concurrent


@pytest.fixture(scope="module")
def url(template_url, tmp_path_factory):
    with fresh_database(tmp_path_factory.mktemp("cli"), template=template_url) as url:
        yield url


@pytest.fixture
def own(url, tmp_path, monkeypatch):
    """An installation of its own with a sealed trail."""
    monkeypatch.setenv("LMS_DATABASE_URL", url)
    monkeypatch.setenv("LMS_SECRET_KEY", "only-for-tests-" * 4)
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
    engine = make_engine(url)
    with Database(engine).session(writes=True) as session:
        make_trail(session)
        # the trail that told of the shipped content is gone, so the content goes too
        for model in (Publication, ContentVersion):
            session.execute(delete(model))
        session.commit()
        yield session
    engine.dispose()


def run(*words):
    return CliRunner().invoke(cli, ["audit", *words])


def test_the_head_is_printed_as_number_and_digest(own):
    assert run("head").output == f"{head(own)}\n"


def test_an_empty_trail_has_a_head_and_is_sound(own):
    clear(own)
    empty = run("head")
    assert empty.output == f"0:{'0' * 64}\n"
    assert run("verify", "--head", empty.output).exit_code == 0


def test_a_sound_trail_ends_with_status_0(own):
    result = run("verify", "--head", str(head(own)))
    assert result.exit_code == 0
    assert result.output == (
        f"3 batches, 12 rows, head {head(own)}; 0 rows wait; 0 facts; 0 faults\n"
    )


def test_the_trail_alone_is_checked_without_facts(own):
    assert run("verify", "--no-facts").output == (
        f"3 batches, 12 rows, head {head(own)}; 0 rows wait; 0 faults\n"
    )
    report = json.loads(run("verify", "--no-facts", "--format", "json").output)
    assert report["facts"] is None


def test_a_fact_that_was_never_recorded_is_named_and_ends_with_status_1(own):
    key = {
        "name": "2026-1",
        "kid": "https://elsewhere.example/keys/2026-1",
        "public_jwk": {},
        "created_at": NOON,
    }
    own.execute(insert(SigningKey).values(key))
    own.commit()
    try:
        result = run("verify")
        report = json.loads(run("verify", "--format", "json").output)
        clear(own)
        empty = run("verify")
    finally:
        own.execute(delete(SigningKey))
        own.commit()
    assert result.exit_code == 1
    assert result.output.splitlines()[0] == (
        "signing_keys 2026-1: is there, and was never recorded"
    )
    assert report["facts"] == 1
    assert report["faults"] == [
        {
            "kind": "fact_added",
            "table": "signing_keys",
            "row": "2026-1",
            "what": None,
            "message": "is there, and was never recorded",
        }
    ]
    assert "warning: nothing is sealed, though there are 1 facts" in empty.output


def test_a_fault_is_named_with_batch_position_and_row_and_ends_with_status_1(own):
    event = at_position(own, 6)
    own.execute(update(AuditEvent).where(AuditEvent.id == event.id).values(action="x"))
    own.commit()
    result = run("verify")
    assert result.exit_code == 1
    assert result.output.splitlines()[0] == (
        f"batch 2, position 6, row {event.public_id}: "
        "the row was changed or moved since it was sealed"
    )


def test_a_chain_that_ends_before_the_kept_head_ends_with_status_1(own):
    kept = head(own)
    make_trail(own, batches=1)
    result = run("verify", "--head", str(kept), "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.output)
    assert report["is_sound"] is False
    assert [row["kind"] for row in report["faults"]] == ["chain_truncated"]
    assert report["head"]["number"] == report["batches"] == 1


def test_json_says_what_waits_and_that_the_trail_is_sound(own):
    write(own, 99)
    own.commit()
    report = json.loads(run("verify", "--format", "json").output)
    assert (report["rows"], report["waiting"]) == (12, 1)
    seal(own)
    assert json.loads(run("verify", "--format", "json").output)["is_sound"] is True


def test_a_row_that_cannot_be_read_leaves_the_report_whole(own):
    for position in (6, 10):
        event = at_position(own, position)
        own.execute(
            update(AuditEvent).where(AuditEvent.id == event.id).values(inputs=[1])
        )
    own.commit()
    result = run("verify", "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.output)
    assert [row["position"] for row in report["faults"]] == [6, 10]
    assert (report["rows"], report["batches"]) == (12, 3)


@pytest.mark.parametrize("text", ["3", "3:abc", "x:" + "0" * 64])
def test_a_head_of_the_wrong_shape_is_a_usage_error(own, text):
    result = run("verify", "--head", text)
    assert result.exit_code == 2
    assert "NUMBER:DIGEST" in result.output
