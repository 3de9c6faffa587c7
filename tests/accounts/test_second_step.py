"""The step between the password and everything else, over HTTP."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from pyotp import TOTP
from sqlalchemy import func, select

from lms.accounts.gate import STAY_KEY
from lms.accounts.links import LinkSigner, send_link
from lms.accounts.models import AccountLink, KeptForm, SignIn
from lms.accounts.second_factor.held import REQUIRED_ROLES
from lms.accounts.second_factor.queries import count_codes_left, find_factor
from lms.accounts.ways_in import Purpose
from lms.app import create_app
from lms.audit.models import AuditEvent
from lms.clock import utc_now
from lms.jobs.models import OutboxMail
from lms.permissions import Role
from lms.web.access import PUBLIC, declared_access
from tests.accounts.factor_makers import set_up_factor
from tests.architecture.test_access import address, rules
from tests.factories.accounts import make_person

PASSWORD = "a-long-secret-word"
OPEN_AT_STEP = {"second_factor.step", "second_factor.pass_step"}
OPEN_AT_SETUP = {
    "second_factor.own",
    "second_factor.begin",
    "second_factor.offer",
    "second_factor.picture",
    "second_factor.confirm",
}


@pytest.fixture
def make(session):
    def make(*roles, **given):
        return make_person(session, *roles, password=PASSWORD, **given)

    return make


def enter(client, person):
    return client.post(
        "/sign-in", data={"email": person.profile.email, "password": PASSWORD}
    )


def send_code(client, code, **more):
    return client.post("/sign-in/second", data={"code": code, **more})


def present(app):
    return app.at(utc_now())


def set_up_before(session, person):
    """Set a factor up long enough ago for any present code to be new."""
    return set_up_factor(session, person, now=utc_now() - timedelta(minutes=5))


def stay_token(client):
    with client.session_transaction(base_url="https://localhost") as cookie:
        return cookie.get(STAY_KEY)


def test_code_after_the_password_opens_the_page_that_was_asked_for(
    client, session, make
):
    person = make(Role.CERTIFIER)
    app, _ = set_up_before(session, person)
    enter(client, person)
    held = client.get("/account/data?x=1")
    assert held.status_code == 303
    assert held.location == "/sign-in/second?target=/account/data?x%3D1"
    page = client.get(held.location)
    assert 'value="/account/data?x=1"' in page.text
    answer = send_code(client, present(app), target="/account/data?x=1")
    assert answer.status_code == 303
    assert answer.location == "/account/data?x=1"
    assert client.get(answer.location).status_code == 200


def test_token_from_before_the_step_opens_nothing_after_it(client, session, make):
    person = make()
    app, _ = set_up_before(session, person)
    enter(client, person)
    before = stay_token(client)
    send_code(client, present(app))
    assert stay_token(client) != before
    with client.session_transaction(base_url="https://localhost") as cookie:
        cookie[STAY_KEY] = before
    assert client.get("/").location.startswith("/sign-in?")


@pytest.mark.parametrize("has_factor", [True, False])
@pytest.mark.parametrize("role", sorted(REQUIRED_ROLES))
def test_every_endpoint_is_closed_until_the_factor_is_shown(
    app, client, session, make, role, has_factor
):
    person = make(role)
    if has_factor:
        set_up_before(session, person)
    is_open = OPEN_AT_STEP if has_factor else OPEN_AT_SETUP
    first = "/sign-in/second" if has_factor else "/account/second-factor"
    enter(client, person)
    asked = 0
    for rule, method, _access in rules(app):
        if rule.endpoint in {*is_open, "accounts.sign_out"}:
            continue
        answer = client.open(address(app, rule), method=method)
        assert answer.status_code == 303, (rule, method)
        assert answer.location.split("?")[0] == first, (rule, method)
        asked += 1
    assert asked > 40


def test_public_pages_know_nobody_before_the_factor_is_shown(
    app, client, session, make
):
    person = make(Role.ADMINISTRATOR, name="読めない名前")
    set_up_before(session, person)
    enter(client, person)
    for rule in app.url_map.iter_rules():
        if declared_access(app.view_functions[rule.endpoint]) != PUBLIC:
            continue
        if "GET" in rule.methods and rule.endpoint != "static":
            assert person.profile.name not in client.get(address(app, rule)).text


def test_signing_out_language_and_theme_stay_possible(client, session, make):
    person = make(Role.CERTIFIER)
    enter(client, person)
    page = client.get("/account/second-factor?lang=en", follow_redirects=True)
    assert "Second factor" in page.text
    client.post("/theme", data={"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/account/second-factor").text
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/").location.startswith("/sign-in?")


@pytest.mark.parametrize("role", sorted(set(Role) - REQUIRED_ROLES))
def test_other_roles_are_asked_only_when_they_set_one_up(client, session, make, role):
    person = make(role)
    enter(client, person)
    assert client.get("/").status_code == 200
    set_up_before(session, person)
    enter(client, person)
    assert client.get("/").location.startswith("/sign-in/second")


def test_wrong_codes_are_answered_at_the_field_and_the_fifth_ends_the_sign_in(
    client, session, make
):
    person = make(Role.CERTIFIER)
    app, _ = set_up_before(session, person)
    enter(client, person)
    for left in (4, 3, 2, 1):
        answer = send_code(client, "000 000" if present(app) != "000000" else "1")
        assert answer.status_code == 422
        assert f"あと{left}回" in answer.text
    fifth = send_code(client, "AAAA BBBB CCCC DDDD")
    assert fifth.location == "/sign-in"
    assert "続けて5回" in client.get("/sign-in").text
    assert client.get("/account/data").location.startswith("/sign-in?")
    assert session.scalars(select(SignIn.end_reason)).all() == ["wrong_codes"]
    refused = select(AuditEvent.object_id).where(
        AuditEvent.action == "second_factor.refused"
    )
    assert session.scalars(refused).all() == [str(person.subject_id)]
    told = session.scalars(select(OutboxMail.values).order_by(OutboxMail.id)).all()
    assert told[-1] == {"change": "refused"}


def test_a_password_set_by_mail_does_not_pass_the_second_factor(
    client, session, settings, make
):
    person = make(Role.CERTIFIER)
    set_up_before(session, person)
    send_link(session, person.id, Purpose.RESET, now=utc_now())
    session.commit()
    address = LinkSigner(settings.secret_key).address(
        session.scalar(select(AccountLink)), public_url=""
    )
    new = "two otters cross the yard"
    assert client.post(address, data={"password": new}).status_code == 303
    client.post("/sign-in", data={"email": person.profile.email, "password": new})
    assert client.get("/").location.startswith("/sign-in/second")


def test_right_code_after_wrong_ones_begins_the_count_anew(client, session, make):
    person = make(Role.CERTIFIER)
    app, _codes = set_up_before(session, person)
    enter(client, person)
    for _ in range(4):
        send_code(client, "wrong")
    send_code(client, present(app))
    for _ in range(4):
        wrong = client.post(
            "/account/second-factor", data={"act": "codes", "password_or_code": "wrong"}
        )
        assert wrong.status_code == 422


def test_code_used_by_another_sign_in_is_refused(client, app, session, make):
    person = make()
    totp, _ = set_up_before(session, person)
    code = present(totp)
    enter(client, person)
    assert send_code(client, code).status_code == 303
    other = app.test_client()
    other.environ_base["wsgi.url_scheme"] = "https"
    enter(other, person)
    assert send_code(other, code).status_code == 422


def test_recovery_code_opens_once_and_says_how_many_are_left(client, session, make):
    person = make()
    _, codes = set_up_before(session, person)
    for number, code in enumerate(codes[:8], start=1):
        enter(client, person)
        assert send_code(client, code).status_code == 303
        page = client.get("/").text
        assert f"残り{10 - number}個" in page
        assert ("発行してください" in page) is (number >= 7)
    enter(client, person)
    assert send_code(client, codes[0]).status_code == 422
    assert count_codes_left(session, person.id) == 2


def test_empty_code_is_asked_for_and_costs_no_try(client, session, make):
    person = make()
    set_up_before(session, person)
    enter(client, person)
    for _ in range(6):
        assert send_code(client, " ").status_code == 422
    assert client.get("/").location.startswith("/sign-in/second")


def test_step_leads_on_who_needs_none(client, make):
    person = make()
    enter(client, person)
    assert client.get("/sign-in/second?target=/account/data").location == (
        "/account/data"
    )
    assert send_code(client, "123456", target="//evil.example").location == "/"


def test_secret_sealed_under_another_setting_leaves_recovery_codes(
    client, app, session, make
):
    person = make(Role.CERTIFIER)
    totp, codes = set_up_before(session, person)
    enter(client, person)
    settings = app.config["LMS_SETTINGS"]
    app.config["LMS_SETTINGS"] = replace(settings, secret_key="another-one-" * 4)
    answer = send_code(client, present(totp))
    assert answer.status_code == 503
    assert "リカバリーコード" in answer.text
    assert send_code(client, codes[0]).status_code == 303


def begin(client, **data):
    """Begin to set up; return the app that read the secret from the page."""
    shown = {"password": PASSWORD, **data}
    answer = client.post("/account/second-factor/begin", data=shown)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for value in data.values():
        assert f'value="{value}"' in page
    secret = re.search(r'class="secret"[^>]*><code>([A-Z2-7 ]+)</code>', page).group(1)
    return TOTP(secret.replace(" ", ""))


def shown_codes(answer):
    return re.findall(r"<li><code>([A-Z2-7 ]{19})</code>", answer.text)


def test_administrator_sets_up_an_app_and_goes_on(client, session, make):
    person = make(Role.ADMINISTRATOR)
    enter(client, person)
    assert client.get("/account/second-factor").status_code == 200
    app = begin(client)
    answer = client.post("/account/second-factor/app", data={"code": present(app)})
    assert answer.status_code == 200
    assert len(shown_codes(answer)) == 10
    assert client.get("/").status_code == 200
    assert "設定" in client.get("/account/second-factor").text


def onward_after_set_up(client, target):
    """Set up an app on the way to a page; return where the codes lead."""
    held = client.get(target)
    assert held.location.startswith("/account/second-factor?target=")
    page = client.get(held.location).text
    assert f'name="target" type="hidden" value="{target}"' in page
    app = begin(client, target=target)
    data = {"code": present(app), "target": target}
    answer = client.post("/account/second-factor/app", data=data)
    return re.search(r'class="button button--filled" href="([^"]+)"', answer.text)[1]


def test_page_that_was_asked_for_comes_after_the_recovery_codes(client, make):
    enter(client, make(Role.ADMINISTRATOR))
    assert onward_after_set_up(client, "/admin/people/new") == "/admin/people/new"


@pytest.mark.parametrize("strange", ["https://bad.example/", "//bad.example/", "x"])
def test_setting_up_leads_to_no_other_site(client, make, strange):
    enter(client, make(Role.ADMINISTRATOR))
    page = client.get("/account/second-factor", query_string={"target": strange})
    assert 'name="target" type="hidden" value=""' in page.text
    begun = client.post("/account/second-factor/begin", data={"target": strange})
    assert begun.location == "/account/second-factor/app"
    app = begin(client)
    data = {"code": present(app), "target": strange}
    answer = client.post("/account/second-factor/app", data=data)
    assert 'class="button button--filled" href="/"' in answer.text


def test_button_after_the_code_goes_on_and_resumes_nothing(client, session, make):
    person = make()
    set_up_before(session, person)
    enter(client, person)
    page = client.get("/sign-in/second").text
    assert "次へ進む" in page
    assert "再開" not in page


def test_setting_up_ends_the_persons_other_sign_ins(client, app, session, make):
    person = make()
    other = app.test_client()
    other.environ_base["wsgi.url_scheme"] = "https"
    enter(other, person)
    enter(client, person)
    totp = begin(client)
    client.post("/account/second-factor/app", data={"code": present(totp)})
    assert other.get("/").location.startswith("/sign-in?")
    assert client.get("/").status_code == 200


def test_wrong_first_code_shows_the_page_again(client, session, make):
    person = make()
    enter(client, person)
    begin(client)
    for code in ("12345", ""):
        answer = client.post("/account/second-factor/app", data={"code": code})
        assert answer.status_code == 422
        assert 'class="secret"' in answer.text
    assert find_factor(session, person.id) is None


def test_picture_is_an_image_that_the_policy_lets_through_and_nobody_keeps(
    client, make
):
    enter(client, make())
    assert client.get("/account/second-factor/app.svg").status_code == 404
    begin(client)
    answer = client.get("/account/second-factor/app.svg")
    assert answer.content_type == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "style" not in answer.text
    assert "script" not in answer.text


def test_without_an_offer_there_is_nothing_to_confirm(client, make):
    enter(client, make())
    assert client.get("/account/second-factor/app.svg").status_code == 404
    leads_back(client.get("/account/second-factor/app"))
    says_once(client, "もう一度始めてください")
    for code in ("123456", ""):
        leads_back(client.post("/account/second-factor/app", data={"code": code}))


def test_page_of_the_codes_that_is_reloaded_leads_to_what_is_set_up(client, make):
    enter(client, make())
    sent = {"code": present(begin(client)), "target": "/account/data"}
    assert client.post("/account/second-factor/app", data=sent).status_code == 200
    leads_back(client.post("/account/second-factor/app", data=sent), "/account/data")
    says_once(client, "認証アプリは登録済みです")
    leads_back(client.get("/account/second-factor/app"))


def leads_back(answer, target=None):
    onward = f"?target={target}" if target else ""
    assert answer.location == f"/account/second-factor{onward}"


def says_once(client, words):
    assert words in client.get("/account/second-factor").text
    assert words not in client.get("/account/second-factor").text


def change(client, act, proof):
    return client.post(
        "/account/second-factor", data={"act": act, "password_or_code": proof}
    )


@pytest.fixture
def owner(client, session, make):
    """A supervisor who has come through both steps."""
    person = make(Role.SUPERVISOR)
    _, codes = set_up_before(session, person)
    enter(client, person)
    send_code(client, codes[9])
    return person


def ask_for_app(client, **data):
    return client.post("/account/second-factor/begin", data=data)


def test_first_app_is_set_up_only_with_the_password(client, make):
    enter(client, make(Role.SUPERVISOR))
    page = client.get("/account/second-factor", query_string={"target": "/cohorts/"})
    assert 'name="password"' in page.text
    for data in ({}, {"password": ""}, {"password": "not the password"}):
        answer = ask_for_app(client, target="/cohorts/", **data)
        assert answer.status_code == 422
        assert 'name="target" type="hidden" value="/cohorts/"' in answer.text
    assert client.get("/account/second-factor/app").status_code == 303
    begun = ask_for_app(client, password=PASSWORD, target="/cohorts/")
    assert begun.location == "/account/second-factor/app?target=/cohorts/"


def test_five_wrong_passwords_for_an_app_end_the_sign_in(client, session, make):
    enter(client, make(Role.SUPERVISOR))
    statuses = [ask_for_app(client, password="x").status_code for _ in range(5)]
    assert statuses == [422, 422, 422, 422, 303]
    assert client.get("/account/second-factor").location.startswith("/sign-in")
    # no code was guessed, so nobody is told of any
    told = select(OutboxMail)
    assert session.scalars(told).all() == []


def test_who_has_no_password_or_has_just_signed_in_is_not_asked_for_it(
    client, session, make
):
    person = make(Role.ADMINISTRATOR)
    enter(client, person)
    assert 'name="password"' not in client.get("/account/second-factor").text
    assert ask_for_app(client).status_code == 303
    client.post("/sign-out")
    person = make(Role.SUPERVISOR, email="provider@test.example")
    enter(client, person)
    person.profile.password_hash = None
    session.flush()
    assert 'name="password"' not in client.get("/account/second-factor").text
    assert ask_for_app(client).status_code == 303


def test_second_app_is_set_up_only_with_proof(client, session, owner):
    assert client.post("/account/second-factor/begin").status_code == 404
    assert change(client, "app", "not the password").status_code == 422
    held_back = client.get("/account/second-factor/app")
    assert held_back.location == "/account/second-factor"
    assert change(client, "app", PASSWORD).location == "/account/second-factor/app"
    page = client.get("/account/second-factor/app")
    assert page.status_code == 200


def test_new_codes_are_made_for_the_password_and_shown_once(client, session, owner):
    answer = change(client, "codes", PASSWORD)
    assert len(shown_codes(answer)) == 10
    assert count_codes_left(session, owner.id) == 10
    assert not shown_codes(client.get("/account/second-factor"))


def test_password_never_comes_back_in_a_page(client, owner):
    answer = change(client, "codes", "not the password")
    assert answer.status_code == 422
    assert "not the password" not in answer.text


def test_own_factor_is_removed_with_proof_and_the_sign_in_goes_on(
    client, session, owner
):
    assert change(client, "remove", "").status_code == 422
    assert change(client, "remove", PASSWORD).status_code == 303
    assert "解除しました" in client.get("/account/second-factor").text
    session.expire_all()
    assert find_factor(session, owner.id) is None
    assert client.get("/").status_code == 200


def test_five_wrong_proofs_end_the_sign_in(client, owner):
    for _ in range(4):
        assert change(client, "remove", "wrong").status_code == 422
    assert change(client, "remove", "wrong").location == "/sign-in"


def test_who_must_have_one_cannot_remove_it(client, session, make):
    person = make(Role.CERTIFIER)
    _, codes = set_up_before(session, person)
    enter(client, person)
    send_code(client, codes[0])
    assert 'value="remove"' not in client.get("/account/second-factor").text
    assert change(client, "remove", PASSWORD).status_code == 404
    assert find_factor(session, person.id)


def test_unknown_act_and_change_of_nothing_are_refused(client, session, make, owner):
    assert change(client, "explode", PASSWORD).status_code == 400
    enter(client, make())
    assert change(client, "remove", PASSWORD).status_code == 404


@pytest.fixture
def demo(settings, database):
    app = create_app(replace(settings, is_demo=True), database)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


def test_demo_asks_certifiers_for_nothing(demo, session, make):
    person = make(Role.CERTIFIER, email="certifier@demo.example")
    assert demo.post("/sign-in/demo", data={"role": "certifier"}).status_code == 303
    assert demo.get("/").status_code == 200
    set_up_before(session, person)
    demo.post("/sign-in/demo", data={"role": "certifier"})
    assert demo.get("/").status_code == 200


def test_demo_asks_for_a_factor_that_is_there_after_a_password(demo, session, make):
    person = make(Role.CERTIFIER)
    enter(demo, person)
    assert demo.get("/").status_code == 200
    app, _ = set_up_before(session, person)
    enter(demo, person)
    assert demo.get("/").location.startswith("/sign-in/second")
    assert send_code(demo, present(app)).status_code == 303


def test_too_many_wrong_codes_in_several_sign_ins_make_everybody_wait(
    client, session, make
):
    person = make(Role.CERTIFIER)
    app, _ = set_up_before(session, person)
    for _ in range(3):
        enter(client, person)
        for _ in range(4):
            assert send_code(client, "wrong").status_code == 422
        enter(client, person)
        assert send_code(client, "wrong").status_code == 422
    enter(client, person)
    answer = send_code(client, present(app))
    assert answer.status_code == 429
    assert "分" in answer.text
    assert client.get("/").location.startswith("/sign-in/second")


def test_security_page_speaks_of_no_password_to_somebody_without_one(
    client, session, sign_in
):
    sign_in(make_person(session))
    page = client.get("/account/security").text
    assert "パスワードを使わずにサインインしています。" in page
    assert "パスワードだけで" not in page
    assert "パスワードを変更" not in page
    assert "組織のサインイン" in page


def test_security_page_leads_to_the_second_factor(client, owner):
    page = client.get("/account/security").text
    assert 'href="/account/second-factor"' in page
    assert "認証アプリを登録しています" in page


def test_neither_code_nor_proof_is_kept_when_the_sign_in_has_ended(
    client, session, owner
):
    token = stay_token(client)
    client.post("/sign-out")
    with client.session_transaction(base_url="https://localhost") as cookie:
        cookie[STAY_KEY] = token
    headers = {"Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"}
    for path, name in (
        ("/sign-in/second", "code"),
        ("/account/second-factor", "password_or_code"),
    ):
        client.post(path, data={name: "AAAA", "act": "x"}, headers=headers)
    assert session.scalar(select(func.count()).select_from(KeptForm)) == 0
