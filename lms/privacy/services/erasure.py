"""Asking to be erased, and erasing: names and texts go, facts and chains stay."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.administrators import ensure_another_administrator
from lms.accounts.personal import find_by_request
from lms.accounts.queries import find_person
from lms.audit.services import record_audit
from lms.errors import ConflictError, message
from lms.privacy.models import ErasureRequest, Settlement
from lms.privacy.queries import find_last_settled, find_open_request, list_erased
from lms.privacy.sources import SOURCES


class SettledError(ConflictError):
    """Somebody else has settled the request."""

    default: ClassVar[str] = message("This request has been settled already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who settles a request, when and why; nobody for the server's operator."""

    actor: UUID | None
    now: datetime
    reason: str = ""


def request_erasure(session: Session, subject_id: UUID, act: Act) -> ErasureRequest:
    """Ask for a person to be erased; asking again changes nothing."""
    waiting = find_open_request(session, subject_id)
    if waiting is not None:
        return waiting
    request = ErasureRequest(
        subject_id=subject_id,
        requested_at=act.now,
        requested_by=act.actor,
        reason=act.reason,
    )
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError:
        faster = find_open_request(session, subject_id)
        if faster is None:
            raise
        return faster
    _audit(session, "erasure.requested", subject_id, act)
    return request


def withdraw_request(session: Session, subject_id: UUID, act: Act) -> None:
    """Take one's own request back; doing it again changes nothing.

    Raises
    ------
    SettledError
        An administrator has settled it, while this waited perhaps.
    """
    request = find_open_request(session, subject_id, locks=True)
    if request is None:
        last = find_last_settled(session, subject_id)
        if last is None or last.settlement != Settlement.WITHDRAWN.value:
            raise SettledError
        return
    _settle(request, Settlement.WITHDRAWN, act)
    _audit(session, "erasure.withdrawn", subject_id, act)


def decline_request(session: Session, request: ErasureRequest, act: Act) -> None:
    """Refuse a request with a reason that the person can read."""
    _settle(request, Settlement.DECLINED, act)
    request.reason = act.reason
    _audit(session, "erasure.declined", request.subject_id, act)


def carry_out(session: Session, request: ErasureRequest, act: Act) -> int:
    """Erase the person a request is about; return how many rows went.

    Raises
    ------
    SettledError
        The request was settled before.
    LastAdministratorError
        Nobody else could administer people.
    """
    _settle(request, Settlement.ERASED, act)
    session.flush()  # its words are blanked with those of earlier requests
    rows = _erase(session, request.subject_id)
    _audit(session, "person.erased", request.subject_id, act, rows=rows)
    return rows


def erase_again(session: Session, subject_id: UUID, act: Act) -> int:
    """Erase somebody who was erased before an older backup was restored."""
    waiting = find_open_request(session, subject_id, locks=True)
    request = waiting or ErasureRequest(
        subject_id=subject_id, requested_at=act.now, requested_by=act.actor
    )
    session.add(request)
    return carry_out(session, request, act)


def erase_late_arrivals(session: Session, *, since: datetime) -> int:
    """Delete what came in while its writer was being erased; return how many rows.

    A text that was on its way when the others were deleted is stored after them.
    """
    erased = map(partial(find_by_request, session), list_erased(session, since=since))
    people = filter(None, erased)
    return sum(source.erase(session, row) for row in people for source in SOURCES)


def _erase(session: Session, subject_id: UUID) -> int:
    asked = find_person(session, subject_id)
    if asked is not None:  # first, as whoever shuts an administrator out does
        ensure_another_administrator(session, asked)
    person = find_by_request(session, subject_id)
    if person is None:
        return 0
    return sum(source.erase(session, person) for source in SOURCES)


def _settle(request: ErasureRequest, settlement: Settlement, act: Act) -> None:
    if request.settled_at is not None:
        raise SettledError
    request.settled_at = act.now
    request.settled_by = act.actor
    request.settlement = settlement.value


def _audit(
    session: Session, action: str, subject_id: UUID, act: Act, **inputs: int
) -> None:
    record_audit(
        session,
        action,
        ("person", subject_id),
        actor=act.actor,
        now=act.now,
        **inputs,
    )
