"""Public pages, the holder's and the certifier's, over HTTP."""

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.accounts.models import RoleGrant
from lms.accounts.services import assign_learner
from lms.clock import utc_now
from lms.credentials.domain import Status, verify_credential, verify_status_list
from lms.credentials.models import Credential, CredentialEvent
from lms.credentials.services.keys import make_key
from lms.permissions import Role
from tests.credentials.database import (
    ISSUED,
    make_awarding_decision,
    make_credentials,
)
from tests.decisions.factory import make_seat
from tests.factories.accounts import make_person
from tests.reading import text_of


def just_now():
    """The views read the real clock."""
    return utc_now() - timedelta(minutes=1)


REASON = "申立てを受けて事実を調べるため。"


@pytest.fixture
def seat(session, library):
    learner = make_person(session, name="佐久間 遥")
    return make_seat(session, library, learner=learner)


@pytest.fixture
def issued(session, library, settings, seat):
    return make_credentials(session, library, settings, seat=seat, now=just_now())


@pytest.fixture
def certificate(issued):
    return issued[0]


@pytest.fixture
def certifier(session, sign_in):
    person = make_person(session, Role.CERTIFIER)
    sign_in(person)
    return person


def change(client, credential, event, reason=REASON):
    return client.post(
        f"/credentials/{credential.public_id}/events",
        data={"event": event, "reason": reason},
    )


def test_anybody_sees_that_a_certificate_is_valid(client, certificate):
    page = client.get(f"/verify/{certificate.public_id}")
    assert page.status_code == 200
    for text in ("佐久間 遥", certificate.number, "外国人支援コーディネーター"):
        assert text in page.text
    assert "verify--green" in page.text


def test_public_page_shows_no_level_mark_or_reason(client, certifier, issued):
    certificate, level = issued
    change(client, certificate, "suspended")
    for credential in issued:
        page = client.get(f"/verify/{credential.public_id}").text
        assert REASON not in page
        assert "示せる" not in page
    assert level.competency not in page


@pytest.mark.parametrize(
    ("events", "look"),
    [
        (("suspended",), "verify--amber"),
        (("suspended", "restored"), "verify--green"),
        (("revoked",), "verify--red"),
    ],
)
def test_public_page_follows_what_certifiers_do(
    client, certifier, certificate, events, look
):
    for event in events:
        assert change(client, certificate, event).status_code == 303
    assert look in client.get(f"/verify/{certificate.public_id}").text


def test_expired_and_future_certificates_show_as_such(client, session, certificate):
    stored = session.get(Credential, certificate.id)
    first, last = stored.valid_from, stored.valid_until
    stored.valid_until = first
    session.commit()
    assert "verify--green" not in client.get(f"/verify/{stored.public_id}").text
    stored.valid_from, stored.valid_until = last, last.replace(year=2099)
    session.commit()
    assert "verify--green" not in client.get(f"/verify/{stored.public_id}").text


def test_tampered_row_does_not_verify(client, session, certificate):
    stored = session.get(Credential, certificate.id)
    stored.jwt = stored.jwt[:-8] + "AAAAAAAA"
    session.commit()
    assert "verify--red" in client.get(f"/verify/{stored.public_id}").text


def test_name_of_somebody_who_was_erased_is_not_shown(
    client, session, seat, certificate
):
    session.delete(seat.learner.profile)
    session.commit()
    page = client.get(f"/verify/{certificate.public_id}").text
    assert "佐久間" not in page
    assert "verify--green" in page


def test_unknown_certificate_is_404_with_a_calm_page(client):
    page = client.get(f"/verify/{uuid4()}")
    assert page.status_code == 404
    assert "verify--plain" in page.text


def test_pages_speak_english_too(client, certificate):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = client.get(f"/verify/{certificate.public_id}").text
    assert "This certificate is valid" in page
    assert "Support coordinator for foreign residents" in page


def send_file(client, data):
    return client.post(
        "/verify",
        data={"file": (BytesIO(data), "a.jwt")},
        content_type="multipart/form-data",
    )


