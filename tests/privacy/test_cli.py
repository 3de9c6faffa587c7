"""`lms privacy` on a database of its own."""

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner

from lms.accounts.models import Profile
from lms.cli import cli
from lms.db import Database, make_engine
from tests.databases import fresh_database
from tests.factories.accounts import make_person


@pytest.fixture
def place(tmp_path, template_url, monkeypatch):
    """An installation with one person; commands read it from the environment."""
    with fresh_database(tmp_path, template=template_url) as url:
        monkeypatch.setenv("LMS_DATABASE_URL", url)
        monkeypatch.setenv("LMS_SECRET_KEY", "only-for-tests-" * 4)
        monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
        engine = make_engine(url)
        with Database(engine).session(writes=True) as session:
            person = make_person(session, name="見本 退会")
        yield engine, person, tmp_path
        engine.dispose()


def run(*arguments):
    return CliRunner().invoke(cli, [str(part) for part in arguments])


def orphan(folder):
    """Return the file of a mail whose row is gone."""
    path = folder / "outbox" / f"{uuid4()}.eml"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    return path


def has_profile(engine, person):
    with Database(engine).session() as session:
        return session.get(Profile, person.id) is not None


def test_export_writes_a_file_that_others_on_the_server_cannot_read(place):
    _engine, person, folder = place
    out = folder / "data.json"
    assert run("privacy", "export", person.subject_id, "--out", out).exit_code == 0
    assert json.loads(out.read_text())["account"]["profile"]["name"] == "見本 退会"
    assert out.stat().st_mode & 0o077 == 0


def test_erase_asks_first_and_then_deletes(place):
    engine, person, folder = place
    assert run("privacy", "erase", person.subject_id).exit_code != 0
    assert has_profile(engine, person)
    kept = orphan(folder)
    assert run("privacy", "erase", person.subject_id, "--yes").exit_code == 0
    assert not has_profile(engine, person)
    assert not kept.exists()


@pytest.mark.parametrize("words", [["export", "--out", "x"], ["erase", "--yes"]])
def test_somebody_who_is_not_there_is_said_to_be_nobody(place, words):
    nobody = "00000000-0000-4000-8000-000000000000"
    refused = run("privacy", words[0], nobody, *words[1:]).exception
    assert str(refused) == f"Nobody here has the id {nobody}."


def test_a_list_of_erasures_is_applied_again_after_a_restore(place):
    engine, person, folder = place
    listed = folder / "erased.json"
    listed.write_text(json.dumps([str(person.subject_id)]))
    first = run("privacy", "reapply", listed)
    assert first.output.strip() == "erased again: 1"
    assert not has_profile(engine, person)
    assert run("privacy", "reapply", listed).output.strip() == "erased again: 0"
    assert run("privacy", "erasures", "--out", listed).exit_code == 0
    assert json.loads(listed.read_text()) == [str(person.subject_id)]


def test_a_list_of_erasures_loses_nobody_whom_an_older_backup_has_brought_back(place):
    engine, person, folder = place
    listed = folder / "erased.json"
    earlier = "00000000-0000-4000-8000-000000000000"
    listed.write_text(json.dumps([earlier, str(person.subject_id)]))
    # the database is an older copy, and nobody has reapplied the list yet
    assert run("privacy", "erasures", "--out", listed).output.endswith(": 2\n")
    assert json.loads(listed.read_text()) == [earlier, str(person.subject_id)]
    run("privacy", "reapply", listed)
    assert not has_profile(engine, person)


def test_a_list_of_erasures_is_not_written_over_another_file(place):
    other = place[2] / "other.json"
    other.write_text('{"a": 1}')
    answer = run("privacy", "erasures", "--out", other)
    assert "other.json" in str(answer.exception)
    assert other.read_text() == '{"a": 1}'


@pytest.mark.parametrize("words", ['{"a": 1}', "[" * 100_000, "[5]", "[[]]"])
def test_a_file_that_is_no_such_list_is_named(place, words):
    _engine, _person, folder = place
    wrong = folder / "wrong.json"
    wrong.write_text(words)
    answer = run("privacy", "reapply", wrong)
    assert answer.exit_code != 0
    assert "wrong.json" in str(answer.exception)


def test_sweep_says_what_it_deleted(place):
    kept = orphan(place[2])
    answer = run("privacy", "sweep")
    assert answer.exit_code == 0
    assert not kept.exists()
    assert "texts: 0" in answer.output
