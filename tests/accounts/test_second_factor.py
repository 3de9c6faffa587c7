"""Codes: taken once, within a step of the clock; recovery codes; what is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts.sealing import (
    SealedUnderAnotherSecretError,
    is_sealed_under,
    seal,
    unseal,
)
from lms.accounts.second_factor.codes import digest_of, normalise_code
from lms.accounts.second_factor.mail import SecondFactorMail
from lms.accounts.second_factor.models import RecoveryCode, SecondFactor
from lms.accounts.second_factor.personal import SecondFactorData
from lms.accounts.second_factor.queries import (
    count_codes_left,
    find_factor,
    find_offer,
)
from lms.accounts.second_factor.services import (
    Change,
    Proof,
    accept_code,
    confirm_factor,
    offer_factor,
    remove_second_factor,
    renew_recovery_codes,
    reseal_factors,
)
from lms.audit.models import AuditEvent
from lms.errors import SettingsError
from lms.jobs.models import OutboxMail
from tests.accounts.factor_makers import SECRET, set_up_factor
from tests.conftest import NOON
from tests.factories.accounts import make_person

STEP = timedelta(seconds=30)
LATER = NOON + 20 * STEP


def accept(session, person, code, *, now=LATER):
    return accept_code(session, person, code, secrets=[SECRET], now=now)


@pytest.fixture
def person(session):
    return make_person(session)


@pytest.mark.parametrize(
    ("steps", "is_taken"),
    [(-2, False), (-1, True), (0, True), (1, True), (2, False)],
)
def test_code_is_taken_within_one_step_of_the_clock(session, person, steps, is_taken):
    app, _ = set_up_factor(session, person)
    code = app.at(LATER + steps * STEP)
    assert (accept(session, person, code) is Proof.APP) is is_taken


def test_code_that_was_used_is_refused_in_its_own_step(session, person):
    app, _ = set_up_factor(session, person)
    code = app.at(LATER)
    assert accept(session, person, code) is Proof.APP
    assert accept(session, person, code) is None
    assert accept(session, person, code, now=LATER + STEP) is None


def test_code_of_an_earlier_step_is_refused_after_a_later_one(session, person):
    app, _ = set_up_factor(session, person)
    assert accept(session, person, app.at(LATER + STEP)) is Proof.APP
    assert accept(session, person, app.at(LATER)) is None
    assert accept(session, person, app.at(LATER + 2 * STEP), now=LATER + STEP)


def test_code_that_confirmed_the_app_does_not_sign_in(session, person):
    app, _ = set_up_factor(session, person)
    assert accept(session, person, app.at(NOON), now=NOON) is None


def test_code_of_another_person_is_refused(session, person):
    app, codes = set_up_factor(session, make_person(session))
    set_up_factor(session, person)
    assert accept(session, person, app.at(LATER)) is None
    assert accept(session, person, codes[0]) is None


def test_without_a_factor_no_code_is_right(session, person):
    assert accept(session, person, "000000") is None
    assert accept(session, person, "AAAA AAAA AAAA AAAA") is None


def test_code_may_be_typed_with_blanks_and_in_wide_signs(session, person):
    app, _ = set_up_factor(session, person)
    code = app.at(LATER)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert accept(session, person, f" {wide[:3]}　{wide[3:]} ") is Proof.APP


def test_recovery_code_works_once_however_it_is_typed(session, person):
    _, codes = set_up_factor(session, person)
    assert accept(session, person, codes[3].lower().replace(" ", "-")) is Proof.RECOVERY
    assert accept(session, person, codes[3]) is None
    assert count_codes_left(session, person.id) == 9
    used = select(AuditEvent.object_id).where(
        AuditEvent.action == "second_factor.recovery_code_used"
    )
    assert session.scalars(used).all() == [str(person.subject_id)]


def test_digits_that_are_no_part_of_a_recovery_code_are_read_as_letters():
    assert digest_of("0IL1 8AAA 2222 3333") == digest_of("OIL I BAAA 22223333")
    assert normalise_code(" ab-cd　1２3 ") == "ABCD123"


def test_ten_recovery_codes_of_eighty_bits_differ(session, person):
    _, codes = set_up_factor(session, person)
    assert len(set(codes)) == 10
    assert {len(code.replace(" ", "")) for code in codes} == {16}


def test_new_recovery_codes_make_the_old_void(session, person):
    _, old = set_up_factor(session, person)
    new = renew_recovery_codes(session, person, now=LATER)
    session.flush()
    assert accept(session, person, old[0]) is None
    assert accept(session, person, new[0]) is Proof.RECOVERY


def test_neither_secret_nor_recovery_code_lies_open_in_the_database(session, person):
    app, codes = set_up_factor(session, person)
    factor = find_factor(session, person.id)
    assert app.secret not in factor.sealed_secret
    digests = session.scalars(select(RecoveryCode.digest)).all()
    assert not {normalise_code(code) for code in codes} & set(digests)
    assert {len(digest) for digest in digests} == {64}


def test_wrong_first_code_sets_nothing_up(session, person):
    offer_factor(session, person, secret=SECRET, now=NOON)
    session.flush()
    assert confirm(session, person, "12") is None
    assert find_factor(session, person.id) is None


def confirm(session, person, code, *, now=NOON):
    return confirm_factor(
        session, person, code, secrets=[SECRET], now=now, keep_sign_in=None
    )


def test_offer_does_not_stand_for_ever(session, person):
    offer_factor(session, person, secret=SECRET, now=NOON)
    session.flush()
    assert find_offer(session, person.id, now=NOON + timedelta(minutes=29))
    assert find_offer(session, person.id, now=NOON + timedelta(minutes=30)) is None
    assert confirm(session, person, "123456", now=NOON + timedelta(hours=1)) is None


def test_present_app_works_until_another_one_is_confirmed(session, person):
    old, _ = set_up_factor(session, person)
    offer_factor(session, person, secret=SECRET, now=LATER)
    session.flush()
    assert accept(session, person, old.at(LATER)) is Proof.APP
    new, _ = set_up_factor(session, person, now=LATER)
    assert accept(session, person, old.at(LATER + STEP), now=LATER + STEP) is None
    assert accept(session, person, new.at(LATER + STEP), now=LATER + STEP)


def test_removal_is_told_to_the_trail_and_to_the_owner(session, person):
    administrator = make_person(session)
    set_up_factor(session, person)
    remove_second_factor(session, person, actor=administrator.subject_id, now=LATER)
    session.commit()
    assert find_factor(session, person.id) is None
    assert count_codes_left(session, person.id) == 0
    trail = select(AuditEvent).where(AuditEvent.action == "second_factor.removed")
    event = session.scalars(trail).one()
    assert event.actor_id == administrator.subject_id
    assert event.object_id == str(person.subject_id)
    mails = session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [mail.values for mail in mails] == [
        {"change": "set_up"},
        {"change": "removed"},
    ]


def test_removal_of_nothing_tells_nobody(session, person):
    remove_second_factor(session, person, actor=None, now=NOON)
    session.commit()
    assert session.scalar(select(func.count()).select_from(OutboxMail)) == 0


@pytest.mark.parametrize("change", list(Change))
def test_letter_is_in_the_owners_language_and_has_no_secret(
    app, session, person, change
):
    is_refused = change is Change.REFUSED
    english = "wrong codes" if is_refused else "second factor"
    for locale, word in (("ja", "認証"), ("en", english)):
        person.profile.locale = locale
        with app.app_context():
            letter = SecondFactorMail().compose(session, person.id, {"change": change})
        assert letter.to == person.profile.email
        assert word in letter.subject
        assert person.profile.name in letter.body


def test_nobody_is_written_to_once_the_person_is_erased(app, session, person):
    session.delete(person.profile)
    session.commit()
    session.expire_all()
    with app.app_context():
        assert not SecondFactorMail().compose(session, person.id, {"change": "set_up"})


def test_person_takes_the_moments_along_and_nothing_that_opens_a_door(session, person):
    _app, codes = set_up_factor(session, person)
    accept(session, person, codes[0])
    held = SecondFactorData().export(session, person)
    assert len(held["apps"]) == 1
    assert len([code for code in held["recovery_codes"] if code["used_at"]]) == 1
    assert "secret" not in str(held)
    assert "digest" not in str(held)
    assert SecondFactorData().erase(session, person) == 11
    for table in (SecondFactor, RecoveryCode):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_secret_opens_under_its_own_setting_alone():
    sealed = seal("JBSWY3DP", "first " * 6)
    assert unseal(sealed, ["second " * 6, "first " * 6]) == "JBSWY3DP"
    assert is_sealed_under(sealed, "first " * 6)
    assert not is_sealed_under(sealed, "second " * 6)
    with pytest.raises(SealedUnderAnotherSecretError):
        unseal(sealed, ["second " * 6])
    with pytest.raises(SealedUnderAnotherSecretError):
        unseal(sealed[:-4] + "AAA=", ["first " * 6])


def test_secrets_move_to_another_setting_and_go_on_working(session, person):
    app, _ = set_up_factor(session, person)
    other = "another secret " * 3
    with pytest.raises(SettingsError, match="LMS_OLD_KEYS_SECRET") as refused:
        reseal_factors(session, ["a third secret " * 3], other)
    assert str(person.subject_id) in str(refused.value)
    assert "remove-second-factor" in str(refused.value)
    assert reseal_factors(session, [SECRET], other) == 1
    assert reseal_factors(session, [SECRET], other) == 0
    session.commit()
    taken = accept_code(session, person, app.at(LATER), secrets=[other], now=LATER)
    assert taken is Proof.APP
