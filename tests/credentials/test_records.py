"""Record files: signed JSON and CSV."""

import base64
import csv
import io
import json
from dataclasses import replace

import pytest
from joserfc import jws as joserfc_jws
from jwt.algorithms import RSAAlgorithm

from lms.content.domain import canonical_bytes
from lms.credentials.domain import (
    CredentialState,
    DecisionRecord,
    Fault,
    OutcomeRecord,
    list_record_rows,
    records_csv,
    report_on,
    sign_records,
    verify_records,
)
from lms.credentials.domain.jws import encode_base64url, sign_compact
from lms.credentials.domain.records import RECORDS_TYPE
from tests.credentials.makers import (
    CREDENTIAL,
    DURING,
    KID,
    SUBJECT,
    jwks,
    make_entry,
    make_jwt,
    make_learner_record,
    make_records,
    make_records_file,
    make_status_list,
    private_key,
)


def fault_of(data, keys=None):
    return verify_records(data, keys or jwks()).fault


def test_signed_file_verifies_from_file_and_keys():
    result = verify_records(make_records_file(), jwks())
    assert result.is_valid
    assert result.kid == KID
    assert result.document == make_records()


def test_records_of_a_large_cohort_are_signed_and_verified():
    document = {**make_records(), "learners": make_records()["learners"] * 500}
    data = sign_records(document, private_key(), kid=KID)
    assert len(data) > 200_000
    assert fault_of(data) is None


def test_second_implementation_verifies_the_detached_signature():
    parsed = json.loads(make_records_file())
    protected, signature = (parsed["signature"][n] for n in ("protected", "signature"))
    payload = encode_base64url(canonical_bytes(parsed["document"]))
    raw = signature + "=" * (-len(signature) % 4)
    algorithm = RSAAlgorithm(RSAAlgorithm.SHA256)
    key = algorithm.from_jwk(json.dumps(jwks()["keys"][0]))
    assert algorithm.verify(
        f"{protected}.{payload}".encode(), key, base64.urlsafe_b64decode(raw)
    )


def test_every_changed_byte_of_a_file_is_noticed():
    data, keys = make_records_file(), jwks()
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1
        assert not verify_records(bytes(changed), keys).is_valid


def test_one_line_end_behind_the_file_is_allowed_and_no_more():
    assert fault_of(make_records_file() + b"\n") is None
    assert fault_of(make_records_file() + b"\n\n") is Fault.MALFORMED
    assert fault_of(make_records_file() + b"\r") is Fault.MALFORMED


def test_same_content_in_another_form_is_refused():
    pretty = json.dumps(json.loads(make_records_file()), indent=1).encode()
    assert fault_of(pretty) is Fault.MALFORMED


def test_doubled_member_is_refused():
    data = make_records_file().replace(b'"cohort":', b'"cohort":"x","cohort":', 1)
    assert fault_of(data) is Fault.MALFORMED


def test_other_key_fails():
    assert fault_of(make_records_file(), jwks(2)) is Fault.WRONG_SIGNATURE


def test_signature_of_a_credential_does_not_serve_for_records():
    protected, _, signature = make_jwt().split(".")
    parsed = json.loads(make_records_file())
    parsed["signature"] = {"protected": protected, "signature": signature}
    assert fault_of(canonical_bytes(parsed)) is Fault.WRONG_TYPE


@pytest.mark.parametrize("data", [b"{}", b"[]", b"7", b'{"document":{}}'])
def test_json_without_signature_says_so(data):
    assert fault_of(data) is Fault.NOT_SIGNED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"{",
        b"NaN",
        b"[" * 100_000,
        b'{"document":1,"signature":1}',
        b'{"document":{},"signature":{"protected":"a"}}',
        b'{"document":{},"signature":{"protected":1,"signature":"a"}}',
        b'{"document":{},"signature":{"protected":"a.b","signature":"a"}}',
        b'{"document":{},"more":1,"signature":{"protected":"a","signature":"a"}}',
    ],
)
def test_damaged_files_are_refused_calmly(data):
    assert fault_of(data) is Fault.MALFORMED


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"issuer": 5},
        {"issuer": {"id": "i"}},
        {"issuer": {"id": "i"}, "learners": 5},
        {"issuer": {"id": "i"}, "learners": {"a": 1}},
        {"issuer": {"id": "i"}, "learners": [5]},
        {"issuer": {"id": "i"}, "learners": [{"credentials": None}]},
        {"issuer": {"id": "i"}, "learners": [{"credential_states": [5]}]},
        {"issuer": {"id": "i"}, "learners": [{"credential_states": [{}]}]},
    ],
)
def test_no_list_tells_anything_of_what_was_signed_and_is_no_file_of_records(document):
    data = sign_records(document, private_key(), kid=KID)
    lists = [make_status_list()]
    report = report_on(data, jwks(), at=DURING, status_lists=lists)
    assert report.fault is Fault.WRONG_CLAIMS
    assert not report.is_valid
    assert report.lines()


