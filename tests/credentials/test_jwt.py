"""Signing and verifying credentials, also by a second implementation."""

import base64
import hmac
import json
import random
from dataclasses import replace
from datetime import timedelta

import jwt as pyjwt
import pytest
from joserfc import jws

from lms.content.domain import Bilingual, canonical_bytes
from lms.credentials.domain import (
    FAULT_TEXTS,
    Fault,
    Issuer,
    KeysError,
    Purpose,
    Status,
    StatusFault,
    StatusListError,
    Validity,
    build_certificate,
    read_keys,
    sign_credential,
    verify_credential,
    verify_status_list,
)
from lms.credentials.domain.jws import sign_compact
from tests.credentials.makers import (
    DURING,
    END,
    HOST,
    KID,
    OTHER_KID,
    START,
    SUBJECT,
    jwks,
    make_jwt,
    make_order,
    make_records_file,
    make_status_jwt,
    make_status_list,
    private_key,
)


def encode(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(payload, **header):
    """Sign any payload with the right key and any header that joserfc allows."""
    header = {"alg": "RS256", "kid": KID, "typ": "JWT", **header}
    return jws.serialize_compact(header, payload, private_key(), algorithms=["RS256"])


def sign_changed(**changes):
    """Sign a certificate in which claims or members were changed or (None) removed."""
    payload = json.loads(base64.urlsafe_b64decode(make_jwt().split(".")[1] + "=="))
    payload.update(changes)
    kept = {name: value for name, value in payload.items() if value is not None}
    return sign(canonical_bytes(kept))


def fault_of(token, keys=None):
    return verify_credential(token, keys or jwks(), at=DURING).fault


def test_signed_credential_verifies_and_gives_the_document_back():
    document = build_certificate(make_order())
    result = verify_credential(make_jwt(), jwks(), at=DURING)
    assert result.is_signature_valid
    assert result.is_valid
    assert result.document == document
    assert result.kid == KID
    assert result.status is Status.NOT_CHECKED


def test_second_implementation_verifies_it():
    key = pyjwt.PyJWKSet.from_dict(jwks())[KID]
    claims = pyjwt.decode(
        make_jwt(valid_until=END.replace(year=2090)),
        key,
        algorithms=["RS256"],
        issuer=f"{HOST}/issuers/1",
        options={"require": ["iss", "jti", "sub", "nbf", "exp"]},
    )
    assert claims["sub"] == claims["credentialSubject"]["id"] == f"urn:uuid:{SUBJECT}"
    assert claims["jti"] == claims["id"]


def test_header_names_algorithm_key_and_type_only():
    assert pyjwt.get_unverified_header(make_jwt()) == {
        "alg": "RS256",
        "kid": KID,
        "typ": "JWT",
    }


def test_same_input_gives_the_same_text():
    assert make_jwt() == make_jwt()


def test_every_changed_byte_of_a_file_is_noticed():
    data, keys = make_jwt().encode(), jwks()
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1
        assert not verify_credential(bytes(changed), keys, at=DURING).is_valid


def test_other_changes_of_a_byte_are_noticed_too():
    data, keys, chance = make_jwt().encode(), jwks(), random.Random(20261124)
    for _ in range(2000):
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        assert not verify_credential(bytes(changed), keys, at=DURING).is_valid


def test_all_spellings_of_the_last_character_but_one_are_refused():
    token, keys = make_jwt(), jwks()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = [
        letter
        for letter in letters
        if verify_credential(token[:-1] + letter, keys, at=DURING).is_valid
    ]
    assert accepted == [token[-1]]


def wrapped(text, ending):
    return ending.join(text[at : at + 76] for at in range(0, len(text), 76))


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: f"{text}\n\n".encode(),
        lambda text: f"{text}\r\n".encode(),
        lambda text: f" \t{text} \n".encode(),
        lambda text: f"\u3000{text}\u3000".encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: f"{text}\r\n".encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: f"\ufeff{text}",
        lambda text: wrapped(text, "\r\n").encode(),
        lambda text: wrapped(text, "\n  ").encode(),
        lambda text: wrapped(text, " \r"),
    ],
)
def test_what_programs_put_around_and_between_lines_does_not_count(saved):
    assert fault_of(saved(make_jwt())) is None