def test_file_and_pasted_text_are_checked(client, certificate):
    assert client.get("/verify").status_code == 200
    assert "verify--green" in send_file(client, certificate.jwt.encode()).text
    pasted = client.post("/verify", data={"text": f" {certificate.jwt}\r\n"})
    assert "verify--green" in pasted.text


def test_changed_file_is_refused(client, certificate):
    changed = certificate.jwt.replace("e", "f", 1).encode()
    assert "verify--red" in send_file(client, changed).text
    assert "verify--red" in send_file(client, certificate.jwt[:-9].encode()).text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 \xff\x00", "認証証のファイルではありません"),
        (b"\xff" * 10, "認証証のファイルではありません"),
        (b'{"document":' + b" " * 300_000, "lms records verify"),
        (b'{"@context":[]}', "署名がありません"),
    ],
)
def test_intact_files_of_other_kinds_are_called_what_they_are(
    client, certificate, data, words
):
    answer = send_file(client, data)
    assert answer.status_code == 200
    assert words in answer.text
    assert "verify--plain" in answer.text
    assert "壊れているか" not in answer.text


def test_own_readable_copy_is_said_to_carry_no_signature(
    client, certifier, certificate
):
    plain = client.get(f"/credentials/{certificate.public_id}.json")
    assert "署名がありません" in send_file(client, plain.data).text


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "このファイルは空です"), (b"eyJ" + b"a" * 262_144, "256 kBを超えています")],
)
def test_empty_and_too_large_files_are_named_at_the_field(client, data, words):
    answer = send_file(client, data)
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("field", ['"file"; filename="a.jwt"', '"text"'])
def test_what_is_larger_than_any_request_is_refused_calmly(client, field):
    begin = f"--x\r\nContent-Disposition: form-data; name={field}\r\n\r\neyJ"
    answer = client.post(
        "/verify",
        data=begin.encode() + b"a" * (3 * 1024 * 1024) + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "小さいファイル" in answer.text


def test_file_that_an_editor_saved_anew_verifies(client, certificate):
    lines = [certificate.jwt[at : at + 64] for at in range(0, len(certificate.jwt), 64)]
    saved = "\r\n".join(lines) + "\r\n"
    assert "verify--green" in send_file(client, saved.encode("utf-8-sig")).text
    pasted = client.post("/verify", data={"text": f"\ufeff{saved}"})
    assert "verify--green" in pasted.text


def test_file_before_any_key_exists_is_refused(client):
    assert "verify--red" in client.post("/verify", data={"text": "a.b.c"}).text


def test_signed_file_that_is_no_certificate_is_told_apart(client, certificate):
    listed = client.get("/status/1", headers={"Accept": "text/plain"}).text
    assert "verify--plain" in client.post("/verify", data={"text": listed}).text


def test_empty_form_is_shown_again(client):
    answer = client.post("/verify", data={})
    assert answer.status_code == 422


def test_keys_are_published_without_secrets(client, session, settings):
    make_key(session, settings, now=ISSUED)
    session.commit()
    answer = client.get("/.well-known/jwks.json")
    [jwk] = answer.json["keys"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(jwk)
    assert jwk["kid"] == "https://tsunagu.example/keys/2026-1"
    single = client.get("/keys/2026-1")
    assert single.mimetype == "application/json"
    assert single.json == jwk
    assert client.get("/keys/2026-2").status_code == 404


def test_addresses_inside_a_credential_answer(client, certificate, issued):
    for credential in issued:
        document = credential.document
        achievement = document["credentialSubject"]["achievement"]
        for url in (
            document["issuer"]["id"],
            achievement["id"],
            document["credentialStatus"]["statusListCredential"],
            credential.kid,
            document["id"],
        ):
            path = url.removeprefix("https://tsunagu.example")
            assert client.get(path).status_code == 200, url
        published = client.get(f"/achievements/{credential.achievement}").json
        assert published["name"] == achievement["name"]
    assert client.get("/issuers/2").status_code == 404
    assert client.get("/achievements/nothing").status_code == 404


def test_status_lists_are_signed_and_follow_the_changes(client, certifier, certificate):
    change(client, certificate, "suspended")
    jwks = client.get("/.well-known/jwks.json").json
    lists = [
        verify_status_list(client.get(path).data, jwks)
        for path in ("/status/1", "/status/1/suspension")
    ]
    result = verify_credential(certificate.jwt, jwks, at=utc_now(), status_lists=lists)
    assert result.status is Status.SUSPENDED


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("*/*", "application/vc+jwt"),
        ("application/jwt", "application/jwt"),
        ("text/plain", "text/plain"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/plain"),
        ("application/json", "application/json"),
        ("image/png", "application/vc+jwt"),
    ],
)
def test_status_list_comes_in_the_form_asked_for(client, certificate, accept, mimetype):
    answer = client.get("/status/1", headers={"Accept": accept})
    assert answer.mimetype == mimetype
    assert "Accept" in answer.vary
    assert client.get("/status/2", headers={"Accept": accept}).status_code == 404


@pytest.mark.parametrize("path", ["/status/1", "/status/1/suspension"])
def test_copy_of_a_list_is_good_until_a_state_changes(
    client, certifier, certificate, path
):
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    asked = {"If-None-Match": first.headers["ETag"]}
    again = client.get(path, headers=asked)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path).data == first.data
    change(client, certificate, "suspended")
    after = client.get(path, headers=asked)
    assert after.status_code == 200
    assert after.headers["ETag"] != first.headers["ETag"]


