"""What one decision gave: a certificate and its level credentials."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.credentials.domain.state import EventKind, is_carried_along, possible_events
from lms.credentials.models import Credential, CredentialKind


@dataclass(frozen=True, slots=True)
class IssuedTogether:
    """A certificate and the level credentials of the same decision, by number."""

    certificate: Credential
    levels: tuple[Credential, ...]

    def possible_events(self, credential: Credential) -> tuple[EventKind, ...]:
        """Return what may happen next to one of them."""
        above = () if self._is_certificate(credential) else self.certificate.event_kinds
        return possible_events(credential.event_kinds, certificate=above)

    def reached_by(
        self, event: EventKind, credential: Credential
    ) -> tuple[Credential, ...]:
        """Return what changes when this happens to one of them, that one first."""
        if not self._is_certificate(credential):
            return (credential,)
        return (credential, *(row for row in self.levels if _follows(row, event)))

    def _is_certificate(self, credential: Credential) -> bool:
        return credential.id == self.certificate.id


def _follows(level: Credential, event: EventKind) -> bool:
    return is_carried_along(
        event,
        level.event_kinds,
        came_along=bool(level.events) and level.events[-1].with_certificate,
    )


def list_credentials_of_decision(
    session: Session, decision_id: int
) -> list[Credential]:
    """Return what a decision gave, certificate first, as it is stored now."""
    return list(
        session.scalars(
            select(Credential)
            .where(Credential.decision_id == decision_id)
            .order_by(Credential.number)
            .execution_options(populate_existing=True)
        )
    )


def find_certificate_of(session: Session, decision_id: int) -> Credential | None:
    """Return the certificate that a decision gave, if it was issued."""
    return session.scalar(
        select(Credential).where(
            Credential.decision_id == decision_id,
            Credential.kind == CredentialKind.CERTIFICATE.value,
        )
    )


def get_issued_together(session: Session, credential: Credential) -> IssuedTogether:
    """Return a credential with the others of its decision."""
    first, *rest = list_credentials_of_decision(session, credential.decision_id)
    return IssuedTogether(first, tuple(rest))