@pytest.mark.parametrize("inside", [" ", "\u3000", "\ufeff", "\t", "\x0b", "=", "é"])
def test_nothing_else_may_stand_inside_a_token(inside):
    token = make_jwt()
    assert fault_of(f"{token[:50]}{inside}{token[50:]}") is Fault.MALFORMED


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"\xef\xbb\xbf \r\n", Fault.EMPTY),
        (b'{"@context": []}', Fault.NOT_SIGNED),
        (b"[]", Fault.NOT_SIGNED),
        (b'{\n  "document": {', Fault.RECORDS),
        (b"%PDF-1.7\n%\xe2\xe3 1.0 2.0", Fault.OTHER_KIND),
        (b"\xff" * 10, Fault.OTHER_KIND),
        (b"a.b", Fault.OTHER_KIND),
        ("認証証です。".encode(), Fault.OTHER_KIND),
    ],
)
def test_files_of_other_kinds_are_named(data, fault):
    assert fault_of(data) is fault


def test_records_file_is_no_credential():
    assert fault_of(make_records_file()) is Fault.RECORDS


@pytest.mark.timeout(60)  # a pattern that goes back and forth would take hours
def test_reading_a_file_full_of_blanks_takes_no_time():
    data = b"eyJ" + b" " * 262_144 + b"a"
    assert fault_of(data) is Fault.MALFORMED


def test_other_key_under_the_same_name_fails():
    assert fault_of(make_jwt(), jwks(2)) is Fault.WRONG_SIGNATURE


def test_right_key_under_another_name_fails():
    assert fault_of(make_jwt(), jwks(kid=OTHER_KID)) is Fault.UNKNOWN_KEY


def test_retired_key_still_verifies_beside_the_new_one():
    both = {"keys": [*jwks(2, OTHER_KID)["keys"], *jwks()["keys"]]}
    assert fault_of(make_jwt(), both) is None


def test_unsigned_token_is_refused():
    payload = make_jwt().split(".")[1]
    for name in ("none", "None", "NONE"):
        head = encode({"alg": name, "kid": KID, "typ": "JWT"})
        assert fault_of(f"{head}.{payload}.") is Fault.WRONG_ALGORITHM


def test_public_key_used_as_a_shared_secret_is_refused():
    head = encode({"alg": "HS256", "kid": KID, "typ": "JWT"})
    signed = f"{head}.{make_jwt().split('.')[1]}"
    secret = private_key().as_pem(private=False)
    mac = hmac.digest(secret, signed.encode(), "sha256")
    assert fault_of(f"{signed}.{encode(mac)}") is Fault.WRONG_ALGORITHM


def test_other_rsa_algorithms_are_refused():
    payload = canonical_bytes({})
    header = {"alg": "PS256", "kid": KID, "typ": "JWT"}
    token = jws.serialize_compact(header, payload, private_key(), ["PS256"])
    assert fault_of(token) is Fault.WRONG_ALGORITHM


def test_key_inside_the_header_is_refused():
    own = private_key(2).as_dict(private=False)
    assert fault_of(sign(b"{}", jwk=own)) is Fault.WRONG_ALGORITHM


@pytest.mark.parametrize("value", [["JWT"], {"JWT": 1}, None, 5, True])
def test_a_type_that_is_no_name_is_refused(value):
    header = {"alg": "RS256", "kid": KID, "typ": value}
    _, payload, signature = make_jwt().split(".")
    assert fault_of(f"{encode(header)}.{payload}.{signature}") is Fault.WRONG_TYPE


def test_signature_made_for_another_purpose_is_refused():
    payload = base64.urlsafe_b64decode(make_jwt().split(".")[1] + "==")
    token = sign_compact(payload, private_key(), kid=KID, typ="other+json")
    assert fault_of(token) is Fault.WRONG_TYPE


