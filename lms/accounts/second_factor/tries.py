"""Trying a code in this browser: each try counts, and the fifth wrong one is the last.

A code has a million values and three are right at a time, so it protects only as long
as nobody can try many: neither in one sign-in nor, with a stolen password, in many.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.accounts.counting import throttle
from lms.accounts.gate import own_person, own_sign_in, passwords, renew_token
from lms.accounts.second_factor.services import Proof, accept_code
from lms.accounts.sign_ins import count_wrong_code
from lms.clock import utc_now

MAX_WRONG_CODES = 5


@dataclass(frozen=True, slots=True)
class Try:
    """What came of a try.

    Attributes
    ----------
    proof : Proof or None
        What was shown, if it was right.
    n_left : int
        How many wrong ones may still follow before the sign-in ends.
    wait_seconds : int or None
        How long to wait, after too many in several sign-ins: nothing was checked.
    """

    proof: Proof | None
    n_left: int
    wait_seconds: int | None = None

    @property
    def status(self) -> int:
        """Return the HTTP status of a refusal."""
        return 422 if self.wait_seconds is None else 429

    @property
    def is_last(self) -> bool:
        """Say whether the sign-in has to end now."""
        return self.proof is None and self.n_left <= 0


def try_code(session: Session, typed: str) -> Try:
    """Take a code of the app or a recovery code of the reader."""
    return _try(session, lambda: _accept(session, typed))


def try_password_or_code(session: Session, typed: str) -> Try:
    """Take a code, or the reader's password."""
    return _try(session, lambda: _match(typed) or _accept(session, typed))


def try_password(session: Session, typed: str) -> Try:
    """Take the reader's password alone."""
    return _try(session, lambda: _match(typed))


def raise_sign_in() -> None:
    """Note that a factor was shown; the token from before opens nothing more."""
    sign_in = own_sign_in()
    sign_in.second_factor_at = utc_now()
    renew_token(sign_in)


def _try(session: Session, look: Callable[[], Proof | None]) -> Try:
    sign_in = own_sign_in()
    n_left = MAX_WRONG_CODES - count_wrong_code(session, sign_in)
    if n_left < 0:  # sent at once with the one that ended the sign-in
        return Try(None, n_left)
    who = f"person/{current_user.subject_id}"
    if not throttle().take("code", who):
        return Try(None, n_left, throttle().seconds_left("code", who))
    proof = look()
    if proof is not None:
        sign_in.n_wrong_codes = 0
        throttle().forget("code", who)
    return Try(proof, n_left)


def _accept(session: Session, typed: str) -> Proof | None:
    return accept_code(
        session,
        own_person(),
        typed,
        secrets=current_app.config["LMS_SETTINGS"].unlocking_secrets,
        now=utc_now(),
    )


def _match(typed: str) -> Proof | None:
    profile = own_person().profile
    is_right = passwords().matches(profile.password_hash if profile else None, typed)
    return Proof.PASSWORD if is_right else None
