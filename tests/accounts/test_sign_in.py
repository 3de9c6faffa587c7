"""Signing in and out."""

import re

from lms.permissions import Role
from tests.factories.accounts import make_person


def readable(answer):
    """Return a page without its CSRF tokens, which carry the second."""
    return re.sub(r'name="csrf_token"[^>]*>', "", answer.text)


def test_right_password_leads_home(client, session):
    make_person(session, email="a@test.example", password="a-long-secret")
    answer = client.post(
        "/sign-in", data={"email": "A@test.example ", "password": "a-long-secret"}
    )
    assert answer.status_code == 303
    assert answer.location == "/"


def test_an_address_in_full_width_is_the_same_address(client, session):
    make_person(session, email="a@test.example", password="a-long-secret")
    typed = {"email": "ａ＠ｔｅｓｔ.example", "password": "a-long-secret"}
    assert client.post("/sign-in", data=typed).status_code == 303


def test_wrong_password_and_unknown_address_get_the_same_answer(client, session):
    make_person(session, email="b@test.example", password="a-long-secret")
    wrong = client.post(
        "/sign-in", data={"email": "b@test.example", "password": "another"}
    )
    unknown = client.post(
        "/sign-in", data={"email": "c@test.example", "password": "another"}
    )
    assert wrong.status_code == unknown.status_code == 422
    assert readable(wrong).replace("b@test", "c@test") == readable(unknown)


def test_target_outside_the_site_is_ignored(client, session):
    make_person(session, email="d@test.example", password="a-long-secret")
    for target in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\r\\evil.example",
        "/a\r\nSet-Cookie: b=c",
        "/a\\..\\evil.example",
        "evil.example",
    ):
        answer = client.post(
            "/sign-in",
            data={
                "email": "d@test.example",
                "password": "a-long-secret",
                "target": target,
            },
        )
        assert answer.location == "/"


def test_page_that_needs_sign_in_leads_there_and_back(client):
    answer = client.get("/?x=1")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?target=/?x%3D1"


def test_demo_buttons_exist_only_in_demo_mode(client, session):
    make_person(session, Role.TRAINEE, email="trainee@demo.example")
    assert client.post("/sign-in/demo", data={"role": "trainee"}).status_code == 404


def test_disabled_person_cannot_enter(client, session):
    person = make_person(session, email="e@test.example", password="a-long-secret")
    person.is_enabled = False
    session.commit()
    answer = client.post(
        "/sign-in", data={"email": "e@test.example", "password": "a-long-secret"}
    )
    assert answer.status_code == 422


def test_erased_profile_locks_nobody_else_out(client, session, sign_in):
    person = make_person(session)
    sign_in(person)
    session.delete(person.profile)
    session.commit()
    assert client.get("/").status_code in (200, 303)


def test_line_breaks_in_an_address_to_go_on_to_lead_nowhere(client, session, sign_in):
    sign_in(make_person(session))
    answer = client.get("/sign-in/second?target=/a%0d%0aX-Made: up")
    assert answer.status_code == 303
    assert answer.location == "/"