def test_newer_type_of_token_is_read():
    payload = base64.urlsafe_b64decode(make_jwt().split(".")[1] + "==")
    assert fault_of(sign(payload, typ="vc+jwt")) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": f"{HOST}/issuers/2"},
        {"jti": "urn:uuid:0"},
        {"sub": "urn:uuid:0"},
        {"nbf": 0},
        {"exp": 4_000_000_000},
        {"exp": None},
        {"nbf": None},
        {"validUntil": None},
        {"validFrom": "2026-04-01T00:00:00"},
        {"validFrom": "soon"},
        {"validFrom": 5},
        {"issuer": None},
        {"credentialSubject": []},
        {"type": ["Other"]},
        {"type": 5},
        {"type": "NoVerifiableCredentialAtAll"},
        {"type": {"VerifiableCredential": True}},
        {"type": ["VerifiableCredential", {}]},
        {"type": ["VerifiableCredential", ["OpenBadgeCredential"]]},
    ],
)
def test_claims_that_contradict_the_credential_are_refused(changes):
    assert fault_of(sign_changed(**changes)) is Fault.WRONG_CLAIMS


@pytest.mark.parametrize("payload", [b"[]", b"7", b"{}", b"\xff", b"[" * 100_000])
def test_signed_nonsense_is_refused(payload):
    assert fault_of(sign(payload)) is Fault.WRONG_CLAIMS


@pytest.mark.parametrize(
    "data",
    [
        "..",
        "a.b.c.d",
        "é.é.é",
        b"\xff.\xfe.a",
        f"{encode([])}.e30.e30",
        f"{encode(b'{')}.e30.e30",
        f"{encode(b'[' * 100_000)}.e30.e30",
    ],
)
def test_damaged_text_is_refused_calmly(data):
    assert fault_of(data) is Fault.MALFORMED


def test_every_fault_has_words():
    assert set(FAULT_TEXTS) == set(Fault)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (START - timedelta(seconds=1), Validity.NOT_YET),
        (START, Validity.WITHIN),
        (END - timedelta(seconds=1), Validity.WITHIN),
        (END, Validity.EXPIRED),
    ],
)
def test_validity_begins_on_its_first_and_ends_on_its_last_second(at, expected):
    result = verify_credential(make_jwt(), jwks(), at=at)
    assert result.is_signature_valid
    assert result.validity is expected
    assert result.is_valid is (expected is Validity.WITHIN)


def status_with(*lists):
    return verify_credential(make_jwt(), jwks(), at=DURING, status_lists=lists)


SUSPENSION = Purpose.SUSPENSION


def test_status_is_read_from_the_list_of_the_credential():
    assert status_with(make_status_list()).status is Status.ACTIVE
    assert status_with(make_status_list(16, 18)).status is Status.ACTIVE
    refused = status_with(make_status_list(17))
    assert refused.status is Status.REVOKED_OR_SUSPENDED
    assert refused.is_signature_valid
    assert not refused.is_valid


def test_both_lists_tell_revoked_from_suspended():
    suspended = status_with(
        make_status_list(17), make_status_list(17, purpose=SUSPENSION)
    )
    revoked = status_with(make_status_list(17), make_status_list(purpose=SUSPENSION))
    assert suspended.status is Status.SUSPENDED
    assert revoked.status is Status.REVOKED
    assert not suspended.is_valid


def fault_with(*lists):
    """Why the lists do not tell; what was asked for and not answered is not valid."""
    found = status_with(*lists)
    assert found.is_signature_valid
    assert not found.is_valid
    assert found.status is Status.NOT_CHECKED
    return found.found_status.fault


def test_list_of_suspensions_alone_says_nothing_about_revocation():
    alone = make_status_list(purpose=SUSPENSION)
    assert fault_with(alone) is StatusFault.OTHER_LIST


