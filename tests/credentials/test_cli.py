"""`lms keys` and `lms records verify`."""

import json
import subprocess
import sys
from base64 import urlsafe_b64decode
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lms.accounts.sealing import seal, unseal
from lms.accounts.second_factor.models import SecondFactor
from lms.credentials.cli import keys, records
from lms.credentials.domain import (
    Issuer,
    Purpose,
    build_certificate,
    sign_credential,
    sign_records,
)
from lms.credentials.domain.jws import STRONG_KEY_BITS
from lms.credentials.services.keys import OtherAddressError
from lms.db import Database, make_engine
from lms.errors import SettingsError
from lms.migrations import upgrade_database
from lms.settings import PROJECT_ROOT
from tests.credentials.makers import (
    CREDENTIAL,
    ISSUER,
    KID,
    jwks,
    make_order,
    make_records,
    make_records_file,
    make_status_jwt,
    private_key,
)
from tests.databases import empty_file
from tests.factories.accounts import make_person

NOW_VALID = {
    "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
    "valid_until": datetime(2199, 1, 1, tzinfo=UTC),
}


def token(**award):
    order = make_order(**{**NOW_VALID, **award})
    return sign_credential(build_certificate(order), private_key(), kid=KID)


@pytest.fixture
def run(tmp_path):
    """Run `records verify` on a file, with status lists if given."""
    (tmp_path / "keys.json").write_text(json.dumps(jwks()))

    def call(data, *lists, options=()):
        (tmp_path / "file").write_bytes(
            data if isinstance(data, bytes) else data.encode()
        )
        given = [str(tmp_path / "file"), "--keys", str(tmp_path / "keys.json")]
        for number, text in enumerate(lists):
            (tmp_path / f"status{number}").write_text(text)
            given += ["--status", str(tmp_path / f"status{number}")]
        return CliRunner().invoke(records, ["verify", *given, *options])

    return call


def test_good_credential_without_list_is_valid_but_not_checked(run):
    result = run(token())
    assert result.exit_code == 0
    assert result.output.startswith("signature valid, state not checked\n")


def test_list_makes_the_state_known(run):
    active = run(token(), make_status_jwt())
    assert active.exit_code == 0
    assert "neither revoked nor suspended as of 2026-12-31" in active.output
    refused = run(token(), make_status_jwt(17))
    assert refused.exit_code == 1
    assert "revoked or suspended" in refused.output


def test_both_lists_tell_suspended_from_revoked(run):
    none = make_status_jwt(purpose=Purpose.SUSPENSION)
    one = make_status_jwt(17, purpose=Purpose.SUSPENSION)
    assert (
        "signature valid, suspended as of"
        in run(token(), make_status_jwt(17), one).output
    )
    assert (
        "signature valid, revoked as of"
        in run(token(), make_status_jwt(17), none).output
    )


@pytest.mark.parametrize(
    ("given", "words", "reason"),
    [
        ({"number": 2}, "not the list of revocations that it names", "other_list"),
        (
            {"purpose": Purpose.SUSPENSION},
            "not the list of revocations that it names",
            "other_list",
        ),
        (
            {"issuer": Issuer(public_url="https://o.example", name=ISSUER.name)},
            "the list is of another issuer",
            "other_issuer",
        ),
        ({"until": "2020-01-01T00:00:00Z"}, "the list is out of date", "stale"),
    ],
)
def test_list_that_does_not_tell_the_state_is_said_and_fails(run, given, words, reason):
    result = run(token(), make_status_jwt(**given))
    assert result.exit_code == 1
    assert "signature valid, state not checked: " in result.output
    assert words in result.output
    told = run(token(), make_status_jwt(**given), options=["--format", "json"])
    assert json.loads(told.output)["status_reason"] == reason


def test_index_outside_the_list_is_said_and_fails(run):
    document = build_certificate(make_order(**NOW_VALID))
    document["credentialStatus"]["statusListIndex"] = "131072"
    result = run(sign_credential(document, private_key(), kid=KID), make_status_jwt())
    assert result.exit_code == 1
    assert "its entry lies outside the list" in result.output


def test_expired_and_revoked_are_both_said(run):
    early = NOW_VALID["valid_from"]
    result = run(token(valid_until=early.replace(year=2021)), make_status_jwt(17))
    assert result.exit_code == 1
    assert "expired on 2021" in result.output
    assert "revoked or suspended as of" in result.output


def test_changed_byte_fails_in_plain_words(run):
    changed = bytearray(token().encode())
    changed[-3] ^= 1
    result = run(bytes(changed))
    assert result.exit_code == 1
    assert result.output.startswith("signature not valid: ")


