"""At once, on a database of its own: one act is done, and recorded, once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update

from lms.accounts.admin.queries.organisations import get_organisation
from lms.accounts.admin.services.organisations import (
    OrganisationNames,
    add_organisation,
    archive_organisation,
    restore_organisation,
)
from lms.accounts.admin.services.roles import Act, disable_person, enable_person
from lms.accounts.invitations import invite_person, resend_invitation
from lms.accounts.links import (
    LinkSigner,
    send_link,
)
from lms.accounts.models import AccountLink, Person, SignIn
from lms.accounts.queries import get_person
from lms.accounts.services import NewPerson
from lms.accounts.ways_in import Purpose
from lms.app import create_app
from lms.audit.models import AuditEvent
from lms.clock import utc_now
from lms.errors import ConflictError
from lms.jobs.delivery import PostOffice, deliver_due
from lms.jobs.models import OutboxMail
from lms.mails import mail_kinds
from lms.permissions import Role
from tests.accounts.conftest import PASSWORD, try_door
from tests.conftest import NOON
from tests.factories.accounts import make_person
from tests.jobs.post import Pigeon

pytestmark = pytest.mark.concurrent
EMAIL = "a@test.example"


@pytest.fixture
def database(own_database):
    return own_database


@pytest.fixture
def plain_app(settings, database):
    app = create_app(replace(settings, public_url="http://localhost"), database)
    app.config["WTF_CSRF_ENABLED"] = False
    with database.transaction() as session:
        make_person(session, email=EMAIL, password=PASSWORD)
    return app


def at_once(count, work):
    barrier = Barrier(count)

    def run(number):
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_one_link_used_twice_at_once_sets_one_password(plain_app, database):
    with database.transaction() as session:
        person = make_person(session, email="b@test.example", password=PASSWORD)
        send_link(session, person.id, Purpose.RESET, now=utc_now())
    with database.session() as session:
        link = session.scalar(select(AccountLink))
    token = LinkSigner(plain_app.config["LMS_SETTINGS"].secret_key).sign(link)
    secrets = [f"{word} otters cross the yard" for word in ("two", "six", "ten", "few")]

    answers = at_once(
        len(secrets),
        lambda number: plain_app.test_client().post(
            f"/sign-in/reset/{token}", data={"password": secrets[number]}
        ),
    )

    codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [303, 404, 404, 404]
    for code, secret in zip(codes, secrets, strict=True):
        answer = try_door(plain_app.test_client(), "b@test.example", secret)
        assert answer.status_code == (303 if code == 303 else 422)
    with database.session() as session:
        used = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "password.reset")
        ).all()
    assert len(used) == 1


def test_requests_for_a_link_at_once_leave_one_open(plain_app, database, settings):
    answers = at_once(
        3,
        lambda _: plain_app.test_client().post(
            "/sign-in/forgotten", data={"email": EMAIL}
        ),
    )
    assert {answer.status_code for answer in answers} == {303}
    pigeon = Pigeon()
    office = PostOffice(mail_kinds(settings), pigeon, settings)

    def work(_number):
        with plain_app.app_context():
            return deliver_due(database, office, now=utc_now())

    assert sum(result.total for result in at_once(3, work)) == 3
    with database.session() as session:
        links = session.scalars(select(AccountLink)).all()
    assert len(links) == len(pigeon.carried)
    assert len([link for link in links if link.superseded_at is None]) == 1


def test_a_letter_does_not_wait_for_who_may_wait_for_it(plain_app, database, settings):
    if database.is_one_writer:
        pytest.skip("SQLite locks no rows")
    plain_app.test_client().post("/sign-in/forgotten", data={"email": EMAIL})
    pigeon = Pigeon()
    office = PostOffice(mail_kinds(settings), pigeon, settings)
    now = utc_now()
    with plain_app.app_context():
        with database.transaction() as session:
            session.execute(update(Person).values(organisation_id=None))
            assert deliver_due(database, office, now=now).failed == 1
        later = now + timedelta(minutes=1)
        assert deliver_due(database, office, now=later).sent == 1


def test_a_request_is_noted_once_a_minute(plain_app, database):
    client = plain_app.test_client()
    try_door(client, EMAIL)
    client.get("/account")
    with database.transaction() as session:
        stay = session.scalar(select(SignIn))
        assert stay.last_seen_at == stay.created_at
        stay.last_seen_at = utc_now() - timedelta(minutes=59)
    assert client.get("/account").status_code == 200
    with database.session() as session:
        noted = session.scalar(select(SignIn)).last_seen_at
    assert noted > utc_now() - timedelta(minutes=1)


def test_guesses_at_once_are_all_counted(settings, database):
    app = create_app(
        replace(settings, public_url="http://localhost", failures_per_account=5),
        database,
    )
    app.config["WTF_CSRF_ENABLED"] = False
    answers = at_once(
        12, lambda _: try_door(app.test_client(), "nobody@test.example", "x")
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [422] * 5 + [429] * 7


def acts_of(database, action):
    with database.session() as session:
        return session.scalars(
            select(AuditEvent).where(AuditEvent.action == action)
        ).all()


def test_access_switched_several_times_at_once_is_switched_once(database):
    with database.transaction() as session:
        subject_id = make_person(session, email=EMAIL).subject_id

    def switch(service):
        def work(_number):
            act = Act(actor=None, now=NOON, reason="見本")
            try:
                with database.transaction() as session:
                    service(session, get_person(session, subject_id), act)
            except ConflictError:
                return "refused"
            return "done"

        return sorted(at_once(6, work))

    assert switch(disable_person) == ["done"] + ["refused"] * 5
    assert switch(enable_person) == ["done"] + ["refused"] * 5
    assert len(acts_of(database, "person.disabled")) == 1
    assert len(acts_of(database, "person.enabled")) == 1


def test_an_organisation_archived_several_times_at_once_is_archived_once(database):
    with database.transaction() as session:
        names = OrganisationNames("例示の会", "Example")
        added = add_organisation(session, names, actor=None, now=NOON)
        public_id = added.public_id

    def change(service):
        def work(_number):
            with database.transaction() as session:
                found = get_organisation(session, public_id)
                service(session, found, actor=None, now=NOON)

        at_once(6, work)

    change(archive_organisation)
    change(restore_organisation)
    assert len(acts_of(database, "organisation.archived")) == 1
    assert len(acts_of(database, "organisation.restored")) == 1


def test_an_invitation_repeated_several_times_at_once_goes_out_once(database):
    new = NewPerson(name="鈴木 例", email="n@test.example", roles=(Role.TRAINEE,))
    with database.transaction() as session:
        invited = invite_person(session, new, actor=None, now=NOON)
        subject_id = invited.subject_id

    def invite_again(_number):
        with database.transaction() as session:
            person = get_person(session, subject_id)
            now = NOON + timedelta(minutes=1)
            resend_invitation(session, person, actor=None, now=now)

    at_once(6, invite_again)
    assert len(acts_of(database, "invitation.sent")) == 2
    with database.session() as session:
        assert len(session.scalars(select(OutboxMail)).all()) == 2
        assert len(session.scalars(select(AccountLink)).all()) == 2
