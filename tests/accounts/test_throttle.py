"""Guessing is slowed down, per account and per address, without locking out owners."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.accounts.throttle import Throttle, network_of, sign_in_limits
from lms.app import create_app
from lms.audit.models import AuditEvent
from lms.errors import SettingsError
from lms.settings import Settings
from tests.accounts.conftest import PASSWORD, try_door
from tests.databases import answering_redis
from tests.factories.accounts import make_person

REDIS_URL = "redis://127.0.0.1:6379/8"
OWNER = "a@test.example"


@pytest.fixture(params=["memory", "redis"])
def redis_url(request):
    if request.param == "memory":
        return None
    answering_redis(REDIS_URL).close()
    return REDIS_URL


@pytest.fixture
def app(settings, database, redis_url):
    """Counters of its own: what is counted is named under a fresh secret."""
    made = replace(
        settings,
        secret_key=uuid4().hex * 2,
        redis_url=redis_url,
        failures_per_account=3,
        failures_per_address=7,
        resets_per_address=5,
    )
    app = create_app(made, database)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def person(session):
    return make_person(session, email=OWNER, password=PASSWORD)


def fail(client, count, email=OWNER):
    return [try_door(client, email, "wrong").status_code for _ in range(count)]


def test_after_too_many_failures_the_right_password_has_to_wait_too(browser, person):
    client = browser()
    assert fail(client, 4) == [422, 422, 422, 429]
    answer = try_door(client, OWNER)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert "Wait 15 minutes" in answer.text
    assert f'value="{OWNER}"' in answer.text  # what was typed comes back
    assert PASSWORD not in answer.text


def test_the_account_counts_over_all_addresses(browser, person):
    for number in range(3):
        assert fail(browser(f"192.0.2.{number}"), 1) == [422]
    assert try_door(browser("198.51.100.1"), OWNER).status_code == 429


def test_spelling_the_address_otherwise_is_no_way_round(browser, person):
    fail(browser(), 3, "A@Test.example ")
    assert try_door(browser("198.51.100.1"), OWNER).status_code == 429


def test_an_account_that_does_not_exist_is_throttled_in_the_same_words(browser, person):
    known, unknown = browser("192.0.2.1"), browser("198.51.100.1")
    assert fail(known, 4) == fail(unknown, 4, "z@test.example")
    assert "Wait 15 minutes" in try_door(unknown, "z@test.example").text


def test_other_accounts_stay_open(browser, person, session):
    make_person(session, email="b@test.example", password=PASSWORD)
    fail(browser(), 4)
    assert try_door(browser(), "b@test.example").status_code == 303


def test_the_address_counts_over_all_accounts(browser, person):
    client = browser("192.0.2.9")
    codes = [fail(client, 1, f"p{number}@test.example")[0] for number in range(8)]
    assert codes == [422] * 7 + [429]
    assert try_door(client, OWNER).status_code == 429
    assert try_door(browser("192.0.2.10"), OWNER).status_code == 303


def test_a_right_password_begins_the_count_anew(browser, person):
    client = browser()
    fail(client, 2)
    assert try_door(client, OWNER).status_code == 303
    assert fail(client, 3) == [422] * 3


def test_strangers_cannot_lock_out_a_browser_that_the_owner_has_used(browser, person):
    own = browser()
    try_door(own, OWNER)
    own.post("/sign-out")
    fail(browser("198.51.100.1"), 4)
    assert try_door(browser("203.0.113.1"), OWNER).status_code == 429
    assert try_door(own, OWNER).status_code == 303


def test_a_known_browser_is_slowed_down_as_well(browser, person):
    own = browser()
    try_door(own, OWNER)
    own.post("/sign-out")
    assert fail(own, 4) == [422, 422, 422, 429]


def test_the_trace_of_guessing_names_nobody(browser, person, session):
    fail(browser(), 5)
    fail(browser("198.51.100.1"), 5, "z@test.example")
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.action == "account.throttled")
        .order_by(AuditEvent.id)
    ).all()
    assert [row.object_id for row in events] == [str(person.subject_id), "unknown"]
    assert all(row.inputs == {} for row in events)


def test_asking_for_links_is_slowed_down_per_account(browser, person):
    codes = [
        browser(f"192.0.2.{number}")
        .post("/sign-in/forgotten", data={"email": OWNER})
        .status_code
        for number in range(4)
    ]
    assert codes == [303, 303, 303, 429]


def test_asking_for_links_is_slowed_down_per_address(browser):
    client = browser()
    asked = [
        client.post("/sign-in/forgotten", data={"email": f"p{number}@test.example"})
        for number in range(6)
    ]
    assert [answer.status_code for answer in asked] == [303] * 5 + [429]
    other = browser("198.51.100.1")
    data = {"email": "q@test.example"}
    assert other.post("/sign-in/forgotten", data=data).status_code == 303


def test_trying_links_is_slowed_down_per_address(browser):
    client = browser()
    codes = [client.get(f"/sign-in/reset/x{n}").status_code for n in range(8)]
    assert codes == [404] * 7 + [429]
    answer = client.post("/sign-in/invitation/y", data={"password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_what_is_counted_is_a_keyed_digest():
    first, second = (
        Throttle(
            secret * 40, sign_in_limits(per_account=1, per_address=1, resets=1), None
        )
        for secret in ("a", "b")
    )
    digest = first.digest("account", OWNER)
    assert OWNER not in digest
    assert digest != second.digest("account", OWNER)


def test_while_redis_is_away_each_process_counts_for_itself(
    settings, database, session, caplog
):
    make_person(session, email=OWNER, password=PASSWORD)
    app = create_app(
        replace(settings, redis_url="redis://127.0.0.1:1/0", failures_per_account=2),
        database,
    )
    app.config["WTF_CSRF_ENABLED"] = False
    codes = [try_door(app.test_client(), OWNER, "no").status_code for _ in range(3)]
    assert codes == [422, 422, 429]
    assert "Redis is away" in caplog.text
    assert OWNER not in caplog.text


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix:", "unknown"),
        (None, "unknown"),
    ],
)
def test_addresses_stand_for_whom_they_belong_to(address, stands_for):
    assert network_of(address) == stands_for


def test_one_ipv6_network_counts_as_one():
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")


@pytest.mark.parametrize(("proxies", "counted_together"), [(0, True), (1, False)])
def test_the_address_from_a_proxy_counts_only_if_the_proxy_is_trusted(
    settings, database, proxies, counted_together
):
    app = create_app(
        replace(settings, trusted_proxies=proxies, failures_per_address=1), database
    )
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    codes = [
        client.post(
            "/sign-in",
            data={"email": f"{address}@test.example", "password": "x"},
            headers={"X-Forwarded-For": f"203.0.113.{address}"},
        ).status_code
        for address in (1, 2)
    ]
    assert codes == [422, 429 if counted_together else 422]


def test_settings_of_the_door_are_checked():
    env = {"LMS_SECRET_KEY": "x" * 32, "LMS_TRUSTED_PROXIES": "0"}
    assert Settings.from_env(env).trusted_proxies == 0
    for name in ("LMS_TRUSTED_PROXIES", "LMS_SESSION_HOURS"):
        with pytest.raises(SettingsError, match=name):
            Settings.from_env({**env, name: "-1"})
