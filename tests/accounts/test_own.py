"""One's own account: what it shows, its password, its language."""

import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from lms.accounts.links import DeadLinkError, get_open_link, request_reset, send_link
from lms.accounts.models import AccountLink, Profile, RoleGrant, SignIn
from lms.accounts.personal import AccountData
from lms.accounts.ways_in import Purpose
from lms.clock import utc_now
from lms.jobs.models import OutboxMail
from tests.accounts.conftest import (
    PASSWORD,
    acts_on,
    carry,
    cookie_of,
    is_inside,
    try_door,
)
from tests.factories.accounts import make_person

NEW = "two otters cross the yard"
OWNER = "a@test.example"


@pytest.fixture
def person(session):
    return make_person(
        session,
        email=OWNER,
        password=PASSWORD,
        name="佐藤 例子",
        name_kana="さとう れいこ",
    )


@pytest.fixture
def inside(browser, person):
    client = browser()
    try_door(client, OWNER)
    return client


def change(client, current=PASSWORD, new=NEW):
    return client.post("/account/password", data={"current": current, "password": new})


def test_the_account_shows_name_reading_and_address(inside):
    page = inside.get("/account").text
    for text in (
        "佐藤 例子",
        "さとう れいこ",
        OWNER,
        "/account/security",
        "/account/data",
    ):
        assert text in page


def test_language_and_theme_are_kept_for_pages_and_mails(inside, session, person):
    answer = inside.post("/account", data={"language": "ja", "theme": "dark"})
    assert answer.status_code == 303
    page = inside.get("/account").text
    assert 'lang="ja" data-theme="dark"' in page
    session.refresh(person.profile)
    assert person.profile.locale == "ja"


def test_a_language_that_does_not_exist_is_refused(inside):
    answer = inside.post("/account", data={"language": "xx", "theme": "dark"})
    assert answer.status_code == 422


def test_a_new_password_needs_the_present_one(inside, browser):
    answer = change(inside, current="something else here")
    assert answer.status_code == 422
    assert "not your present password" in answer.text
    assert NEW not in answer.text
    assert try_door(browser(), OWNER).status_code == 303


def test_a_weak_new_password_is_refused_with_advice(inside):
    answer = change(inside, new="Password-1234567")
    assert answer.status_code == 422
    assert "tried first" in answer.text


def test_a_changed_password_ends_other_stays_and_renews_this_one(
    inside, browser, session, person
):
    other = browser()
    try_door(other, OWNER)
    old = cookie_of(inside)
    assert change(inside).status_code == 303
    assert is_inside(inside)
    assert not is_inside(other)
    carry(other, old)
    assert not is_inside(other)
    assert try_door(browser(), OWNER).status_code == 422
    assert try_door(browser(), OWNER, NEW).status_code == 303
    assert acts_on(session, person) == [("password.changed", person.subject_id, {})]
    assert session.scalar(select(OutboxMail.kind)) == "password_changed"


def test_guessing_the_present_password_is_slowed_down(inside):
    codes = [change(inside, current="a guess").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_a_hash_at_another_cost_is_renewed_at_sign_in(browser, session, person):
    older = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    person.profile.password_hash = older.hash(PASSWORD)
    session.commit()
    assert try_door(browser(), OWNER).status_code == 303
    session.expire_all()
    kept = session.scalar(select(Profile.password_hash))
    assert "t=1" in kept
    assert try_door(browser(), OWNER).status_code == 303


def test_the_door_and_the_question_for_a_link_run_no_query(app, browser):
    app.extensions["lms_database"] = None  # any query would fail
    assert browser().get("/sign-in").status_code == 200
    assert browser().get("/sign-in/forgotten").status_code == 200


def test_password_fields_allow_managers_and_pasting(browser, inside):
    door, own = browser().get("/sign-in").text, inside.get("/account/password").text
    for page, count in ((door, 1), (own, 2)):
        fields = re.findall(r"<input[^>]*autocomplete=\"[a-z]+-password\"[^>]*>", page)
        assert [field.count('type="password"') for field in fields] == [1] * count
        assert page.count("data-password") == count
    assert 'autocomplete="current-password"' in door
    assert 'autocomplete="new-password"' in own
    assert "onpaste" not in door + own


def test_erasing_a_person_deletes_stays_and_links(inside, browser, session, person):
    send_link(session, person.id, Purpose.RESET, now=utc_now())
    session.commit()
    exported = AccountData().export(session, person)
    assert [row["browser"] for row in exported["sign_ins"]] == ["Firefox, Windows"]
    assert "digest" not in exported["sign_ins"][0]
    AccountData().erase(session, person)
    session.commit()
    assert session.scalars(select(SignIn)).all() == []
    assert session.scalars(select(AccountLink)).all() == []
    assert not is_inside(inside)


def test_a_changed_password_voids_links_that_are_on_their_way(inside, session, person):
    request_reset(session, OWNER, now=utc_now())
    send_link(session, person.id, Purpose.RESET, now=utc_now())
    session.commit()
    assert change(inside).status_code == 303
    session.expire_all()
    link = session.scalar(select(AccountLink))
    assert link.superseded_at is not None
    with pytest.raises(DeadLinkError):
        get_open_link(session, link.public_id, Purpose.RESET, now=utc_now())
    waiting = select(OutboxMail.kind).where(OutboxMail.sent_at.is_(None))
    assert session.scalars(waiting).all() == ["password_changed"]


def test_whoever_lost_the_last_role_can_sign_out_and_take_their_data_along(
    inside, session, person
):
    session.execute(update(RoleGrant).values(revoked_at=utc_now()))
    session.commit()
    home = inside.get("/")
    assert home.status_code == 200
    assert 'action="/sign-out"' in home.text
    assert "You hold no role at the moment" in home.text
    assert inside.get("/modules/").status_code == 403
    for path in ("/account", "/account/security", "/account/data"):
        assert inside.get(path).status_code == 200, path
    assert inside.post("/account/data/export").status_code == 200
    assert inside.post("/sign-out").status_code == 303
    assert not is_inside(inside)
