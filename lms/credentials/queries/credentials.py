"""Finding credentials, and what the pages about them show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.queries import names_of
from lms.credentials.domain import Fault, read_token, verify_credential
from lms.credentials.domain.jws import JwsError
from lms.credentials.domain.state import CredentialState, EventKind, derive_state
from lms.credentials.models import (
    Credential,
    CredentialEvent,
    CredentialKind,
)
from lms.credentials.queries.issued import find_certificate_of, get_issued_together
from lms.credentials.queries.keys import get_jwks
from lms.decisions.queries import find_conflict
from lms.errors import NotFoundError

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyPage:
    """What anybody may see of a credential: no marks, no levels, no reasons.

    Attributes
    ----------
    certificate : Credential or None
        For a level credential, the certificate of the same decision.
    holder : str or None
        None once the person was erased.
    fault : Fault or None
        Why the stored signature does not verify; that is never to be expected.
    """

    credential: Credential
    certificate: Credential | None
    state: CredentialState
    holder: str | None
    key_name: str
    fault: Fault | None
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """What a file turned out to be.

    Attributes
    ----------
    fault : Fault or None
        Why the signature is not accepted.
    public_id : UUID or None
        The credential that it is; None when it is signed but no credential of ours.
    """

    fault: Fault | None = None
    public_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialLine:
    """One row of a list of credentials."""

    credential: Credential
    state: CredentialState
    holder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsPage:
    """Some credentials, newest first; `older` is where the next page begins."""

    lines: tuple[CredentialLine, ...]
    older: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPage:
    """One credential with its history, for certifiers.

    Attributes
    ----------
    certificate : CredentialLine or None
        For a level credential, the certificate of the same decision.
    levels : tuple of CredentialLine
        For a certificate, the level credentials of the same decision.
    possible : tuple of EventKind
        What the reader may let happen next.
    conflict : str or None
        Why the reader may do no more than suspend it.
    """

    line: CredentialLine
    certificate: CredentialLine | None
    levels: tuple[CredentialLine, ...]
    possible: tuple[EventKind, ...]
    conflict: str | None
    history: tuple[tuple[CredentialEvent, str | None], ...]
    issuer_name: str | None


def get_credential(session: Session, public_id: UUID) -> Credential:
    """Return any credential: for certifiers, and for those who hold its address."""
    found = session.scalar(select(Credential).where(Credential.public_id == public_id))
    if found is None:
        raise NotFoundError
    return found


def get_own_credential(
    session: Session, subject_id: UUID, public_id: UUID
) -> Credential:
    """Return a credential of its holder."""
    credential = get_credential(session, public_id)
    if credential.subject_id != subject_id:
        raise NotFoundError
    return credential


def get_achievement(session: Session, slug: str) -> dict[str, Any]:
    """Return an achievement as it was described when it was last awarded."""
    document = session.scalar(
        select(Credential.document)
        .where(Credential.achievement == slug)
        .order_by(Credential.id.desc())
        .limit(1)
    )
    if document is None:
        raise NotFoundError
    achievement: dict[str, Any] = document["credentialSubject"]["achievement"]
    return achievement


def list_credentials_of(
    session: Session, subject_id: UUID, *, at: datetime
) -> list[CredentialLine]:
    """Return what a person holds, newest certificate first, its levels behind it."""
    rows = session.scalars(
        select(Credential)
        .where(Credential.subject_id == subject_id)
        .order_by(Credential.decision_id.desc(), Credential.number)
    )
    return _lines(session, list(rows), at)


def get_credentials_page(
    session: Session, *, before: UUID | None, at: datetime
) -> CredentialsPage:
    """Return a page of certificates, newest first; `before` is the last one shown."""
    wanted = (
        select(Credential)
        .where(Credential.kind == CredentialKind.CERTIFICATE.value)
        .order_by(Credential.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    if before is not None:
        wanted = wanted.where(Credential.id < get_credential(session, before).id)
    rows = list(session.scalars(wanted))
    shown = rows[:PAGE_ROWS]
    return CredentialsPage(
        lines=tuple(_lines(session, shown, at)),
        older=shown[-1].public_id if len(rows) > PAGE_ROWS else None,
    )


def get_credential_page(
    session: Session, public_id: UUID, *, reader: UUID, at: datetime
) -> CredentialPage:
    """Return a credential with all that happened to it, and what is beside it."""
    credential = get_credential(session, public_id)
    issued = get_issued_together(session, credential)
    first, *levels = _lines(session, [issued.certificate, *issued.levels], at)
    line = next(row for row in (first, *levels) if row.credential is credential)
    people = {credential.issued_by, *(event.by for event in credential.events)}
    names = names_of(session, people)
    conflict = find_conflict(session, reader, credential.subject_id)
    return CredentialPage(
        line=line,
        certificate=None if line is first else first,
        levels=tuple(levels) if line is first else (),
        possible=tuple(
            event
            for event in issued.possible_events(credential)
            if conflict is None or event is EventKind.SUSPENDED
        ),
        conflict=conflict,
        history=tuple((event, names.get(event.by)) for event in credential.events),
        issuer_name=names.get(credential.issued_by),
    )


def get_verify_page(session: Session, public_id: UUID, *, at: datetime) -> VerifyPage:
    """Return the public page of a credential; its signature is verified anew."""
    credential = get_credential(session, public_id)
    checked = verify_credential(credential.jwt, get_jwks(session), at=at)
    line = _lines(session, [credential], at)[0]
    is_level = credential.kind == CredentialKind.LEVEL
    certificate = (
        find_certificate_of(session, credential.decision_id) if is_level else None
    )
    return VerifyPage(
        credential=credential,
        certificate=certificate,
        state=line.state,
        holder=line.holder,
        key_name=credential.kid.rpartition("/")[2],
        fault=checked.fault,
        checked_at=at,
    )


def check_credential_file(
    session: Session, data: bytes, *, at: datetime
) -> CheckedFile:
    """Verify a file against the published keys and find the credential that it is."""
    jwks = get_jwks(session)
    try:
        token = read_token(data)
    except JwsError as error:
        return CheckedFile(fault=error.fault)
    if not jwks["keys"]:
        return CheckedFile(fault=Fault.UNKNOWN_KEY)
    result = verify_credential(token, jwks, at=at)
    if result.document is None:
        return CheckedFile(fault=result.fault)
    found = select(Credential.public_id).where(Credential.jwt == token)
    return CheckedFile(public_id=session.scalar(found))


def _lines(
    session: Session, rows: Sequence[Credential], at: datetime
) -> list[CredentialLine]:
    names = names_of(session, {row.subject_id for row in rows})
    return [
        CredentialLine(
            credential=row,
            state=state_of(row, at=at),
            holder=names.get(row.subject_id),
        )
        for row in rows
    ]


def state_of(credential: Credential, *, at: datetime) -> CredentialState:
    """Return what a credential is worth at a moment."""
    return derive_state(
        credential.event_kinds,
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
        at=at,
    )
