"""Stays of browsers: begun with a token, kept as its digest, ended for a reason."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    bindparam,
    delete,
    func,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from lms.accounts.models import AccountLink, Person, SignIn
from lms.audit.services import record_audit
from lms.db import change_rows
from lms.errors import NotFoundError

_TOKEN_BYTES = 32
# No write for every page: how old the note of the last request may be.
SEEN_STEP = timedelta(minutes=1)

# Open: not ended, and neither of the two times has come.
IS_OPEN = (
    SignIn.ended_at.is_(None),
    SignIn.expires_at > bindparam("now"),
    SignIn.last_seen_at > bindparam("idle_since"),
)


@dataclass(frozen=True, slots=True)
class StayLimits:
    """How long a sign-in lasts: without a request, and in any case.

    The defaults, one hour and twelve hours, lie within what NIST SP 800-63B-4,
    section 2.2.3, asks of AAL2 (inactivity 1 hour, overall 24 hours), and a working
    day needs one sign-in.
    """

    idle: timedelta
    overall: timedelta


@dataclass(frozen=True, slots=True)
class NewStay:
    """How somebody came in."""

    method: str
    browser: str = ""
    second_factor_at: datetime | None = None


def begin_sign_in(
    session: Session,
    person_id: int,
    stay: NewStay,
    *,
    limits: StayLimits,
    now: datetime,
) -> str:
    """Open a stay and return the token for its browser, which is kept nowhere else."""
    token = _new_token()
    session.add(
        SignIn(
            digest=digest_of(token),
            person_id=person_id,
            method=stay.method,
            browser=stay.browser,
            created_at=now,
            last_seen_at=now,
            expires_at=now + limits.overall,
            second_factor_at=stay.second_factor_at,
        )
    )
    return token


def find_former_holder(session: Session, token: str) -> int | None:
    """Return whose stay this was, open or ended; it says nothing about who asks now."""
    return session.scalar(
        select(SignIn.person_id)
        .join(SignIn.person)
        .where(SignIn.digest == digest_of(token), Person.is_enabled)
    )


def list_sign_ins(
    session: Session, person_id: int, *, limits: StayLimits, now: datetime
) -> list[SignIn]:
    """Return a person's open stays, the one seen last first."""
    return list(
        session.scalars(
            select(SignIn)
            .where(SignIn.person_id == person_id, *IS_OPEN)
            .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc()),
            {"now": now, "idle_since": now - limits.idle},
        )
    )


def seconds_left(expires_at: datetime, limits: StayLimits, *, now: datetime) -> int:
    """Return for how long a stay lasts at least, now that something was asked of it."""
    ends = min(now + limits.idle - SEEN_STEP, expires_at)
    return max(0, int((ends - now).total_seconds()))


def is_note_due(last_seen_at: datetime, *, now: datetime) -> bool:
    """Say whether the note of the last request is too old to be left."""
    return now - last_seen_at >= SEEN_STEP


def note_seen(session: Session, sign_in_id: int, *, now: datetime) -> None:
    """Keep that a stay is in use."""
    change_rows(
        session,
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.last_seen_at < now)
        .values(last_seen_at=now),
    )


def rotate_sign_in(sign_in: SignIn) -> str:
    """Give a stay a new token, whenever it comes to be worth more; the old is dead."""
    token = _new_token()
    sign_in.digest = digest_of(token)
    return token


def count_wrong_code(session: Session, sign_in: SignIn) -> int:
    """Count a try before it is checked, so that tries sent at once wait in a row."""
    counted = update(SignIn).where(SignIn.id == sign_in.id)
    change_rows(session, counted.values(n_wrong_codes=SignIn.n_wrong_codes + 1))
    session.refresh(sign_in, ["n_wrong_codes"])
    return sign_in.n_wrong_codes


def close_sign_in(sign_in: SignIn, *, now: datetime, reason: str) -> None:
    """End the stay of the browser that asks for it."""
    sign_in.ended_at = now
    sign_in.end_reason = reason


def end_sign_in(
    session: Session,
    person_id: int,
    public_id: UUID,
    *,
    now: datetime,
    reason: str,
) -> None:
    """End one of a person's own stays.

    Raises
    ------
    NotFoundError
        It is somebody else's, or has ended.
    """
    if not _end(
        session, SignIn.public_id == public_id, person_id, now=now, reason=reason
    ):
        raise NotFoundError


def end_sign_ins(
    session: Session,
    person_id: int,
    *,
    now: datetime,
    reason: str,
    except_id: int | None = None,
) -> int:
    """End all stays of a person, but one if asked; return how many were running."""
    others = true() if except_id is None else SignIn.id != except_id
    return _end(session, others, person_id, now=now, reason=reason)


def end_everywhere(
    session: Session, person: Person, *, actor: UUID | None, now: datetime
) -> None:
    """End all stays of a person, who or for whom an administrator asks; record it."""
    count = end_sign_ins(session, person.id, now=now, reason="ended_everywhere")
    record_audit(
        session,
        "sign_ins.ended",
        ("person", person.subject_id),
        actor=actor,
        now=now,
        count=count,
    )


def forget_sign_ins(session: Session, before: datetime) -> int:
    """Delete stays and links that ended before a moment; return how many rows."""
    ended = func.coalesce(SignIn.ended_at, SignIn.expires_at)
    stays = change_rows(session, delete(SignIn).where(ended < before))
    run_out = AccountLink.expires_at < before
    return stays + change_rows(session, delete(AccountLink).where(run_out))


def _end(
    session: Session,
    which: ColumnElement[bool],
    person_id: int,
    *,
    now: datetime,
    reason: str,
) -> int:
    return change_rows(
        session,
        update(SignIn)
        .where(which, SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason),
    )


def _new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return the SHA-256 of a token: 256 random bits need no salt or slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
