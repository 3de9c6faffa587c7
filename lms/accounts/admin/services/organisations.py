"""Adding, renaming and archiving organisations."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import Organisation
from lms.audit.services import record_audit
from lms.db import change_rows
from lms.errors import ConflictError, InvalidInputError, message


class TakenNameError(InvalidInputError):
    """Another organisation in use has the name."""

    default = message("There is an organisation with this name already.")


class StaleOrganisationError(ConflictError):
    """Somebody else renamed it since the page was made."""

    default = message("Somebody else changed this organisation in the meantime.")


@dataclass(frozen=True, slots=True)
class OrganisationNames:
    """The name in both languages."""

    ja: str
    en: str


def add_organisation(
    session: Session, names: OrganisationNames, *, actor: UUID | None, now: datetime
) -> Organisation:
    """Add an organisation.

    Raises
    ------
    TakenNameError
        There is one with this name.
    """
    _ensure_free(session, names.ja)
    organisation = Organisation(name_ja=names.ja, name_en=names.en)
    session.add(organisation)
    session.flush()  # its random id goes into the trail
    _record(session, "organisation.added", organisation, actor=actor, now=now)
    return organisation


def rename_organisation(
    session: Session,
    organisation: Organisation,
    names: OrganisationNames,
    *,
    revision: int,
    actor: UUID | None,
    now: datetime,
) -> None:
    """Rename an organisation, if nobody else did since `revision`.

    Raises
    ------
    StaleOrganisationError
        Somebody did.
    TakenNameError
        Another one in use has the name.
    """
    former = [organisation.name_ja, organisation.name_en]
    if names.ja != organisation.name_ja:
        _ensure_free(session, names.ja)
    statement = update(Organisation).where(
        Organisation.id == organisation.id, Organisation.revision == revision
    )
    renamed = statement.values(
        name_ja=names.ja, name_en=names.en, revision=Organisation.revision + 1
    )
    if not change_rows(session, renamed):
        raise StaleOrganisationError
    session.refresh(organisation)
    _record(
        session,
        "organisation.renamed",
        organisation,
        actor=actor,
        now=now,
        former=former,
        name=[names.ja, names.en],
    )


def archive_organisation(
    session: Session, organisation: Organisation, *, actor: UUID | None, now: datetime
) -> None:
    """Offer an organisation to nobody any more; whoever has it keeps it."""
    _wait_for_others(session, organisation)
    if organisation.archived_at is None:
        organisation.archived_at = now
        _record(session, "organisation.archived", organisation, actor=actor, now=now)


def restore_organisation(
    session: Session, organisation: Organisation, *, actor: UUID | None, now: datetime
) -> None:
    """Offer an archived organisation again.

    Raises
    ------
    TakenNameError
        Another one in use has its name by now.
    """
    _wait_for_others(session, organisation)
    if organisation.archived_at is not None:
        _ensure_free(session, organisation.name_ja)
        organisation.archived_at = None
        _record(session, "organisation.restored", organisation, actor=actor, now=now)


def _wait_for_others(session: Session, organisation: Organisation) -> None:
    """Of several who archive or restore at once, let all but the first see it done."""
    session.refresh(organisation, with_for_update=True)


def _ensure_free(session: Session, name: str) -> None:
    taken = session.scalar(
        select(Organisation.id).where(
            Organisation.name_ja == name, Organisation.archived_at.is_(None)
        )
    )
    if taken is not None:
        raise TakenNameError


def _record(
    session: Session,
    action: str,
    organisation: Organisation,
    *,
    actor: UUID | None,
    now: datetime,
    **inputs: list[str],
) -> None:
    record_audit(
        session,
        action,
        ("organisation", organisation.public_id),
        actor=actor,
        now=now,
        **inputs,
    )
