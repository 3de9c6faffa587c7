"""Mails leave once they are due: at least once, never again, and never in a loop."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from lms.db import Database, make_engine
from lms.jobs.carriers import FolderCarrier, SmtpCarrier, carrier_of
from lms.jobs.delivery import deliver_due
from lms.jobs.models import OutboxMail
from lms.jobs.queries import get_outbox_state
from lms.jobs.services import MAX_ATTEMPTS, post_mail
from tests.conftest import NOON
from tests.databases import fresh_database
from tests.factories.accounts import make_person
from tests.jobs.post import LOST, DyingPigeon, Greeting, Pigeon, office


@pytest.fixture
def person(session):
    return make_person(session, email="hanako@example.org")


def post(session, person, **values):
    values.setdefault("word", "こんにちは")
    post_mail(session, "greeting", person.id, now=NOON, **values)
    session.commit()


def the_row(database):
    with database.session() as session:
        return session.scalars(select(OutboxMail)).one()


def test_a_mail_that_is_due_is_sent_once(session, database, settings, person):
    post(session, person)
    pigeon = Pigeon()
    post_office = office(settings, pigeon)
    assert deliver_due(database, post_office, now=NOON).sent == 1
    assert deliver_due(database, post_office, now=NOON + timedelta(days=9)).total == 0
    (mail,) = pigeon.carried
    assert mail["To"] == "hanako@example.org"
    assert mail["Subject"] == "つなぐからのお知らせ"
    assert mail.get_content().strip() == "こんにちは"
    assert the_row(database).sent_at == NOON


def test_a_mail_waits_for_its_time(session, database, settings, person):
    post(session, person)
    before = NOON - timedelta(seconds=1)
    assert deliver_due(database, office(settings, Pigeon()), now=before).total == 0


def test_nobody_is_written_to_who_was_erased(session, database, settings, person):
    post(session, person)
    session.delete(person.profile)
    session.commit()
    pigeon = Pigeon()
    assert deliver_due(database, office(settings, pigeon), now=NOON).dropped == 1
    assert pigeon.carried == []
    state = get_outbox_state(session)
    assert (state.waiting, state.given_up) == (0, 0)


def test_a_failed_mail_is_tried_again_each_time_twice_as_late(
    session, database, settings, person
):
    post(session, person)
    pigeon = Pigeon(errors=[LOST] * 3)
    now, pauses = NOON, []
    while not (result := deliver_due(database, office(settings, pigeon), now=now)).sent:
        assert result.failed == 1
        due = the_row(database).next_attempt_at
        pauses.append((due - now).total_seconds())
        now = due
    assert pauses == [60, 120, 240]
    assert len(pigeon.carried) == 1


def test_a_hopeless_mail_is_given_up_and_counted(session, database, settings, person):
    post(session, person)
    pigeon, now = Pigeon(errors=[LOST] * 99), NOON
    for _ in range(MAX_ATTEMPTS):
        deliver_due(database, office(settings, pigeon), now=now)
        now = the_row(database).next_attempt_at or now
    row = the_row(database)
    assert (row.attempts, row.next_attempt_at) == (MAX_ATTEMPTS, None)
    assert row.last_error == "SMTPServerDisconnected"
    assert get_outbox_state(session).given_up == 1
    later = now + timedelta(days=99)
    assert deliver_due(database, office(settings, pigeon), now=later).total == 0


def test_a_worker_killed_after_sending_leaves_a_mail_with_the_same_message_id(
    session, database, settings, person
):
    post(session, person)
    dying, pigeon = DyingPigeon(), Pigeon()
    with pytest.raises(SystemExit):
        deliver_due(database, office(settings, dying), now=NOON)
    soon = NOON + timedelta(minutes=1)
    assert deliver_due(database, office(settings, pigeon), now=soon).total == 0
    later = NOON + timedelta(minutes=10)
    assert deliver_due(database, office(settings, pigeon), now=later).sent == 1
    ids = {mail["Message-ID"] for mail in dying.carried + pigeon.carried}
    assert ids == {f"<{the_row(database).public_id}@tsunagu.example>"}


def test_a_mail_that_kills_its_worker_each_time_is_given_up(
    session, database, settings, person
):
    post(session, person)
    now = NOON
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(SystemExit):
            deliver_due(database, office(settings, DyingPigeon()), now=now)
        now = the_row(database).next_attempt_at
    assert deliver_due(database, office(settings, Pigeon()), now=now).failed == 1
    assert the_row(database).last_error == "Interrupted"
    assert the_row(database).next_attempt_at is None


def test_one_broken_kind_does_not_hold_up_the_others(
    session, database, settings, person
):
    post_mail(session, "unheard-of", person.id, now=NOON - timedelta(hours=1))
    post_mail(session, "greeting", person.id, now=NOON - timedelta(minutes=30))
    post(session, person)
    pigeon = Pigeon()
    result = deliver_due(database, office(settings, pigeon), now=NOON)
    assert (result.failed, result.sent) == (2, 1)
    with database.session() as fresh:
        errors = set(fresh.scalars(select(OutboxMail.last_error)))
    assert errors == {"UnknownMailKindError", "KeyError", None}


def test_what_a_kind_writes_is_kept_when_it_composes_and_undone_when_it_fails(
    session, database, settings, person
):
    class Renaming(Greeting):
        def compose(self, session, person_id, values):
            letter = super().compose(session, person_id, {"word": "x"})
            row = session.scalars(select(OutboxMail)).one()
            row.values = {"seen": values.get("seen", 0) + 1}
            session.flush()
            if values.get("fails") or "seen" not in values:
                return letter
            raise ValueError

    post(session, person)
    pigeon = Pigeon(errors=[LOST])
    deliver_due(database, office(settings, pigeon, Renaming()), now=NOON)
    assert the_row(database).values == {"seen": 1}
    later = NOON + timedelta(hours=1)
    deliver_due(database, office(settings, pigeon, Renaming()), now=later)
    assert the_row(database).values == {"seen": 1}
    assert the_row(database).last_error == "ValueError"


def test_neither_log_nor_row_names_an_address(
    session, database, settings, person, caplog
):
    caplog.set_level(logging.DEBUG)
    post(session, person)
    deliver_due(database, office(settings, Pigeon(errors=[LOST])), now=NOON)
    later = NOON + timedelta(hours=1)
    deliver_due(database, office(settings, Pigeon()), now=later)
    assert "a mail of kind greeting was sent" in caplog.text
    assert "SMTPServerDisconnected" in caplog.text
    assert "@" not in caplog.text


def test_without_a_server_mails_are_kept_where_only_their_user_reads(
    session, database, settings, person
):
    post(session, person)
    carrier = carrier_of(settings)
    assert isinstance(carrier, FolderCarrier)
    assert deliver_due(database, office(settings, carrier), now=NOON).sent == 1
    (path,) = Path(settings.data_dir, "outbox").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.suffix == ".eml"
    assert b"=?utf-8?" in path.read_bytes()


def test_a_server_in_the_settings_is_used(settings):
    from dataclasses import replace

    given = replace(settings, smtp_url="smtps://mail.example", mail_from="a@b.example")
    assert carrier_of(given) == SmtpCarrier("smtps://mail.example")


@pytest.mark.concurrent
def test_two_workers_never_send_the_same_mail(template_url, tmp_path, settings):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        own = Database(engine)
        with own.session(writes=True) as session:
            somebody = make_person(session)
            for _ in range(12):
                post(session, somebody)
        pigeon, barrier = Pigeon(), Barrier(4)

        def work(_number):
            barrier.wait()
            return deliver_due(own, office(settings, pigeon), now=NOON).sent

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(work, range(4))) == 12
        engine.dispose()
    assert len({mail["Message-ID"] for mail in pigeon.carried}) == 12
    assert len(pigeon.carried) == 12
