"""Set up a second factor, take its codes once each, replace and remove it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pyotp import TOTP, random_base32
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.sealing import (
    SealedUnderAnotherSecretError,
    is_sealed_under,
    seal,
    unseal,
)
from lms.accounts.second_factor.codes import (
    digest_of,
    new_recovery_codes,
    normalise_code,
)
from lms.accounts.second_factor.models import RecoveryCode, SecondFactor
from lms.accounts.second_factor.queries import find_factor, find_offer
from lms.accounts.sign_ins import end_sign_ins
from lms.audit.services import record_audit
from lms.db import change_rows
from lms.errors import SettingsError, message
from lms.jobs.services import post_mail

CHANGED = "second_factor_changed"
_DIGITS = 6
# One step early or late: clocks differ and typing takes time (RFC 6238, section 6).
_WINDOW = 1


class Proof(StrEnum):
    """What somebody showed."""

    APP = "app"
    RECOVERY = "recovery"
    PASSWORD = "password"  # noqa: S105 - a kind of proof


class Change(StrEnum):
    """What the mail to the owner tells."""

    SET_UP = "set_up"
    CODES_RENEWED = "codes_renewed"
    REMOVED = "removed"
    REFUSED = "refused"


def offer_factor(
    session: Session, person: Person, *, secret: str, now: datetime
) -> SecondFactor:
    """Make a secret for an app; it counts once the app's first code has come.

    Parameters
    ----------
    secret : str
        The setting under which it is sealed.
    """
    _delete(session, person.id, SecondFactor.confirmed_at.is_(None))
    offer = SecondFactor(
        person_id=person.id,
        sealed_secret=seal(random_base32(), secret),
        offered_at=now,
    )
    session.add(offer)
    return offer


def confirm_factor(
    session: Session,
    person: Person,
    typed: str,
    *,
    secrets: Sequence[str],
    now: datetime,
    keep_sign_in: int | None,
) -> list[str] | None:
    """Take the first code of the offered app, and let it replace the one before.

    Returns
    -------
    list of str or None
        New recovery codes, kept nowhere; nothing if there is no offer or the code is
        wrong.
    """
    offer = find_offer(session, person.id, now=now)
    step = _step_of(offer, typed, secrets, now) if offer else None
    if offer is None or step is None:
        return None
    _delete(session, person.id, SecondFactor.confirmed_at.is_not(None))
    offer.confirmed_at, offer.last_step = now, step
    end_sign_ins(
        session,
        person.id,
        now=now,
        reason="second_factor_set_up",
        except_id=keep_sign_in,
    )
    _tell(session, person, Change.SET_UP, actor=person.subject_id, now=now)
    return _replace_codes(session, person.id, now=now)


def accept_code(
    session: Session,
    person: Person,
    typed: str,
    *,
    secrets: Sequence[str],
    now: datetime,
) -> Proof | None:
    """Take a code of the app or a recovery code, so that it never works again."""
    code = normalise_code(typed)
    if len(code) == _DIGITS and code.isdecimal():
        used = _use_step(session, find_factor(session, person.id), code, secrets, now)
        return Proof.APP if used else None
    if not _use_recovery_code(session, person.id, code, now):
        return None
    record_audit(
        session,
        "second_factor.recovery_code_used",
        ("person", person.subject_id),
        actor=person.subject_id,
        now=now,
    )
    return Proof.RECOVERY


def renew_recovery_codes(
    session: Session, person: Person, *, now: datetime
) -> list[str]:
    """Make new codes; those from before work no longer."""
    _tell(session, person, Change.CODES_RENEWED, actor=person.subject_id, now=now)
    return _replace_codes(session, person.id, now=now)


def remove_second_factor(
    session: Session,
    person: Person,
    *,
    actor: UUID | None,
    now: datetime,
    keep_sign_in: int | None = None,
) -> None:
    """Forget a person's factor and codes, so that they can set up another.

    Parameters
    ----------
    actor : UUID or None
        The person, who removes their own, or an administrator who helps after a loss;
        nobody for the server's operator.
    keep_sign_in : int, optional
        The sign-in that goes on; all others of the person end.
    """
    if not _delete(session, person.id):
        return
    change_rows(
        session, delete(RecoveryCode).where(RecoveryCode.person_id == person.id)
    )
    end_sign_ins(
        session,
        person.id,
        now=now,
        reason="second_factor_removed",
        except_id=keep_sign_in,
    )
    _tell(session, person, Change.REMOVED, actor=actor, now=now)


def reseal_factors(session: Session, old: Sequence[str], secret: str) -> int:
    """Seal all secrets under the present setting; count those that were not.

    Raises
    ------
    SettingsError
        One opens with none of the secrets; the caller's transaction changes nothing.
    """
    moved = 0
    for factor in session.scalars(select(SecondFactor)):
        if is_sealed_under(factor.sealed_secret, secret):
            continue
        try:
            plain = unseal(factor.sealed_secret, old)
        except SealedUnderAnotherSecretError:
            raise SettingsError(
                message(
                    "The second factor of %(person)s opens with none of the secrets "
                    "given. Nothing was changed. Set LMS_OLD_KEYS_SECRET to the secret "
                    "under which it was locked. If that is lost, let them set up "
                    "another: lms people list --format json, "
                    "lms people remove-second-factor EMAIL"
                ),
                person=session.get_one(Person, factor.person_id).subject_id,
            ) from None
        factor.sealed_secret = seal(plain, secret)
        moved += 1
    return moved


def _use_step(
    session: Session,
    factor: SecondFactor | None,
    code: str,
    secrets: Sequence[str],
    now: datetime,
) -> bool:
    """Use a code up; of two who send it at once, the database lets one through."""
    step = _step_of(factor, code, secrets, now) if factor else None
    if factor is None or step is None:
        return False
    is_newer = or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step)
    statement = update(SecondFactor).where(SecondFactor.id == factor.id, is_newer)
    return change_rows(session, statement.values(last_step=step)) == 1


def _step_of(
    factor: SecondFactor, typed: str, secrets: Sequence[str], now: datetime
) -> int | None:
    """Return the step whose code this is; compared in constant time by the library."""
    totp = TOTP(unseal(factor.sealed_secret, secrets), digits=_DIGITS)
    try:
        return totp.verify_and_get_timecode(
            normalise_code(typed), for_time=now, valid_window=_WINDOW
        )
    except OTPVerificationError:
        return None


def _use_recovery_code(
    session: Session, person_id: int, code: str, now: datetime
) -> bool:
    statement = update(RecoveryCode).where(
        RecoveryCode.person_id == person_id,
        RecoveryCode.digest == digest_of(code),
        RecoveryCode.used_at.is_(None),
    )
    return change_rows(session, statement.values(used_at=now)) == 1


def _replace_codes(session: Session, person_id: int, *, now: datetime) -> list[str]:
    change_rows(
        session, delete(RecoveryCode).where(RecoveryCode.person_id == person_id)
    )
    codes = new_recovery_codes()
    session.add_all(
        RecoveryCode(person_id=person_id, digest=digest_of(code), made_at=now)
        for code in codes
    )
    return codes


def _delete(session: Session, person_id: int, *which: ColumnElement[bool]) -> int:
    return change_rows(
        session, delete(SecondFactor).where(SecondFactor.person_id == person_id, *which)
    )


def tell_of_wrong_codes(session: Session, person: Person, *, now: datetime) -> None:
    """Leave a trace of guessing: somebody who does it has the password already."""
    _tell(session, person, Change.REFUSED, actor=None, now=now)


def _tell(
    session: Session,
    person: Person,
    change: Change,
    *,
    actor: UUID | None,
    now: datetime,
) -> None:
    """Write the trail, and let the owner know of what may not have been their act."""
    record_audit(
        session,
        f"second_factor.{change}",
        ("person", person.subject_id),
        actor=actor,
        now=now,
    )
    post_mail(session, CHANGED, person.id, now=now, change=change.value)
