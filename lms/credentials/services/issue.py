"""Issuing: one decision gives one certificate and one credential per level."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.audit.services import record_audit
from lms.content.domain import Bilingual, digest_of
from lms.credentials.domain import (
    Award,
    CertificateOrder,
    CompetencyAward,
    Issuer,
    build_certificate,
    build_level_credential,
    sign_credential,
)
from lms.credentials.models import Credential, CredentialKind
from lms.credentials.queries.issued import list_credentials_of_decision
from lms.credentials.services.counters import take_number
from lms.credentials.services.entries import take_status_index
from lms.credentials.services.keys import unlock_current_key
from lms.settings import Settings

Build = Callable[[CertificateOrder], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOrder:
    """Who issues what on which decision, and when.

    Attributes
    ----------
    actor : UUID
        Random id of the certifier.
    """

    decision_id: int
    award: Award
    actor: UUID
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One of the credentials that an award gives."""

    kind: CredentialKind
    competency: str
    achievement: str
    title: Bilingual
    suffix: str
    build: Build


def issuer_of(settings: Settings) -> Issuer:
    """Return the certification body of this installation."""
    return Issuer(
        public_url=settings.public_url,
        name=Bilingual(settings.body_name_ja, settings.body_name_en),
    )


def issue_credentials(
    session: Session, order: IssueOrder, settings: Settings
) -> list[Credential]:
    """Issue what a decision awards, certificate first; once only.

    The same decision issued again, or by two people at once, gives what was issued
    first.

    Raises
    ------
    NoKeyError
        No signing key was made yet.
    """
    issued = list_credentials_of_decision(session, order.decision_id)
    if issued:
        return issued
    try:
        with session.begin_nested():  # a lost race gives its numbers back
            return _issue(session, order, settings)
    except IntegrityError:
        issued = list_credentials_of_decision(session, order.decision_id)
        if not issued:
            raise
        return issued


def _issue(session: Session, order: IssueOrder, settings: Settings) -> list[Credential]:
    private_key, kid = unlock_current_key(session, settings)
    year = order.now.astimezone(ZoneInfo(settings.time_zone)).year
    number = f"TN-{year}-{take_number(session, f'certificate-{year}'):04d}"
    credentials = []
    for part in _parts_of(order.award):
        built = CertificateOrder(
            credential_id=uuid4(),
            number=number + part.suffix,
            status_index=take_status_index(session),
            award=order.award,
        )
        document = part.build(built)
        credential = _row(order, part, built)
        credential.document = document
        credential.kid = kid
        credential.jwt = sign_credential(document, private_key, kid=kid)
        session.add(credential)  # the next part must not draw its entry again
        credentials.append(credential)
        _note(session, credential)
    return credentials


def _note(session: Session, credential: Credential) -> None:
    record_audit(
        session,
        "credential.issued",
        ("credential", credential.public_id),
        actor=credential.issued_by,
        now=credential.issued_at,
        number=credential.number,
        holder=str(credential.subject_id),
        digest=digest_of(credential.document),
        kid=credential.kid,
    )


def _row(order: IssueOrder, part: _Part, built: CertificateOrder) -> Credential:
    return Credential(
        public_id=built.credential_id,
        number=built.number,
        kind=part.kind.value,
        competency=part.competency,
        achievement=part.achievement,
        title_ja=part.title.ja,
        title_en=part.title.en,
        subject_id=order.award.subject_id,
        decision_id=order.decision_id,
        issued_at=order.now,
        issued_by=order.actor,
        valid_from=order.award.valid_from,
        valid_until=order.award.valid_until,
        status_index=built.status_index,
    )


def _parts_of(award: Award) -> Iterator[_Part]:
    yield _Part(
        kind=CredentialKind.CERTIFICATE,
        competency="",
        achievement=award.programme.achievement_slug,
        title=award.programme.title,
        suffix="",
        build=build_certificate,
    )
    for place, competency in enumerate(award.competencies, start=1):
        yield _Part(
            kind=CredentialKind.LEVEL,
            competency=competency.slug,
            achievement=competency.slug,
            title=competency.name,
            suffix=f"-{place:02d}",
            build=_level_builder(competency),
        )


def _level_builder(competency: CompetencyAward) -> Build:
    def build(order: CertificateOrder) -> dict[str, Any]:
        return build_level_credential(order, competency)

    return build
