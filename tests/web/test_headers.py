"""Headers and cookies of every answer (OWASP ASVS 5.0, V3.3 and V3.4)."""

from dataclasses import replace

import pytest

from lms.app import create_app
from lms.permissions import Role
from tests.factories.accounts import make_person

PATHS = ("/sign-in", "/nothing-here", "/static/tokens.css", "/healthz", "/verify")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_policies(client, path):
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy.split("; ")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_page_without_tls_promises_none(settings, database):
    plain = create_app(replace(settings, public_url="http://lan.example"), database)
    assert (
        "Strict-Transport-Security" not in plain.test_client().get("/sign-in").headers
    )


def test_the_cookie_belongs_to_this_host_and_no_script_reads_it(client):
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("__Host-tsunagu=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie.split("; ")
    assert "Domain" not in cookie
    assert len(cookie) < 4096


def test_pages_of_a_person_are_kept_by_no_cache(client, session, sign_in):
    sign_in(make_person(session, Role.TRAINEE))
    for path in ("/", "/competencies/", "/account/data", "/modules/", "/cases/"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_only_published_documents_may_be_read_by_other_sites(client, session, sign_in):
    sign_in(make_person(session, *Role))
    for path in ("/", "/sign-in", "/competencies/", "/account/data"):
        answer = client.get(path, headers={"Origin": "https://elsewhere.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers
    answer = client.get("/.well-known/jwks.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("way_out", ["/sign-out", "/account/security/end-all"])
def test_signing_out_clears_what_the_browser_stored(client, session, sign_in, way_out):
    sign_in(make_person(session))
    answer = client.post(way_out)
    assert answer.location == "/sign-in"
    assert '"storage"' in answer.headers["Clear-Site-Data"]


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE"])
def test_methods_that_no_page_knows_are_refused(client, method):
    assert client.open("/sign-in", method=method).status_code in (404, 405)


def test_the_cookie_of_a_known_browser_is_as_narrow(client, session):
    make_person(session, email="a@test.example", password="seven quiet herons")
    data = {"email": "a@test.example", "password": "seven quiet herons"}
    sent = client.post("/sign-in", data=data).headers.getlist("Set-Cookie")
    (known,) = [row for row in sent if "known" in row]
    assert known.startswith("__Host-tsunagu-known=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in known.split("; ")
    assert "Domain" not in known


def test_text_answers_say_their_encoding(client):
    for path in ("/sign-in", "/static/tokens.css", "/healthz"):
        with client.get(path) as answer:
            assert answer.headers["Content-Type"].endswith("charset=utf-8")


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "", "://"])
def test_an_origin_that_no_browser_sends_is_refused_and_no_fault(client, origin):
    answer = client.post("/theme", data={"theme": "x"}, headers={"Origin": origin})
    assert answer.status_code == 400
