"""Whoever changes one account at the same moment as others does it in turn."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event, Timer

import pytest
from sqlalchemy import event, select, update

from lms.accounts.admin.services.organisations import (
    OrganisationNames,
    add_organisation,
)
from lms.accounts.admin.services.profiles import edit_profile, fields_of
from lms.accounts.admin.services.roles import Act, disable_person
from lms.accounts.invitations import resend_invitation
from lms.accounts.links import (
    send_link,
    use_link,
)
from lms.accounts.models import AccountLink, Person
from lms.accounts.passwords import change_password
from lms.accounts.ways_in import Purpose
from lms.app import create_app
from lms.clock import utc_now
from lms.errors import InvalidInputError
from lms.jobs.delivery import PostOffice, deliver_due
from lms.jobs.models import OutboxMail
from lms.mails import mail_kinds
from lms.permissions import Role
from tests.accounts.conftest import PASSWORD
from tests.factories.accounts import make_person
from tests.jobs.post import Pigeon

pytestmark = pytest.mark.concurrent
EMAIL = "a@test.example"


@pytest.fixture
def database(own_database):
    return own_database


@pytest.fixture
def halt(database):
    """Stops whoever is the first to run a kind of statement, until told to go on."""
    come, go, watched = Event(), Event(), []

    def stop(_connection, _cursor, statement, *_more):
        if watched and statement.startswith(watched[0]) and not come.is_set():
            come.set()
            assert go.wait(timeout=20)

    def watch(statement):
        watched.append(statement)
        return come, go

    event.listen(database.engine, "before_cursor_execute", stop)
    yield watch
    go.set()
    event.remove(database.engine, "before_cursor_execute", stop)


def open_link(database, purpose, **given):
    with database.transaction() as session:
        person = make_person(session, email=EMAIL, **given)
        send_link(session, person.id, purpose, now=utc_now())
        session.execute(update(OutboxMail).values(sent_at=utc_now()))
        session.flush()
        return session.scalar(select(AccountLink.public_id))


def use(database, link, purpose):
    with database.transaction() as session:
        use_link(session, link, purpose, password_hash="hash", now=utc_now())


def test_a_letter_gives_way_to_who_uses_an_earlier_link(settings, database, halt):
    if database.is_one_writer:
        pytest.skip("SQLite locks no rows")
    link = open_link(database, Purpose.RESET, password=PASSWORD)
    app = create_app(replace(settings, public_url="http://localhost"), database)
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client().post("/sign-in/forgotten", data={"email": EMAIL})
    office = PostOffice(mail_kinds(settings), Pigeon(), settings)
    come, go = halt("DELETE FROM outbox_mails")

    def deliver():
        with app.app_context():
            return deliver_due(database, office, now=utc_now(), limit=1)

    with ThreadPoolExecutor(2) as pool:
        using = pool.submit(use, database, link, Purpose.RESET)
        assert come.wait(timeout=20)
        writing = pool.submit(deliver)
        try:
            assert writing.result(timeout=5).failed == 1
        finally:
            go.set()
        using.result(timeout=30)


def test_whoever_accepts_an_invitation_is_not_sent_another(database, halt):
    if database.is_one_writer:
        pytest.skip("SQLite lets one write at a time")
    link = open_link(database, Purpose.INVITATION, password=None)
    come, go = halt("DELETE FROM outbox_mails")

    def resend():
        with database.transaction() as session:
            person = session.scalar(select(Person))
            assert person.profile.password_hash is None
            go_on(go)
            now = utc_now() + timedelta(minutes=2)
            resend_invitation(session, person, actor=None, now=now)

    with ThreadPoolExecutor(2) as pool:
        using = pool.submit(use, database, link, Purpose.INVITATION)
        assert come.wait(timeout=20)
        sending = pool.submit(resend)
        using.result(timeout=30)
        with pytest.raises(InvalidInputError):
            sending.result(timeout=30)
    with database.session() as session:
        assert session.scalars(select(AccountLink.used_at)).one() is not None


def change_own_password(session, person):
    change_password(session, person, "another hash", now=utc_now())


def change_address(session, person):
    fields = fields_of(person.profile, None)
    typed = replace(fields, email="b@test.example")
    revision = person.profile.revision
    edit_profile(session, person, typed, revision=revision, actor=None, now=utc_now())


@pytest.mark.parametrize("change", [change_own_password, change_address])
def test_whoever_changes_an_account_and_whoever_uses_a_link_take_turns(
    database, halt, change
):
    if database.is_one_writer:
        pytest.skip("SQLite lets one write at a time")
    link = open_link(database, Purpose.RESET, password=PASSWORD)
    come, go = halt("UPDATE profiles")

    def work():
        with database.transaction() as session:
            person = session.scalar(select(Person))
            go_on(go)
            change(session, person)

    with ThreadPoolExecutor(2) as pool:
        using = pool.submit(use, database, link, Purpose.RESET)
        assert come.wait(timeout=20)
        changing = pool.submit(work)
        using.result(timeout=30)
        changing.result(timeout=30)


def test_correcting_an_administrator_and_shutting_out_another_take_turns(
    database, halt
):
    if database.is_one_writer:
        pytest.skip("SQLite lets one write at a time")
    with database.transaction() as session:
        leaving, staying = (
            make_person(session, Role.ADMINISTRATOR, password=PASSWORD).id
            for _ in range(2)
        )
        names = OrganisationNames("国際交流協会", "Association")
        place = add_organisation(session, names, actor=None, now=utc_now()).public_id
    come, go = halt("UPDATE people")

    def correct():
        with database.transaction() as session:
            person = session.get_one(Person, staying)
            fields = fields_of(person.profile, None)
            typed = replace(fields, name="改名 花子", organisation=place)
            revision = person.profile.revision
            now = utc_now()
            edit_profile(session, person, typed, revision=revision, actor=None, now=now)

    def shut_out():
        with database.transaction() as session:
            go_on(go)
            act = Act(actor=None, now=utc_now(), reason="見本")
            disable_person(session, session.get_one(Person, leaving), act)

    with ThreadPoolExecutor(2) as pool:
        correcting = pool.submit(correct)
        assert come.wait(timeout=20)
        shutting = pool.submit(shut_out)
        correcting.result(timeout=30)
        shutting.result(timeout=30)


def go_on(go):
    """Let whoever stands still go on when this thread waits for them."""
    Timer(0.5, go.set).start()