def test_list_of_another_issuer_or_address_is_not_used():
    other = Issuer(public_url="https://other.example", name=Bilingual("他", "Other"))
    assert fault_with(make_status_list(issuer=other)) is StatusFault.OTHER_ISSUER
    assert fault_with(make_status_list(17, number=2)) is StatusFault.OTHER_LIST


def test_list_whose_time_is_over_speaks_against_a_credential_but_not_for_it():
    over = {"until": "2027-01-01T00:00:00Z"}
    assert fault_with(make_status_list(**over)) is StatusFault.STALE
    refused = status_with(make_status_list(17, **over))
    assert refused.status is Status.REVOKED_OR_SUSPENDED
    still = make_status_list(until="2027-01-01T00:00:01Z")
    assert status_with(still).status is Status.ACTIVE


def test_list_that_names_no_end_does_not_go_stale():
    own = make_status_list()
    assert status_with(replace(own, valid_until=None)).status is Status.ACTIVE


def test_newest_of_several_lists_counts_in_any_order():
    old = make_status_list()
    new = replace(make_status_list(17), as_of=old.as_of + timedelta(hours=1))
    for lists in ((old, new), (new, old)):
        assert status_with(*lists).status is Status.REVOKED_OR_SUSPENDED


@pytest.mark.parametrize("entry", [None, [], {}, {"statusListIndex": "-1"}])
def test_credential_without_a_readable_entry_is_not_checked(entry):
    token = sign_changed(credentialStatus=entry)
    result = verify_credential(
        token, jwks(), at=DURING, status_lists=[make_status_list()]
    )
    assert result.found_status.fault is StatusFault.NO_ENTRY


def test_entry_beyond_the_list_is_not_checked():
    entry = {
        "statusListIndex": "999999",
        "statusListCredential": f"{HOST}/status/1",
    }
    token = sign_changed(credentialStatus=entry)
    result = verify_credential(
        token, jwks(), at=DURING, status_lists=[make_status_list()]
    )
    assert result.found_status.fault is StatusFault.OUTSIDE


def test_unsigned_or_foreign_status_list_is_refused():
    with pytest.raises(StatusListError):
        verify_status_list(make_status_jwt(), jwks(2))
    with pytest.raises(StatusListError):
        verify_status_list("{}", jwks())


def test_certificate_is_no_status_list():
    with pytest.raises(StatusListError, match="no status list"):
        verify_status_list(make_jwt(), jwks())


def test_status_list_needs_a_list():
    document = {
        "id": f"{HOST}/status/1",
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": f"{HOST}/issuers/1",
        "validFrom": "2026-12-31T00:00:00Z",
        "credentialSubject": {"id": f"{HOST}/status/1#list"},
    }
    with pytest.raises(StatusListError, match="prefix"):
        verify_status_list(sign_credential(document, private_key(), kid=KID), jwks())


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"keys": {}},
        {"keys": []},
        {"keys": [7, {"kty": "EC", "kid": "x"}]},
        {"keys": [{"kty": "RSA"}]},
        {"keys": [{"kty": "RSA", "kid": "x"}]},
        {"keys": [{"kty": "RSA", "kid": "x", "n": "!", "e": "AQAB"}]},
        {"keys": [{"kty": "RSA", "kid": "x", "n": 5, "e": []}]},
        {"keys": [{"kty": "RSA", "kid": "x", "n": "AQAB", "e": "AQAB"}]},
        {"keys": [{**jwks()["keys"][0], "use": "enc"}]},
        {"keys": [{**jwks()["keys"][0], "alg": "PS256"}]},
        {"keys": jwks()["keys"] * 2},
    ],
)
def test_unusable_keys_are_named_as_such(document):
    with pytest.raises(KeysError):
        read_keys(document)


def test_single_key_is_read_as_a_set_of_one():
    assert set(read_keys(jwks()["keys"][0])) == {KID}


def test_private_members_are_left_aside():
    full = {**private_key().as_dict(private=True), "kid": KID}
    assert not read_keys({"keys": [full]})[KID].is_private
