"""Mails kept as files go when their rows go, and nothing else goes with them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from lms.jobs.carriers import carrier_of
from lms.jobs.delivery import deliver_due
from lms.jobs.mail_files import forget_mail_files, mail_folder
from lms.jobs.services import forget_mails, post_mail, withdraw_mails
from lms.operation.periodic import periodic_jobs
from tests.conftest import NOON
from tests.factories.accounts import make_person
from tests.jobs.post import office


@pytest.fixture
def folder(settings):
    return mail_folder(settings)


@pytest.fixture
def keep(session, database, settings):
    """Let a person get a mail that is kept as a file."""

    def keep(person, now=NOON):
        post_mail(session, "greeting", person.id, now=now, word="x")
        session.commit()
        deliver_due(database, office(settings, carrier_of(settings)), now=now)

    return keep


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_mails_of_somebody_who_is_erased_go_and_those_of_others_stay(
    session, folder, keep
):
    erased, other = make_person(session), make_person(session)
    keep(erased)
    first = names(folder)
    keep(other)
    withdraw_mails(session, erased.id)
    session.commit()
    assert forget_mail_files(session, folder) == 1
    assert len(names(folder)) == 1
    assert not first & names(folder)
    assert forget_mail_files(session, folder) == 0


def test_mails_go_when_their_time_is_over(session, folder, keep):
    person = make_person(session)
    keep(person)
    keep(person, NOON + timedelta(days=1))
    forget_mails(session, NOON + timedelta(hours=1))
    session.commit()
    assert forget_mail_files(session, folder) == 1
    assert len(names(folder)) == 1


def test_what_delivery_did_not_write_is_left_alone(session, folder, tmp_path):
    elsewhere = tmp_path / "elsewhere.eml"
    elsewhere.touch()
    folder.mkdir()
    (folder / "note.eml").touch()
    (folder / f"{uuid4()}.txt").touch()
    (folder / f"{uuid4().hex}.eml").touch()
    (folder / f"{uuid4()}.eml").mkdir()
    (folder / f"{uuid4()}.eml").symlink_to(elsewhere)
    before = names(folder)
    assert forget_mail_files(session, folder) == 0
    assert names(folder) == before


def test_many_files_are_looked_up_in_parts(session, folder):
    folder.mkdir()
    for _ in range(501):
        (folder / f"{uuid4()}.eml").touch()
    assert forget_mail_files(session, folder) == 501
    assert names(folder) == set()


def test_an_installation_without_the_folder_has_nothing_to_forget(session, folder):
    assert forget_mail_files(session, folder) == 0


def test_the_daily_sweep_takes_along_what_has_lost_its_row(app, folder):
    folder.mkdir()
    path = folder / f"{uuid4()}.eml"
    path.touch()
    jobs = {job.name: job for job in periodic_jobs(app)}
    jobs["sweep-retention"].run(NOON)
    assert not path.exists()
