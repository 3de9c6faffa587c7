"""Signing in through a provider that really runs, well and badly behaved."""

import logging
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import func, select

from lms.accounts.models import Person, SignIn
from lms.accounts.single_sign_on.models import ExternalIdentity
from lms.accounts.single_sign_on.patience import Patience
from lms.accounts.single_sign_on.personal import ExternalIdentityData
from lms.accounts.single_sign_on.provider import Provider
from lms.app import create_app
from lms.audit.models import AuditEvent
from lms.errors import SettingsError
from lms.oidc import OidcSettings, read_oidc
from lms.permissions import Role
from tests.accounts.oidc_provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.factories.accounts import make_person

EMAIL = "known@test.example"
BEGIN, CALLBACK = "/sign-in/oidc", "/sign-in/oidc/callback"


@pytest.fixture(scope="module")
def served():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(served):
    """A provider that behaves, whatever a test did to it before."""
    served.claims, served.fault, served.other_keys = {}, "", []
    served.rotate()
    return served


@pytest.fixture
def oidc(provider):
    return OidcSettings(
        issuer=provider.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )


@pytest.fixture
def app(settings, database, oidc):
    app = create_app(replace(settings, oidc=oidc), database)
    app.config.update(WTF_CSRF_ENABLED=False)
    be_patient(app, rest_seconds=0)
    return app


def be_patient(app, **seconds):
    """Give the application a provider that it waits for otherwise."""
    settings = app.config["LMS_SETTINGS"]
    app.extensions["lms_provider"] = Provider(
        settings.oidc, settings.public_url + CALLBACK, Patience(**seconds)
    )


@pytest.fixture
def person(session):
    return make_person(session, email=EMAIL)


def go_to_provider(client, **asked):
    """Follow the button to the provider; return the way back that it answers with."""
    begun = client.get(BEGIN, query_string=asked)
    assert begun.status_code == 303
    answer = requests.get(begun.location, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == "https://tsunagu.example"
    return f"{back.path}?{back.query}"


def sign_in_through(client, **asked):
    return client.get(go_to_provider(client, **asked))


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_person_with_a_verified_address_comes_in_and_goes_on(client, session, person):
    answer = sign_in_through(client, target="/account/data?x=1")
    assert answer.status_code == 303
    assert answer.location == "/account/data?x=1"
    assert client.get(answer.location).status_code == 200
    assert session.scalars(select(SignIn.method)).all() == ["oidc"]
    link = session.scalars(select(ExternalIdentity)).one()
    assert (link.person_id, link.subject) == (person.id, "person-1")
    trail = select(AuditEvent.object_id).where(AuditEvent.action == "identity.linked")
    assert session.scalars(trail).all() == [str(person.subject_id)]


def test_request_carries_state_nonce_and_a_hashed_verifier(client):
    asked = parse_qs(urlsplit(client.get(BEGIN).location).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    again = parse_qs(urlsplit(client.get(BEGIN).location).query)
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name][0]) >= 43
        assert asked[name] != again[name]


def test_second_time_the_providers_id_counts_and_the_address_no_longer(
    client, session, provider, person
):
    sign_in_through(client)
    provider.claims = {"email": "new@test.example", "email_verified": False}
    assert sign_in_through(client).status_code == 303
    assert count(session, ExternalIdentity) == 1


def test_signed_by_an_elliptic_key_it_is_taken_too(client, provider, person):
    provider.rotate(ec=True)
    assert sign_in_through(client).status_code == 303


@pytest.mark.parametrize("fault", ["denied", "token page", "discovery"])
def test_who_is_not_let_in_begins_again_toward_the_same_page(client, provider, fault):
    provider.fault = fault
    if fault == "discovery":
        page = client.get(BEGIN, query_string={"target": "/kept"})
    else:
        page = sign_in_through(client, target="/kept")
    assert 'href="/sign-in/oidc?target=/kept"' in page.text
    assert 'href="/sign-in?target=/kept"' in page.text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another client"]},
        {"aud": None},
        {"iss": "https://other.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"sub": None},
        {"sub": ""},
        {"sub": "a\0b"},
        {"sub": "a" * 256},
        {"amr": "mfa"},
        {"at_hash": "wrong"},
    ],
    ids=str,
)
def test_token_with_wrong_claims_lets_nobody_in(client, session, provider, claims):
    make_person(session, email=EMAIL)
    provider.claims = claims
    answer = sign_in_through(client)
    assert answer.status_code == 400
    assert "確認できなかった" in answer.text
    assert count(session, SignIn) == count(session, ExternalIdentity) == 0


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("alg none", 400),
        ("shared secret", 400),
        ("other key", 400),
        ("no keys", 400),
        ("no id token", 400),
        ("mix-up", 400),
        ("denied", 403),
        ("token page", 400),
        ("token 500", 503),
    ],
)
def test_misbehaviour_is_a_page_with_a_remedy_and_lets_nobody_in(
    client, session, provider, person, fault, status
):
    provider.fault = fault
    answer = sign_in_through(client)
    assert answer.status_code == status
    assert f'href="{BEGIN}"' in answer.text
    assert 'href="/sign-in"' in answer.text
    assert count(session, SignIn) == 0
    provider.fault = ""
    assert sign_in_through(client).status_code == 303


