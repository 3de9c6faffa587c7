"""Somebody stays who can administer people, whoever acts and however fast."""

import threading

import pytest

from lms.accounts.admin.services.roles import Act, disable_person, revoke_role
from lms.accounts.administrators import LastAdministratorError
from lms.accounts.queries import get_person
from lms.db import Database, make_engine
from lms.permissions import Role
from tests.conftest import NOON
from tests.databases import fresh_database
from tests.factories.accounts import make_person

OPERATOR = Act(actor=None, now=NOON, reason="見本")


def test_the_last_administrator_is_neither_disabled_nor_demoted(session):
    last = make_person(session, Role.ADMINISTRATOR)
    with pytest.raises(LastAdministratorError):
        disable_person(session, last, OPERATOR)
    with pytest.raises(LastAdministratorError):
        revoke_role(session, last, Role.ADMINISTRATOR, OPERATOR)
    assert last.is_enabled
    assert last.roles == (Role.ADMINISTRATOR,)


def test_a_disabled_administrator_does_not_count(session):
    last, disabled = (make_person(session, Role.ADMINISTRATOR) for _ in range(2))
    disable_person(session, disabled, OPERATOR)
    session.flush()
    with pytest.raises(LastAdministratorError):
        disable_person(session, last, OPERATOR)


def test_somebody_merely_invited_does_not_take_the_place_of_who_can_sign_in(session):
    present = make_person(session, Role.ADMINISTRATOR, password="long-enough-1")
    invited = make_person(session, Role.ADMINISTRATOR)
    with pytest.raises(LastAdministratorError):
        disable_person(session, present, OPERATOR)
    disable_person(session, invited, OPERATOR)
    session.flush()
    make_person(session, Role.ADMINISTRATOR, password="long-enough-1")
    disable_person(session, present, OPERATOR)
    assert not present.is_enabled


@pytest.mark.concurrent
def test_of_two_who_demote_each_other_at_once_one_stays(tmp_path, template_url):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        database = Database(engine)
        with database.session(writes=True) as session:
            both = [make_person(session, Role.ADMINISTRATOR) for _ in range(2)]
        ids = [person.subject_id for person in both]
        start, refused = threading.Barrier(2), []

        def demote(actor, other):
            start.wait()
            try:
                with database.transaction() as session:
                    act = Act(actor=actor, now=NOON, reason="見本")
                    person = get_person(session, other)
                    revoke_role(session, person, Role.ADMINISTRATOR, act)
            except LastAdministratorError:
                refused.append(actor)

        threads = [
            threading.Thread(target=demote, args=pair)
            for pair in (ids, list(reversed(ids)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with database.session() as session:
            left = [get_person(session, subject).roles for subject in ids]
        assert sorted(left) == [(), (Role.ADMINISTRATOR,)]
        assert len(refused) == 1
        engine.dispose()
