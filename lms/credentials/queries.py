"""Finding keys and credentials, and what the public page of one shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.queries import names_of
from lms.credentials.domain import Fault, Purpose, verify_credential
from lms.credentials.domain.state import CredentialState, EventKind, derive_state
from lms.credentials.domain.status_list import LIST_ENTRIES
from lms.credentials.models import (
    Credential,
    CredentialEvent,
    CredentialKind,
    SigningKey,
)
from lms.errors import NotFoundError, message
from lms.programme.models import Cohort, Enrolment

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyPage:
    """What anybody may see of a credential: no marks, no levels, no reasons.

    Attributes
    ----------
    holder : str or None
        None once the person was erased.
    fault : Fault or None
        Why the stored signature does not verify; that is never to be expected.
    """

    credential: Credential
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
    """One credential with its history, for certifiers."""

    line: CredentialLine
    history: tuple[tuple[CredentialEvent, str | None], ...]
    issuer_name: str | None


def find_current_key(session: Session) -> SigningKey | None:
    """Return the key that signs now, or nothing before one was made."""
    return session.scalar(
        select(SigningKey)
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.id.desc())
        .limit(1)
    )


def get_key(session: Session, name: str) -> SigningKey:
    """Return one key of the certification body."""
    key = session.scalar(select(SigningKey).where(SigningKey.name == name))
    if key is None:
        raise NotFoundError(message("There is no key %(name)s."), name=name)
    return key


def list_signing_keys(session: Session) -> list[SigningKey]:
    """Return all keys, newest first."""
    return list(session.scalars(select(SigningKey).order_by(SigningKey.id.desc())))


def get_public_key(session: Session, name: str) -> dict[str, Any]:
    """Return one public key as JWK; retired keys stay published."""
    return get_key(session, name).public_jwk


def get_jwks(session: Session) -> dict[str, Any]:
    """Return all public keys, newest first (RFC 7517, section 5)."""
    keys = session.scalars(select(SigningKey.public_jwk).order_by(SigningKey.id.desc()))
    return {"keys": list(keys)}


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


def list_credentials_of_decision(
    session: Session, decision_id: int
) -> list[Credential]:
    """Return what a decision gave, certificate first."""
    return list(
        session.scalars(
            select(Credential)
            .where(Credential.decision_id == decision_id)
            .order_by(Credential.number)
        )
    )


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
    session: Session, public_id: UUID, *, at: datetime
) -> CredentialPage:
    """Return a credential with all that happened to it."""
    credential = get_credential(session, public_id)
    people = {credential.issued_by, *(event.by for event in credential.events)}
    names = names_of(session, people)
    return CredentialPage(
        line=_lines(session, [credential], at)[0],
        history=tuple((event, names.get(event.by)) for event in credential.events),
        issuer_name=names.get(credential.issued_by),
    )


def get_verify_page(session: Session, public_id: UUID, *, at: datetime) -> VerifyPage:
    """Return the public page of a credential; its signature is verified anew."""
    credential = get_credential(session, public_id)
    checked = verify_credential(credential.jwt, get_jwks(session), at=at)
    line = _lines(session, [credential], at)[0]
    return VerifyPage(
        credential=credential,
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
    if not jwks["keys"]:
        return CheckedFile(fault=Fault.UNKNOWN_KEY)
    result = verify_credential(data, jwks, at=at)
    if result.document is None:
        return CheckedFile(fault=result.fault)
    token = data.decode("ascii").removesuffix("\n")
    found = select(Credential.public_id).where(Credential.jwt == token)
    return CheckedFile(public_id=session.scalar(found))


def has_status_list(session: Session, number: int) -> bool:
    """Say whether a credential has an entry in the list of that number."""
    first, end = _range_of(number)
    found = select(Credential.id).where(
        Credential.status_index >= first, Credential.status_index < end
    )
    return session.scalar(found.limit(1)) is not None


def list_set_entries(session: Session, number: int, purpose: Purpose) -> list[int]:
    """Return the entries that are set in a list (see `domain.status_list`)."""
    first, end = _range_of(number)
    newest = (
        select(func.max(CredentialEvent.id)).group_by(CredentialEvent.credential_id)
    ).scalar_subquery()
    kinds = [EventKind.SUSPENDED.value]
    if purpose is Purpose.REVOCATION:
        kinds.append(EventKind.REVOKED.value)
    rows = session.scalars(
        select(Credential.status_index)
        .join(CredentialEvent, CredentialEvent.credential_id == Credential.id)
        .where(
            Credential.status_index >= first,
            Credential.status_index < end,
            CredentialEvent.id.in_(newest),
            CredentialEvent.event.in_(kinds),
        )
    )
    return [index - first for index in rows]


def _range_of(number: int) -> tuple[int, int]:
    return (number - 1) * LIST_ENTRIES, number * LIST_ENTRIES


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


def list_issued_to(
    session: Session, subject_ids: Iterable[UUID]
) -> dict[UUID, list[Credential]]:
    """Return what was issued to several people, oldest first, in one query."""
    found: dict[UUID, list[Credential]] = {}
    for row in session.scalars(
        select(Credential)
        .where(Credential.subject_id.in_(list(subject_ids)))
        .order_by(Credential.id)
    ):
        found.setdefault(row.subject_id, []).append(row)
    return found


def list_cohort_credentials(session: Session, cohort: Cohort) -> list[Credential]:
    """Return what was issued to the members of a cohort, by number."""
    members = select(Enrolment.subject_id).where(Enrolment.cohort_id == cohort.id)
    return list(
        session.scalars(
            select(Credential)
            .where(Credential.subject_id.in_(members))
            .order_by(Credential.number)
        )
    )