def test_each_form_of_a_list_has_a_tag_of_its_own(client, certificate):
    tags = {
        client.get("/status/1", headers={"Accept": shape}).headers["ETag"]
        for shape in ("application/vc+jwt", "application/json")
    }
    assert len(tags) == 2


def test_copy_of_the_keys_is_good_until_one_is_added(client, session, settings):
    make_key(session, settings, now=ISSUED)
    session.commit()
    tag = client.get("/.well-known/jwks.json").headers["ETag"]
    asked = {"If-None-Match": tag}
    assert client.get("/.well-known/jwks.json", headers=asked).status_code == 304
    make_key(session, settings, now=ISSUED)
    session.commit()
    assert client.get("/.well-known/jwks.json", headers=asked).status_code == 200


def test_certifier_issues_once_however_often_asked(
    client, certifier, session, library, settings
):
    make_key(session, settings, now=ISSUED)
    decision = make_awarding_decision(session, library)
    first = client.post(f"/credentials/issue/{decision.public_id}")
    second = client.post(f"/credentials/issue/{decision.public_id}")
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert "TN-" in client.get(first.location).text


def test_decision_that_awards_nothing_or_is_unknown_gives_nothing(
    client, certifier, session, library
):
    decision = make_awarding_decision(session, library, outcome="not_this_time")
    assert client.post(f"/credentials/issue/{decision.public_id}").status_code == 409
    assert client.post(f"/credentials/issue/{uuid4()}").status_code == 404


def test_without_a_key_the_certifier_reads_what_to_do(
    client, certifier, session, library
):
    decision = make_awarding_decision(session, library)
    answer = client.post(f"/credentials/issue/{decision.public_id}")
    assert answer.status_code == 409
    assert "lms keys new" in answer.text


def test_change_without_reason_is_shown_again_and_changes_nothing(
    client, certifier, session, certificate
):
    answer = change(client, certificate, "revoked", reason="短い")
    assert answer.status_code == 422
    assert "短い" in answer.text
    assert session.query(CredentialEvent).count() == 0


def test_change_that_is_not_possible_now_is_refused(client, certifier, certificate):
    assert change(client, certificate, "restored").status_code == 409
    assert change(client, certificate, "invented").status_code == 422
    assert change(client, certificate, "revoked").status_code == 303
    assert change(client, certificate, "revoked").status_code == 409


@pytest.mark.parametrize(
    ("meanwhile", "late", "present"),
    [
        (("suspended", "restored"), "restored", "有効</span>"),
        (("suspended",), "suspended", "停止</span>"),
        (("revoked",), "suspended", "取り消し</span>"),
    ],
)
def test_late_change_is_answered_with_the_present_state_and_the_typed_reason(
    client, certifier, certificate, meanwhile, late, present
):
    for event in meanwhile:
        change(client, certificate, event, "先に別の担当者が行いました。")
    typed = "この理由は消えてはいけません。"
    answer = change(client, certificate, late, typed)
    assert answer.status_code == 409
    assert typed in answer.text
    notice = answer.text.split('role="alert"')[1].split("</div>")[0]
    assert present in notice
    assert "Not a valid choice" not in answer.text


