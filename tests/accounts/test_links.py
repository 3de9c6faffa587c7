"""Mailed links: once, for a time, the newest only, and nothing told to strangers."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from lms.accounts.invitations import invite_person, resend_invitation
from lms.accounts.links import (
    DeadLinkError,
    LinkSigner,
    request_reset,
    send_link,
)
from lms.accounts.models import AccountLink
from lms.accounts.services import NewPerson, remember_locale
from lms.accounts.ways_in import Purpose
from lms.clock import utc_now
from lms.errors import InvalidInputError
from lms.jobs.delivery import PostOffice, deliver_due
from lms.jobs.models import OutboxMail
from lms.mails import mail_kinds
from lms.permissions import Role
from tests.accounts.conftest import PASSWORD, acts_on, is_inside, try_door
from tests.accounts.test_sign_in import readable
from tests.factories.accounts import make_person
from tests.jobs.post import Pigeon

NEW = "two otters cross the yard"
OWNER = "a@test.example"


@pytest.fixture
def person(session):
    return make_person(session, email=OWNER, password=PASSWORD, name="佐藤 例子")


@pytest.fixture
def posted(app, database, settings):
    """Deliver what waits and return the mails."""

    def deliver():
        pigeon = Pigeon()
        office = PostOffice(mail_kinds(settings), pigeon, settings)
        with app.app_context():
            result = deliver_due(database, office, now=utc_now())
        assert not result.failed
        return pigeon.carried

    return deliver


def link_in(mail):
    [url] = re.findall(
        r"https://\S+/sign-in/(?:reset|invitation)/\S+", mail.get_content()
    )
    return url.removeprefix("https://tsunagu.example")


def ask(client, email=OWNER):
    return client.post("/sign-in/forgotten", data={"email": email})


@pytest.fixture
def path(browser, person, posted):
    """The path of a reset link that was mailed."""
    ask(browser())
    [mail] = posted()
    return link_in(mail)


def test_a_reset_goes_from_the_question_to_the_new_password(
    browser, person, posted, session
):
    client = browser()
    answer = ask(client, " A@test.example")
    assert answer.location == "/sign-in/forgotten/sent"
    assert "If there is an account" in client.get(answer.location).text
    [mail] = posted()
    assert mail["To"] == OWNER
    assert mail["Subject"] == "つなぐ：新しいパスワードの設定"
    assert "佐藤 例子 様" in mail.get_content()
    page = client.get(link_in(mail))
    assert page.status_code == 200
    assert OWNER in page.text
    done = client.post(link_in(mail), data={"password": NEW})
    assert done.location == "/sign-in"
    assert try_door(browser(), OWNER).status_code == 422
    assert try_door(client, OWNER, NEW).status_code == 303
    assert acts_on(session, person) == [
        ("reset.requested", None, {}),
        ("password.reset", person.subject_id, {}),
    ]
    [notice] = posted()
    assert notice["Subject"] == "つなぐ：パスワードが変更されました"


def test_the_letter_is_in_the_language_of_the_person(browser, person, posted, session):
    remember_locale(person, "en")
    session.commit()
    ask(browser())
    [mail] = posted()
    assert mail["Subject"] == "Tsunagu: set a new password"
    assert "works once, for one hour" in mail.get_content()


def test_strangers_learn_nothing_from_asking(browser, person, posted):
    known, unknown = browser("192.0.2.1"), browser("192.0.2.2")
    first, second = ask(known), ask(unknown, "z@test.example")
    assert (first.status_code, first.location) == (303, second.location)
    assert readable(known.get(first.location)) == readable(unknown.get(second.location))
    assert len(posted()) == 1


def test_the_same_statements_run_whether_or_not_there_is_an_account(session, person):
    disabled = make_person(session)
    disabled.is_enabled = False
    session.commit()
    known, unknown, shut_out = (
        statements_of(session, email)
        for email in (OWNER, "z@test.example", disabled.profile.email)
    )
    assert len(known) == 4
    assert known == unknown == shut_out
    mails = session.scalars(select(OutboxMail.person_id)).all()
    assert mails == [person.id]


def statements_of(session, email):
    """Return what runs when somebody asks for a new password."""
    ran = []

    def keep(_connection, _cursor, statement, *_more):
        ran.append(statement)

    session.commit()
    session.expunge_all()
    engine = session.get_bind()
    session.connection()  # begins a transaction, which counts for nothing
    event.listen(engine, "before_cursor_execute", keep)
    request_reset(session, email, now=utc_now())
    session.flush()
    event.remove(engine, "before_cursor_execute", keep)
    return ran


def test_a_letter_that_could_not_be_sent_has_the_same_link_again(
    app, browser, database, person, session, settings
):
    ask(browser())
    lost, brought = Pigeon([OSError()]), Pigeon()
    now = utc_now()
    with app.app_context():
        for pigeon, moment in ((lost, now), (brought, now + timedelta(minutes=5))):
            office = PostOffice(mail_kinds(settings), pigeon, settings)
            deliver_due(database, office, now=moment)
    [mail] = brought.carried
    [link] = session.scalars(select(AccountLink)).all()
    assert link.superseded_at is None
    assert browser().get(link_in(mail)).status_code == 200


def test_a_letter_for_an_earlier_request_does_not_void_a_later_link(
    browser, person, posted, session
):
    now = utc_now()
    send_link(session, person.id, Purpose.RESET, now=now)
    request_reset(session, OWNER, now=now - timedelta(minutes=1))
    session.commit()
    [mail] = posted()
    assert browser().get(link_in(mail)).status_code == 200


def test_who_was_disabled_before_the_letter_was_written_gets_none(
    browser, person, posted, session
):
    ask(browser())
    person.is_enabled = False
    session.commit()
    assert posted() == []
    assert session.scalars(select(AccountLink)).all() == []


def test_a_link_that_was_used_makes_earlier_letters_void(
    browser, path, person, posted, session
):
    ask(browser("192.0.2.7"))
    assert browser().post(path, data={"password": NEW}).status_code == 303
    [notice] = posted()
    assert notice["Subject"] == "つなぐ：パスワードが変更されました"


def test_disabled_and_erased_people_get_no_mail(browser, person, posted, session):
    person.is_enabled = False
    session.commit()
    assert ask(browser()).status_code == 303
    assert posted() == []


def test_a_mail_that_waited_until_its_link_was_void_is_not_sent(
    browser, person, posted, session
):
    now = utc_now()
    send_link(session, person.id, Purpose.RESET, now=now - timedelta(hours=1))
    request_reset(session, OWNER, now=now - timedelta(hours=1))
    session.commit()
    assert posted() == []


def test_opening_a_link_uses_nothing_up(browser, path):
    for _ in range(3):
        assert browser().get(path).status_code == 200
    assert browser().post(path, data={"password": NEW}).status_code == 303


def test_a_link_works_once(browser, path):
    browser().post(path, data={"password": NEW})
    again = browser().post(path, data={"password": "six otters cross the yard"})
    assert again.status_code == 404
    assert "Send another link" in again.text
    assert browser().get(path).status_code == 404
    assert try_door(browser(), OWNER, NEW).status_code == 303


def test_a_refused_password_does_not_use_the_link_up(browser, path):
    client = browser()
    refused = client.post(path, data={"password": "short"})
    assert refused.status_code == 422
    assert "at least 15 characters" in refused.text
    assert client.post(path, data={"password": NEW}).status_code == 303


def test_a_password_about_the_person_is_refused(browser, path):
    answer = browser().post(path, data={"password": "a@test.example 12345"})
    assert answer.status_code == 422


def test_a_link_runs_out_after_its_time(browser, path, session):
    link = session.scalar(select(AccountLink))
    assert link.expires_at - link.created_at == timedelta(hours=1)
    link.expires_at = utc_now()
    session.commit()
    assert browser().post(path, data={"password": NEW}).status_code == 404


def test_a_newer_link_makes_the_older_void(browser, path, posted):
    ask(browser("192.0.2.7"))
    [mail] = posted()
    assert browser().get(path).status_code == 404
    assert browser().get(link_in(mail)).status_code == 200


def test_using_a_link_ends_every_stay_and_opens_none(browser, path):
    inside, other = browser(), browser()
    try_door(inside, OWNER)
    assert is_inside(inside)
    other.post(path, data={"password": NEW})
    assert not is_inside(inside)
    assert not is_inside(other)


def test_an_owner_who_was_locked_out_comes_back_by_mail(browser, path):
    for _ in range(11):
        try_door(browser(), OWNER, "wrong")
    client = browser("198.51.100.5")
    assert try_door(client, OWNER).status_code == 429
    client.post(path, data={"password": NEW})
    assert try_door(client, OWNER, NEW).status_code == 303


def test_pages_of_links_tell_nobody_their_address(browser, path):
    client = browser()
    for answer in (
        client.get(path),
        client.post(path, data={"password": "short"}),
        client.get("/sign-in/reset/none"),
        client.post(path, data={"password": NEW}),
    ):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_without_a_referer_is_taken_with_its_token(app, browser, path):
    app.config["WTF_CSRF_ENABLED"] = True
    client = browser()
    page = client.get(path).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    refused = client.post(path, data={"password": NEW})
    assert refused.status_code == 400
    taken = client.post(path, data={"password": NEW, "csrf_token": token})
    assert taken.status_code == 303


def test_neither_database_nor_outbox_makes_a_link(
    browser, person, posted, session, settings
):
    ask(browser())
    mail = session.scalar(select(OutboxMail))
    posted()
    link = session.scalar(select(AccountLink))
    asked_at = link.created_at.isoformat()
    assert mail.values == {"link": str(link.public_id), "asked_at": asked_at}
    other = LinkSigner("another secret of this length, at least")
    for token in (str(link.public_id), link.public_id.hex, other.sign(link)):
        assert browser().get(f"/sign-in/reset/{token}").status_code == 404


def test_a_link_opens_nothing_of_another_purpose(browser, path):
    other = path.replace("/reset/", "/invitation/")
    assert browser().get(other).status_code == 404


@pytest.mark.parametrize("token", ["", "x", "IjEi.x", "é", "a" * 5000])
def test_what_nobody_signed_is_no_link(settings, token):
    with pytest.raises(DeadLinkError):
        LinkSigner(settings.secret_key).read(token, Purpose.RESET)


def test_an_invited_person_sets_a_password_and_signs_in(
    browser, session, posted, person
):
    new = NewPerson(name="鈴木 例", email="new@test.example", roles=(Role.TRAINEE,))
    now = utc_now()
    invited = invite_person(session, new, actor=person.subject_id, now=now)
    session.commit()
    assert try_door(browser(), "new@test.example", "").status_code == 422
    [mail] = posted()
    assert mail["Subject"] == "つなぐ：パスワードを設定してください"
    link = session.scalar(select(AccountLink))
    assert link.expires_at - link.created_at == timedelta(days=7)
    client = browser()
    assert client.post(link_in(mail), data={"password": NEW}).status_code == 303
    assert try_door(client, "new@test.example", NEW).status_code == 303
    assert acts_on(session, invited) == [
        ("invitation.sent", person.subject_id, {}),
        ("invitation.accepted", invited.subject_id, {}),
    ]


def test_an_invitation_can_be_sent_again_until_it_was_used(session, person):
    new = NewPerson(name="鈴木 例", email="new@test.example", roles=(Role.TRAINEE,))
    now = utc_now()
    invited = invite_person(session, new, actor=None, now=now)
    resend_invitation(session, invited, actor=None, now=now + timedelta(minutes=1))
    links = session.scalars(select(AccountLink).order_by(AccountLink.id)).all()
    assert [link.superseded_at is None for link in links] == [False, True]
    with pytest.raises(InvalidInputError):
        resend_invitation(session, person, actor=None, now=now)


def test_an_invitation_that_has_just_gone_out_is_not_sent_again(session):
    new = NewPerson(name="鈴木 例", email="new@test.example", roles=(Role.TRAINEE,))
    now = utc_now()
    invited = invite_person(session, new, actor=None, now=now)
    resend_invitation(session, invited, actor=None, now=now + timedelta(seconds=59))
    assert len(session.scalars(select(AccountLink)).all()) == 1
    session.scalar(select(AccountLink)).superseded_at = now  # the address was wrong
    resend_invitation(session, invited, actor=None, now=now + timedelta(seconds=59))
    assert len(session.scalars(select(AccountLink)).all()) == 2


def test_a_used_link_makes_all_others_of_the_person_void(
    browser, path, session, person
):
    send_link(session, person.id, Purpose.INVITATION, now=utc_now())
    session.commit()
    browser().post(path, data={"password": NEW})
    session.expire_all()
    links = session.scalars(select(AccountLink).order_by(AccountLink.id)).all()
    assert [bool(link.used_at or link.superseded_at) for link in links] == [True, True]