def test_expired_and_future_credentials_fail(run):
    early, late = NOW_VALID.values()
    expired = run(token(valid_until=early.replace(year=2021)))
    future = run(token(valid_from=late.replace(year=2198)))
    assert (expired.exit_code, future.exit_code) == (1, 1)
    assert "signature valid, expired on 2021" in expired.output
    assert "signature valid, not valid before 2198" in future.output


def test_signed_records_verify_and_changed_ones_fail(run):
    good = run(make_records_file())
    assert good.exit_code == 0
    assert good.output.startswith("signature valid\n")
    assert "2026-spring" in good.output
    bad = run(make_records_file().replace(b"912", b"999"))
    assert bad.exit_code == 1


def test_list_tells_which_credentials_of_a_record_file_are_marked(run):
    good = run(make_records_file(), make_status_jwt())
    assert good.exit_code == 0
    assert "1 of 1 listed credentials neither revoked nor suspended" in good.output
    marked = run(make_records_file(), make_status_jwt(17))
    assert marked.exit_code == 1
    assert "signature valid, 0 of 1 listed credentials" in marked.output
    assert f"/verify/{CREDENTIAL}: revoked or suspended as of 2026" in marked.output
    suspended = make_status_jwt(17, purpose=Purpose.SUSPENSION)
    told = run(
        make_records_file(),
        make_status_jwt(17),
        suspended,
        options=["--format", "json"],
    )
    [found] = json.loads(told.output)["credentials"]
    assert found["status"] == "suspended"
    assert json.loads(told.output)["status"] is None


def test_stale_list_says_nothing_good_of_a_record_file(run):
    result = run(make_records_file(), make_status_jwt(until="2020-01-01T00:00:00Z"))
    assert result.exit_code == 1
    assert "the list is out of date" in result.output


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"number": 2}, "not the list of revocations that it names"),
        (
            {"issuer": Issuer(public_url="https://o.example", name=ISSUER.name)},
            "the list is of another issuer",
        ),
    ],
)
def test_list_that_has_nothing_to_do_with_a_record_file_is_refused(run, given, words):
    result = run(make_records_file(), make_status_jwt(**given))
    assert result.exit_code == 2
    assert words in result.output


def test_record_file_of_format_1_verifies_and_takes_no_list(run):
    document = {**make_records(), "format": "competency-records/1"}
    for learner in document["learners"]:
        del learner["credential_states"]
    data = sign_records(document, private_key(), kid=KID)
    assert run(data).exit_code == 0
    refused = run(data, make_status_jwt())
    assert refused.exit_code == 2
    assert "names no entry in a status list" in refused.output


def test_files_that_are_no_credential_are_named(run):
    for data, words in (
        (b"", "the file is empty"),
        (b"%PDF-1.7 a b", "this is not the file of a certificate"),
        (json.dumps(build_certificate(make_order())), "the file carries no signature"),
        (make_status_jwt(), "the file is signed for another purpose"),
    ):
        result = run(data)
        assert result.exit_code == 1
        assert words in result.output


def test_token_saved_by_an_editor_verifies(run):
    assert run(f"{token()}\r\n".encode("utf-8-sig")).exit_code == 0


def test_answer_for_programs(run):
    found = json.loads(run(token(), options=["--format", "json"]).output)
    assert found["valid"] is True
    assert (found["signature"], found["status"]) == ("valid", "not_checked")
    bad = json.loads(run("a.b.c", options=["--format", "json"]).output)
    assert (bad["signature"], bad["reason"]) == ("invalid", "malformed")


def test_forged_status_list_decides_nothing(run):
    result = run(token(), "e30.e30.e30")
    assert result.exit_code == 1
    assert "not a status list signed by these keys" in result.output


def test_wrong_use_is_told_apart(run, tmp_path):
    run(token())
    file, missing = str(tmp_path / "file"), str(tmp_path / "none")
    for options in (
        ["verify", file],
        ["verify", missing, "--keys", str(tmp_path / "keys.json")],
        ["verify", file, "--keys", file],
    ):
        assert CliRunner().invoke(records, options).exit_code == 2