def test_refused_reason_is_kept_where_nothing_can_be_changed_any_more(
    client, certifier, certificate
):
    change(client, certificate, "revoked")
    answer = change(client, certificate, "suspended", reason="短すぎる")
    assert answer.status_code == 422
    assert "短すぎる" in answer.text


def test_limits_of_a_reason_are_both_said_before_it_is_typed(
    client, certifier, certificate
):
    page = client.get(f"/credentials/{certificate.public_id}").text
    assert "10字以上2000字以内" in page


def test_certificate_lists_its_levels_and_each_leads_back(client, certifier, issued):
    certificate, level = issued
    change(client, level, "suspended")
    page = client.get(f"/credentials/{certificate.public_id}").text
    rows = page.split('id="levels-title"')[1].split("</table>")[0]
    assert f"/credentials/{level.public_id}" in rows
    assert "停止</span>" in rows
    assert f'href="/credentials/{certificate.public_id}"' in (
        client.get(f"/credentials/{level.public_id}").text
    )


def test_decision_leads_to_the_certificate_that_it_gave(
    client, certifier, certificate, seat
):
    page = client.get(f"/decisions/{seat.cohort.slug}/{seat.enrolment.number}").text
    assert f'href="/credentials/{certificate.public_id}"' in page
    assert "/credentials/issue/" not in page


def test_public_page_of_a_level_says_what_it_is_and_follows_its_certificate(
    client, certifier, issued
):
    certificate, level = issued
    answer = client.get(f"/verify/{level.public_id}")
    page = answer.text
    assert "水準証明書は有効です" in page
    assert f"{level.title_ja}" in page
    assert f"{certificate.title_ja} {certificate.number}" in text_of(answer)
    assert str(certificate.public_id) not in page
    change(client, certificate, "revoked")
    page = client.get(f"/verify/{level.public_id}").text
    assert "水準証明書は取り消されています" in page
    assert "verify--red" in page


def test_holder_sees_which_level_and_that_it_follows_the_certificate(
    client, session, sign_in, seat, issued
):
    sign_in(make_person(session, Role.CERTIFIER))
    change(client, issued[0], "suspended")
    sign_in(seat.learner)
    page = client.get("/credentials/mine").text
    assert "水準3" in page
    assert page.count("停止</span>") == 2


def test_issuer_and_the_person_who_issued_have_different_names(
    client, certifier, certificate
):
    assert "<dt>発行機関</dt>" in client.get(f"/verify/{certificate.public_id}").text
    page = client.get(f"/credentials/{certificate.public_id}").text
    assert "<dt>発行担当者</dt>" in page


def test_history_names_who_did_what_and_why(client, certifier, certificate):
    change(client, certificate, "suspended")
    page = client.get(f"/credentials/{certificate.public_id}").text
    assert certifier.name in page
    assert REASON in page


@pytest.fixture
def newer(session, library, settings, certificate):
    return make_credentials(session, library, settings, now=just_now())[0]


def test_list_shows_certificates_and_leads_to_older_ones(
    client, certifier, certificate, newer, monkeypatch
):
    monkeypatch.setattr("lms.credentials.queries.credentials.PAGE_ROWS", 1)
    first = client.get("/credentials/").text
    assert newer.number in first
    assert certificate.number not in first
    older = first.split("?before=")[1].split('"')[0]
    assert certificate.number in client.get(f"/credentials/?before={older}").text
    assert client.get("/credentials/?before=x").status_code == 404


def test_list_without_certificates_says_so(client, certifier):
    assert client.get("/credentials/").status_code == 200