@pytest.mark.parametrize("amr", [False, 0, []])
def test_no_word_of_factors_is_no_factor(client, provider, person, amr):
    provider.claims = {"amr": amr}
    assert sign_in_through(client).status_code == 303


def test_address_that_no_mail_could_reach_is_nobodys(client, provider, person):
    provider.claims = {"email": f"\0{EMAIL}"}
    assert sign_in_through(client).status_code == 403


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "EC", "crv": "brainpoolP256r1", "kid": "other", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "Ed999", "kid": "other", "x": "AA"},
        {"kty": "new", "kid": "other"},
        {"kid": "other"},
    ],
    ids=str,
)
def test_published_keys_that_we_cannot_read_hide_no_other(
    client, provider, person, other
):
    provider.other_keys = [other]
    assert sign_in_through(client).status_code == 303


@pytest.mark.parametrize("fault", ["drip", "flood", "silence"])
def test_answer_without_an_end_is_given_up(app, client, provider, person, fault):
    be_patient(app, silence_seconds=0.3, answer_seconds=0.5, rest_seconds=0)
    provider.fault = fault
    assert sign_in_through(client).status_code == 503
    provider.fault = ""
    assert sign_in_through(client).status_code == 303


def test_provider_that_was_away_is_left_alone_for_a_while(app, client, provider):
    be_patient(app, answer_seconds=0.3, rest_seconds=600)
    provider.fault = "token 500"  # it is there: whoever provokes this stops nobody
    assert sign_in_through(client).status_code == 503
    provider.fault = "drip"
    assert sign_in_through(client).status_code == 503
    provider.fault = ""
    assert client.get(BEGIN).status_code == 503
    be_patient(app, rest_seconds=0)
    assert client.get(BEGIN).status_code == 303


def test_provider_that_is_away_locks_nobody_out_of_the_other_way(
    client, provider, settings
):
    provider.fault = "discovery"
    for _ in range(settings.failures_per_address):
        assert client.get(BEGIN).status_code == 503
    provider.fault = ""
    assert client.get(BEGIN).status_code == 303
    data = {"email": EMAIL, "password": "wrong-but-long-enough"}
    assert client.post("/sign-in", data=data).status_code == 422


def test_failures_here_do_not_count_as_wrong_passwords(client, provider, settings):
    for _ in range(settings.failures_per_address):
        client.get(CALLBACK)
    data = {"email": EMAIL, "password": "wrong-but-long-enough"}
    assert client.post("/sign-in", data=data).status_code == 422


@pytest.mark.parametrize("fault", ["discovery", "discovery list", "issuer"])
def test_provider_that_does_not_say_where_it_is_counts_as_away(
    client, provider, person, fault
):
    provider.fault = fault
    assert client.get(BEGIN).status_code == 503
    provider.fault = ""
    assert sign_in_through(client).status_code == 303


def test_provider_that_is_away_is_told_calmly(settings, database, oidc):
    with running_provider() as provider:
        gone = replace(oidc, issuer=provider.issuer)
        app = create_app(replace(settings, oidc=gone), database)
        client = app.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"
        back = go_to_provider(client)
    for path in (back, BEGIN):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "数分" in answer.text


def test_keys_that_rotated_are_fetched_again_once(client, provider, person):
    sign_in_through(client)
    fetched = provider.key_fetches
    sign_in_through(client)
    assert provider.key_fetches == fetched
    provider.rotate("a new name")
    assert sign_in_through(client).status_code == 303
    provider.rotate("a new name")  # another key under the same name
    assert sign_in_through(client).status_code == 303
    assert provider.key_fetches == fetched + 2


def test_answer_works_once_and_in_the_browser_that_asked(client, app, person):
    back = go_to_provider(client)
    other = app.test_client()
    other.environ_base["wsgi.url_scheme"] = "https"
    assert other.get(back).status_code == 400
    assert client.get(back).status_code == 303
    client.post("/sign-out")
    assert client.get(back).status_code == 400


def test_wrong_state_is_refused_and_ends_the_flow(client, person):
    back = go_to_provider(client)
    wrong = back.replace("state=", "state=x")
    assert client.get(wrong).status_code == 400
    assert client.get(back).status_code == 400
    assert client.get(CALLBACK).status_code == 400


def test_flow_that_took_too_long_is_refused(client, person):
    back = go_to_provider(client)
    with client.session_transaction(base_url="https://localhost") as cookie:
        cookie["oidc"] = {**cookie["oidc"], "at": cookie["oidc"]["at"] - 601}
    answer = client.get(back)
    assert answer.status_code == 400
    assert "時間がかかりすぎた" in answer.text