def test_file_holds_ids_whole_numbers_and_credentials():
    text = make_records_file().decode()
    assert f'"subject_id":"{SUBJECT}"' in text
    assert '"chance":912' in text
    assert f"/verify/{CREDENTIAL}" in text


def test_state_stands_beside_each_credential_and_the_list_of_format_1_is_kept():
    document = make_records()
    assert document["format"] == "competency-records/2"
    [learner] = document["learners"]
    address = f"https://tsunagu.example/verify/{CREDENTIAL}"
    assert learner["credentials"] == [address]
    [listed] = learner["credential_states"]
    assert (listed["id"], listed["state"]) == (address, "valid")
    assert listed["entry"]["statusListIndex"] == "17"


def test_demo_says_that_it_is_one():
    assert "certifies nothing" in make_records(is_demo=True)["notice"]
    assert "notice" not in make_records()


@pytest.mark.parametrize("value", [0.5, 1.0, [0.25], {"x": (0.1,)}])
def test_numbers_that_are_not_whole_are_refused(value):
    with pytest.raises(ValueError, match="whole numbers"):
        make_records(entries=[make_entry(chance=value)])


def make_decision():
    return DecisionRecord(
        public_id=CREDENTIAL,
        outcome="award",
        decided_at=DURING,
        pack_digest="cd" * 32,
        competencies=(
            OutcomeRecord(competency="interviewing", outcome="award", level=3),
        ),
    )


def test_decision_stands_beside_the_record():
    [learner] = make_records(decision=make_decision())["learners"]
    assert learner["decision"] == {
        "id": str(CREDENTIAL),
        "outcome": "award",
        "decided_at": "2027-01-01T00:00:00Z",
        "pack_digest": "cd" * 32,
        "competencies": [
            {"competency": "interviewing", "outcome": "award", "level": 3}
        ],
    }


def test_detached_form_is_the_one_of_the_signing_library():
    token = sign_compact(
        canonical_bytes(make_records()), private_key(), kid=KID, typ=RECORDS_TYPE
    )
    protected, empty, signature = joserfc_jws.detach_content(token).split(".")
    parsed = json.loads(make_records_file())["signature"]
    assert (protected, empty, signature) == (
        parsed["protected"],
        "",
        parsed["signature"],
    )


def read_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_begins_with_a_mark_and_ends_lines_with_crlf():
    data = records_csv([{"a": "あ", "b": 1}], ["a", "b"])
    assert data == b"\xef\xbb\xbf" + "a,b\r\nあ,1\r\n".encode()


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
def test_cells_that_spreadsheets_would_run_are_defused(start):
    [_, [cell]] = read_csv(records_csv([{"a": f"{start}cmd"}], ["a"]))
    assert cell == f"'{start}cmd"


def test_quotes_are_doubled_and_numbers_and_gaps_kept():
    rows = [{"a": 'say "x", y', "b": -3, "c": None}]
    data = records_csv(rows, ["a", "b", "c", "d"])
    assert data.endswith(b'"say ""x"", y",-3,,\r\n')


def test_csv_has_one_row_for_each_learner_and_competency():
    learner = make_learner_record(decision=make_decision())
    rows = list_record_rows("2026-spring", [learner], {str(SUBJECT): "例 太郎"})
    data = records_csv(rows)
    head, seen, unseen = read_csv(data)
    first, second = (
        dict(zip(head, seen, strict=True)),
        dict(zip(head, unseen, strict=True)),
    )
    assert first["name"] == "例 太郎"
    assert first["competency"] == "interviewing"
    assert (first["chance_per_mille"], first["interval_low"]) == ("912", "2")
    assert first["outcome"] == "award"
    assert (second["attested_level"], second["interval_high"]) == ("", "")
    assert (second["outcome"], second["missing_kinds"]) == ("", "simulation")


def test_csv_says_the_state_of_each_credential_in_their_order():
    learner = make_learner_record(state=CredentialState.SUSPENDED)
    learner = replace(
        learner,
        credentials=(
            *learner.credentials,
            replace(learner.credentials[0], id="other", state=CredentialState.REVOKED),
        ),
    )
    row = next(list_record_rows("2026-spring", [learner], {}))
    assert row["credentials"].endswith(f"{CREDENTIAL} other")
    assert row["credential_states"] == "suspended revoked"


def test_csv_of_somebody_who_was_erased_has_no_name():
    rows = list(list_record_rows("2026-spring", [make_learner_record()], {}))
    assert [row["name"] for row in rows] == [None, None]
    assert "outcome" not in rows[0]