def test_files_are_downloaded_under_their_number(client, certifier, certificate):
    signed = client.get(f"/credentials/{certificate.public_id}.jwt")
    plain = client.get(f"/credentials/{certificate.public_id}.json")
    assert signed.text == certificate.jwt
    assert json.loads(plain.data) == certificate.document
    for answer, shape in ((signed, "jwt"), (plain, "json")):
        kept = f"attachment; filename={certificate.number}.{shape}"
        assert answer.headers["Content-Disposition"] == kept
    assert client.get(f"/credentials/{certificate.public_id}.xml").status_code == 404


def test_holder_sees_and_downloads_own_credentials(client, sign_in, seat, issued):
    sign_in(seat.learner)
    page = client.get("/credentials/mine").text
    for credential in issued:
        assert credential.number in page
        url = f"/credentials/mine/{credential.public_id}.jwt"
        assert client.get(url).text == credential.jwt


def test_what_is_not_yours_is_404(client, session, sign_in, certificate):
    sign_in(make_person(session))
    own = client.get(f"/credentials/mine/{certificate.public_id}.jwt")
    assert own.status_code == 404
    assert client.get("/credentials/mine").status_code == 200
    assert client.get(f"/credentials/{certificate.public_id}").status_code == 403


def test_demo_certificates_say_on_their_page_that_they_are_none(
    client, session, library, settings, seat
):
    demo = replace(settings, is_demo=True)
    certificate, _ = make_credentials(session, library, demo, seat=seat, now=just_now())
    page = client.get(f"/verify/{certificate.public_id}").text
    assert "見本" in certificate.document["name"]
    assert "notice--amber" in page


def test_export_says_the_state_of_each_credential(client, certifier, seat, issued):
    certificate, level = issued
    change(client, level, "revoked")
    path = f"/cohorts/{seat.cohort.slug}/records"
    assert "valid revoked" in client.get(f"{path}.csv").text
    [learner] = client.get(f"{path}.json").json["document"]["learners"]
    states = {row["id"]: row["state"] for row in learner["credential_states"]}
    assert states == {
        certificate.document["id"]: "valid",
        level.document["id"]: "revoked",
    }
    assert [row["entry"] for row in learner["credential_states"]] == [
        credential.document["credentialStatus"] for credential in issued
    ]


def test_nobody_lifts_the_suspension_of_their_own_certificate(
    client, session, sign_in, seat, certifier, certificate
):
    assert change(client, certificate, "suspended").status_code == 303
    session.add(
        RoleGrant(
            person_id=seat.learner.id, role=Role.CERTIFIER.value, granted_at=just_now()
        )
    )
    session.commit()
    session.expire_all()
    sign_in(seat.learner)
    client.post("/role", data={"role": "certifier"})
    page = client.get(f"/credentials/{certificate.public_id}").text
    assert "再開と取消しはできません" in page
    assert 'value="restored"' not in page
    for event in ("restored", "revoked"):
        answer = change(client, certificate, event)
        assert answer.status_code == 403
        assert REASON in answer.text  # what was typed comes back
    assert "verify--amber" in client.get(f"/verify/{certificate.public_id}").text


def test_whoever_guides_the_holder_may_suspend_and_no_more(
    client, session, sign_in, seat, certificate
):
    guide = make_person(session, Role.SUPERVISOR, Role.CERTIFIER)
    assign_learner(session, guide, seat.learner, now=just_now())
    session.commit()
    sign_in(guide)
    client.post("/role", data={"role": "certifier"})
    page = client.get(f"/credentials/{certificate.public_id}").text
    assert 'value="suspended"' in page
    assert 'value="revoked"' not in page
    assert change(client, certificate, "revoked").status_code == 403
    assert change(client, certificate, "suspended").status_code == 303
    assert change(client, certificate, "restored").status_code == 403


def test_nobody_issues_the_certificate_of_whom_they_guide(
    client, session, library, sign_in, seat
):
    decision = make_awarding_decision(session, library, seat)
    guide = make_person(session, Role.SUPERVISOR, Role.CERTIFIER)
    assign_learner(session, guide, seat.learner, now=just_now())
    session.commit()
    sign_in(guide)
    client.post("/role", data={"role": "certifier"})
    assert client.post(f"/credentials/issue/{decision.public_id}").status_code == 403
    assert session.scalar(select(Credential.id)) is None