def test_verifying_needs_neither_settings_nor_database(run, tmp_path):
    run(token())
    command = "from lms.credentials.cli import records; records()"
    answer = subprocess.run(
        [sys.executable, "-c", command, "verify", "file", "--keys", "keys.json"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert not (tmp_path / "var").exists()


@pytest.fixture
def run_keys(tmp_path, monkeypatch):
    """Run `keys` on an empty database of its own, with the settings given."""
    url = empty_file(tmp_path / "keys.sqlite")
    engine = make_engine(url)
    upgrade_database(engine, PROJECT_ROOT / "migrations")
    engine.dispose()
    monkeypatch.setenv("LMS_DATABASE_URL", url)
    monkeypatch.setenv("LMS_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("LMS_PUBLIC_URL", "https://body.example/")

    def call(*arguments, **variables):
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            return CliRunner().invoke(keys, arguments)

    return call


def test_keys_are_made_and_exported(run_keys, tmp_path):
    made = run_keys("new")
    assert made.exit_code == 0
    assert made.output.startswith("https://body.example/keys/20")
    shown = run_keys("export")
    out = tmp_path / "jwks.json"
    assert run_keys("export", "--out", str(out)).exit_code == 0
    assert json.loads(out.read_text()) == json.loads(shown.output)
    (key,) = json.loads(shown.output)["keys"]
    assert key["kid"] == made.output.strip()
    assert len(urlsafe_b64decode(key["n"] + "==")) * 8 == STRONG_KEY_BITS


@pytest.mark.parametrize("command", ["new", "rotate"])
def test_a_key_under_another_address_must_be_asked_for(run_keys, command):
    run_keys("new")
    moved = {"LMS_PUBLIC_URL": "https://moved.example"}
    refused = run_keys(command, **moved).exception
    assert isinstance(refused, OtherAddressError)
    assert "https://body.example" in str(refused)
    assert "--new-address" in str(refused)
    made = run_keys(command, "--new-address", **moved)
    assert made.output.startswith("https://moved.example/keys/20")
    assert run_keys(command, **moved).exit_code == 0


def test_a_cohort_that_is_not_there_is_named_and_leaves_no_folder(run_keys, tmp_path):
    out = tmp_path / "records"
    words = ["export", "--format", "csv", "--cohort", "none", "--out", str(out)]
    refused = CliRunner().invoke(records, words).exception
    assert str(refused) == "There is no cohort “none”."
    assert not out.exists()


def test_relocking_moves_second_factors_too_or_nothing_at_all(run_keys, tmp_path):
    run_keys("new")
    engine = make_engine(f"sqlite:///{tmp_path / 'keys.sqlite'}")
    with Database(engine).transaction() as session:
        person = make_person(session)
        session.add(
            SecondFactor(
                person_id=person.id,
                sealed_secret=seal("a-secret", "o" * 40),
                offered_at=person.created_at,
            )
        )
    separate = {"LMS_KEYS_SECRET": "k" * 40}
    refused = run_keys("relock", **separate)
    assert isinstance(refused.exception, SettingsError)
    assert "opens with LMS_KEYS" not in run_keys("list", **separate).output
    old = {"LMS_KEYS_SECRET": "x" * 40, "LMS_OLD_KEYS_SECRET": "o" * 40}
    assert "sealed anew: 1" in run_keys("relock", **old).output
    with Database(engine).session() as session:
        assert unseal(
            session.scalars(select(SecondFactor.sealed_secret)).one(), ["x" * 40]
        )
    engine.dispose()


@pytest.mark.long
def test_keys_under_two_older_secrets_move_in_one_step(run_keys):
    run_keys("new")
    run_keys("rotate", LMS_KEYS_SECRET="a" * 40)
    both = {"LMS_KEYS_SECRET": "b" * 40, "LMS_OLD_KEYS_SECRET": "a" * 40}
    assert run_keys("relock", **both).exit_code == 0
    assert run_keys("list", **both).output.count("opens with LMS_KEYS_SECRET") == 2


@pytest.mark.long
def test_keys_are_rotated_listed_locked_anew_and_destroyed(run_keys):
    assert "lms keys new" in run_keys("list").output
    first, second = run_keys("new").output.strip(), run_keys("rotate").output.strip()
    separate = {"LMS_KEYS_SECRET": "k" * 40}
    newer, older = run_keys("list", **separate).output.splitlines()
    assert newer.startswith(second)
    assert "signs now  opens with LMS_SECRET_KEY" in newer
    assert older.startswith(first)
    assert "retired 20" in older
    other = {"LMS_SECRET_KEY": "o" * 40, "LMS_OLD_KEYS_SECRET": "w" * 40}
    wrong = run_keys("relock", **separate, **other)
    assert isinstance(wrong.exception, SettingsError)
    assert "opens with LMS_KEYS" not in run_keys("list", **separate).output
    assert "-1" in run_keys("relock", **separate).output
    assert run_keys("list", **separate).output.count("opens with LMS_KEYS") == 2
    assert run_keys("list").output.count("does not open") == 2
    moved = {"LMS_KEYS_SECRET": "n" * 40, "LMS_OLD_KEYS_SECRET": "k" * 40}
    assert run_keys("relock", **moved).exit_code == 0
    assert "nothing to do" in run_keys("relock", **moved).output
    name = first.rpartition("/")[2]
    assert run_keys("destroy", name).exit_code == 1
    assert "destroyed" not in run_keys("list").output
    assert run_keys("destroy", name, "--yes").exit_code == 0
    assert "private half destroyed" in run_keys("list", **moved).output