def test_nothing_of_the_flow_stays_in_the_cookie(client, provider, person):
    for fault in ("", "denied"):
        provider.fault = fault
        sign_in_through(client)
        with client.session_transaction(base_url="https://localhost") as cookie:
            assert "oidc" not in cookie


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": "nobody@test.example"},
        {"email": "ｋnown@test.example"},  # somebody else's mailbox
    ],
    ids=str,
)
def test_nobody_is_linked_or_registered_without_a_verified_known_address(
    client, session, provider, person, claims
):
    provider.claims = claims
    answer = sign_in_through(client)
    assert answer.status_code == 403
    assert "招待" in answer.text
    assert count(session, ExternalIdentity) == 0
    assert count(session, Person) == 1


def test_address_that_passed_to_somebody_else_opens_nothing(
    client, session, provider, person
):
    sign_in_through(client)
    client.post("/sign-out")
    provider.claims = {"sub": "person-2"}
    assert sign_in_through(client).status_code == 403
    assert session.scalars(select(ExternalIdentity.subject)).all() == ["person-1"]


def test_suspended_person_is_not_let_in_linked_or_not(client, session, person):
    person.is_enabled = False
    session.commit()
    assert sign_in_through(client).status_code == 403
    assert count(session, ExternalIdentity) == 0
    person.is_enabled = True
    session.commit()
    sign_in_through(client)
    person.is_enabled = False
    session.commit()
    assert sign_in_through(client).status_code == 403


def test_certifier_is_asked_for_a_code_whatever_the_provider_says(
    client, session, provider
):
    make_person(session, Role.CERTIFIER, email=EMAIL)
    provider.claims = {"amr": ["pwd", "otp", "mfa"]}
    sign_in_through(client)
    assert client.get("/").location.startswith("/account/second-factor")


@pytest.mark.parametrize(
    ("amr", "is_enough"), [(["pwd", "mfa"], True), (["pwd"], False), (None, False)]
)
def test_providers_factors_count_where_the_setting_says_so(
    settings, database, session, provider, oidc, amr, is_enough
):
    trusted = replace(oidc, is_second_factor=True)
    client = create_app(replace(settings, oidc=trusted), database).test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    make_person(session, Role.CERTIFIER, email=EMAIL)
    provider.claims = {"amr": amr}
    sign_in_through(client)
    assert (client.get("/").status_code == 200) is is_enough


def test_foreign_target_is_left_out(client, person):
    assert sign_in_through(client, target="//evil.example").location == "/"


def test_too_many_failures_keep_us_from_knocking_at_the_provider(
    client, provider, settings
):
    for _ in range(settings.failures_per_address):
        client.get(CALLBACK)
    assert client.get(BEGIN).status_code == 429


def test_nothing_secret_or_personal_is_logged(client, provider, person, caplog):
    caplog.set_level(logging.DEBUG)
    for fault in ("", "other key", "token page", "discovery"):
        provider.fault = fault
        back = go_to_provider(client) if fault != "discovery" else BEGIN
        client.get(back)
    ours = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.split(".")[0] in ("lms", "authlib", "joserfc")
    )
    assert "refused" in ours
    for secret in (EMAIL, CLIENT_SECRET, "code-", "person-1", "eyJ"):
        assert secret not in ours


def test_button_carries_the_providers_name_in_both_languages(client, oidc):
    page = client.get("/sign-in?target=/account/data").text
    assert f"{oidc.name_ja}でサインイン" in page
    assert f'href="{BEGIN}?target=/account/data"' in page
    client.get("/sign-in?lang=en")
    assert f"Sign in with {oidc.name_en}" in client.get("/sign-in").text.replace(
        "&#39;", "'"
    )


def test_without_the_setting_there_is_neither_button_nor_way(settings, database):
    client = create_app(settings, database).test_client()
    assert BEGIN not in client.get("/sign-in").text
    assert client.get(BEGIN).status_code == 404
    assert client.get(CALLBACK).status_code == 404


def test_links_are_taken_along_and_erased(client, session, person):
    sign_in_through(client)
    (held,) = ExternalIdentityData().export(session, person)
    assert held["subject"] == "person-1"
    assert ExternalIdentityData().erase(session, person) == 1
    assert count(session, ExternalIdentity) == 0


def test_settings_are_read_whole_or_refused():
    env = {
        "LMS_OIDC_ISSUER": "https://id.example/x",
        "LMS_OIDC_CLIENT_ID": "a",
        "LMS_OIDC_CLIENT_SECRET": "b",
        "LMS_OIDC_NAME_EN": "City of Example",
        "LMS_OIDC_IS_SECOND_FACTOR": "1",
    }
    found = read_oidc(env)
    assert (found.issuer, found.name_en) == (env["LMS_OIDC_ISSUER"], "City of Example")
    assert found.is_second_factor
    assert "client_secret" not in repr(found)
    assert read_oidc({}) is None
    for name, value in (
        ("LMS_OIDC_ISSUER", "http://id.example"),
        ("LMS_OIDC_ISSUER", "https://"),
        ("LMS_OIDC_CLIENT_ID", ""),
        ("LMS_OIDC_CLIENT_SECRET", ""),
    ):
        with pytest.raises(SettingsError, match="LMS_OIDC"):
            read_oidc({**env, name: value})
