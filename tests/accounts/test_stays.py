"""Sign-ins as rows: begun, renewed, ended, and never opened by an old cookie."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts.gate import STAY_KEY
from lms.accounts.links import send_link
from lms.accounts.models import SignIn
from lms.accounts.sign_ins import (
    NewStay,
    begin_sign_in,
    end_sign_ins,
    forget_sign_ins,
    list_sign_ins,
    rotate_sign_in,
)
from lms.accounts.signed_in import find_signed_in
from lms.accounts.ways_in import Purpose
from lms.app import create_app
from lms.audit.models import AuditEvent
from lms.clock import utc_now
from tests.accounts.conftest import PASSWORD, carry, cookie_of, is_inside, try_door
from tests.conftest import NOON
from tests.factories.accounts import make_person
from tests.factories.sign_ins import LIMITS
from tests.grading.values import QueryCount


@pytest.fixture
def person(session):
    return make_person(session, email="a@test.example", password=PASSWORD)


def begin(session, person, **given):
    return begin_sign_in(
        session, person.id, NewStay("password", **given), limits=LIMITS, now=NOON
    )


def find(session, token, at=NOON):
    """Return the row of an open stay."""
    reader = find_signed_in(session, token, limits=LIMITS, now=at)
    return reader and session.get_one(SignIn, reader.stay.id)


def test_the_database_holds_the_digest_of_the_token_alone(session, person):
    token = begin(session, person)
    stay = find(session, token)
    assert stay.digest == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) == 43  # 256 bits in URL-safe Base64


def test_a_stay_ends_when_nobody_asks_for_an_hour(session, person):
    token = begin(session, person)
    last = NOON + LIMITS.idle
    assert find(session, token, last - timedelta(seconds=1)) is not None
    assert find(session, token, last) is None


def test_a_stay_ends_after_twelve_hours_however_busy(session, person):
    token = begin(session, person)
    stay = find(session, token)
    end = NOON + LIMITS.overall
    stay.last_seen_at = end - timedelta(minutes=1)
    session.flush()
    assert find(session, token, end - timedelta(seconds=1)) is not None
    assert find(session, token, end) is None


def test_a_renewed_token_works_and_the_old_one_does_not(session, person):
    old = begin(session, person)
    new = rotate_sign_in(find(session, old))
    session.flush()
    assert find(session, old) is None
    assert find(session, new) is not None


def test_ending_all_stays_can_spare_one(session, person):
    kept, other = begin(session, person), begin(session, person)
    stay = find(session, kept)
    ended = end_sign_ins(
        session, person.id, now=NOON, reason="role_changed", except_id=stay.id
    )
    assert ended == 1
    assert find(session, kept) is not None
    assert find(session, other) is None


def test_a_disabled_person_has_no_open_stay(session, person):
    token = begin(session, person)
    person.is_enabled = False
    session.flush()
    assert find(session, token) is None


def test_ended_stays_and_links_are_forgotten_after_their_time(session, person):
    begin(session, person)
    end_sign_ins(session, person.id, now=NOON, reason="signed_out")
    open_one = begin(session, person)
    send_link(session, person.id, Purpose.RESET, now=NOON - timedelta(hours=1))
    assert forget_sign_ins(session, NOON + timedelta(hours=1)) == 2
    assert find(session, open_one) is not None


def test_signing_in_gives_a_cookie_that_holds_a_token_only(app, browser, person):
    client = browser()
    answer = try_door(client, "a@test.example")
    [header] = [
        header
        for header in answer.headers.getlist("Set-Cookie")
        if header.startswith("__Host-tsunagu=")
    ]
    for rule in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert rule in header
    assert "Domain" not in header
    with client.session_transaction(base_url="https://localhost") as cookie:
        assert set(cookie) <= {STAY_KEY, "csrf_token", "_flashes"}


def test_without_https_the_cookie_has_its_plain_name(settings, database):
    app = create_app(replace(settings, public_url="http://127.0.0.1"), database)
    header = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert header.startswith("tsunagu=")
    assert "Secure" not in header


def test_loading_the_reader_takes_one_query(session, person):
    token = begin(session, person)
    session.flush()
    session.expunge_all()
    with QueryCount(session.get_bind()) as count:
        reader = find_signed_in(session, token, limits=LIMITS, now=NOON)
        assert reader.name
        assert reader.roles
        assert not reader.has_factor
    assert count.number == 1


def test_an_old_cookie_is_useless_after_sign_out(browser, person):
    client, thief = browser(), browser("198.51.100.7")
    try_door(client, "a@test.example")
    stolen = cookie_of(client)
    client.post("/sign-out")
    carry(thief, stolen)
    assert not is_inside(client)
    assert not is_inside(thief)


def test_a_cookie_from_before_sign_in_does_not_come_to_open(browser, person):
    client, attacker = browser(), browser("198.51.100.7")
    attacker.get("/sign-in")
    carry(client, cookie_of(attacker))  # planted
    try_door(client, "a@test.example")
    assert is_inside(client)
    assert not is_inside(attacker)


def test_signing_in_again_ends_what_the_browser_carried(browser, person, stays):
    client = browser()
    try_door(client, "a@test.example")
    first = cookie_of(client)
    try_door(client, "a@test.example")
    assert [row.end_reason for row in stays(person)] == ["replaced", None]
    carry(client, first)
    assert not is_inside(client)


def test_only_language_and_theme_outlast_a_stay(browser, person):
    client = browser()
    client.get("/sign-in?lang=en")
    client.post("/theme", data={"theme": "dark"})
    try_door(client, "a@test.example")
    client.post("/sign-out")
    with client.session_transaction(base_url="https://localhost") as cookie:
        assert set(cookie) - {"csrf_token"} == {"language", "theme"}


@pytest.mark.parametrize("moment", ["last_seen_at", "expires_at"])
def test_a_page_after_the_end_leads_to_sign_in_and_back(
    browser, person, session, stays, moment
):
    client = browser()
    try_door(client, "a@test.example")
    [stay] = stays(person)
    setattr(stay, moment, utc_now() - timedelta(minutes=61))
    session.commit()
    answer = client.get("/account/security")
    assert answer.location == "/sign-in?target=/account/security"
    back = try_door(client, "a@test.example", target="/account/security")
    assert back.location == "/account/security"


def test_the_door_says_that_the_sign_in_has_ended_and_only_then(
    browser, person, session, stays
):
    client, words = browser(), "You were signed out. Sign in again."
    assert words not in client.get("/sign-in?lang=en").text
    try_door(client, "a@test.example")
    assert words not in client.get("/sign-in").text
    [stay] = stays(person)
    stay.ended_at = utc_now()
    session.commit()
    answer = client.get("/account/security")
    page = client.get(answer.location).text
    assert words in page
    assert "is kept" not in page
    assert words in try_door(client, "a@test.example", password="wrong").text
    try_door(client, "a@test.example")
    client.post("/sign-out")
    assert words not in client.get("/sign-in").text


def test_the_list_shows_every_open_stay_and_which_is_this_one(browser, person):
    here, phone = browser(), browser(agent="Mozilla/5.0 (Android) Chrome/140 Safari/5")
    try_door(here, "a@test.example")
    try_door(phone, "a@test.example")
    page = here.get("/account/security").text
    assert "Firefox, Windows" in page
    assert "Chrome, Android" in page
    assert page.count("This browser") == 1


def test_one_stay_can_be_ended_from_another_browser(browser, person, stays):
    here, phone = browser(), browser()
    try_door(here, "a@test.example")
    try_door(phone, "a@test.example")
    other = stays(person)[1].public_id
    answer = here.post(f"/account/security/{other}/end")
    assert answer.status_code == 303
    assert is_inside(here)
    assert not is_inside(phone)


def test_the_stay_of_somebody_else_is_not_found(browser, person, session, stays):
    stranger = make_person(session, email="b@test.example", password=PASSWORD)
    here, there = browser(), browser()
    try_door(here, "a@test.example")
    try_door(there, "b@test.example")
    other = stays(stranger)[0].public_id
    assert here.post(f"/account/security/{other}/end").status_code == 404
    assert is_inside(there)


def test_signing_out_everywhere_ends_all_and_leaves_a_trace(browser, person, session):
    here, phone = browser(), browser()
    try_door(here, "a@test.example")
    try_door(phone, "a@test.example")
    answer = here.post("/account/security/end-all")
    assert answer.location == "/sign-in"
    assert not is_inside(here)
    assert not is_inside(phone)
    event = session.scalar(
        select(AuditEvent).where(AuditEvent.action == "sign_ins.ended")
    )
    assert (event.object_id, event.inputs) == (str(person.subject_id), {"count": 2})


def test_no_address_is_kept(browser, person, stays):
    client = browser("203.0.113.99")
    try_door(client, "a@test.example")
    columns = SignIn.__table__.columns.keys()
    [stay] = stays(person)
    assert not any("203.0.113.99" in str(getattr(stay, name)) for name in columns)


def test_listing_leaves_out_what_has_ended(session, person):
    begin(session, person)
    end_sign_ins(session, person.id, now=NOON, reason="signed_out")
    begin(session, person, browser="Edge, Windows")
    [only] = list_sign_ins(session, person.id, limits=LIMITS, now=NOON)
    assert only.browser == "Edge, Windows"
