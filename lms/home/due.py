"""What is due or unfinished for a learner: what has a date first, then what was begun.

The model knows no dates by which work must be handed in, so none are made up: a date
stands only where something really ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, select
from sqlalchemy.orm import Session

from lms.content.domain import Bilingual
from lms.content.queries import Library
from lms.credentials.domain.state import EventKind
from lms.credentials.models import Credential, CredentialEvent, CredentialKind
from lms.curriculum.domain import Lesson, Module
from lms.curriculum.queries import ModulePage
from lms.simulation.models import Attempt
from lms.simulation.pages import Reader

RENEWAL_BEGINS = timedelta(days=180)
"""How long before its end a certificate is named on the first page."""

# The first page runs these, so they are built once.
_ATTEMPTS = select(
    Attempt.public_id,
    Attempt.case_slug,
    Attempt.case_version_id,
    Attempt.started_at,
    Attempt.finished_at,
).where(Attempt.subject_id == bindparam("subject"))
_ENDING = (
    select(Credential.title_ja, Credential.title_en, Credential.valid_until)
    .where(
        Credential.subject_id == bindparam("subject"),
        Credential.kind == CredentialKind.CERTIFICATE.value,
        Credential.valid_until > bindparam("now"),
        Credential.valid_until <= bindparam("horizon"),
        ~exists().where(
            CredentialEvent.credential_id == Credential.id,
            CredentialEvent.event == EventKind.REVOKED.value,
        ),
    )
    .order_by(Credential.valid_until)
)


class DueKind(StrEnum):
    """What is due or unfinished."""

    CERTIFICATE = "certificate"
    CASE = "case"
    LESSON = "lesson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing that is due or unfinished.

    Attributes
    ----------
    until : datetime or None
        When a certificate ends.
    since : datetime or None
        When a case was begun.
    attempt_id : UUID or None
        Attempt to go on with.
    module, lesson, answered : Module, Lesson, int
        Lesson to go on with, and how many of its questions have an answer.
    """

    kind: DueKind
    title: str
    until: datetime | None = None
    since: datetime | None = None
    attempt_id: UUID | None = None
    module: Module | None = None
    lesson: Lesson | None = None
    answered: int = 0


AttemptRow = Row[tuple[UUID, str, int, datetime, datetime | None]]


def list_attempt_rows(session: Session, subject_id: UUID) -> list[AttemptRow]:
    """Return when each case was begun and finished, in one query."""
    return list(session.execute(_ATTEMPTS, {"subject": subject_id}))


def list_ending(
    session: Session, subject_id: UUID, language: str, now: datetime
) -> list[Due]:
    """Return the certificates that end soon, those that end first in front."""
    given = {"subject": subject_id, "now": now, "horizon": now + RENEWAL_BEGINS}
    return [
        Due(
            kind=DueKind.CERTIFICATE,
            title=Bilingual(row.title_ja, row.title_en).in_language(language),
            until=row.valid_until,
        )
        for row in session.execute(_ENDING, given)
    ]


def list_begun_cases(
    session: Session,
    library: Library,
    rows: Iterable[AttemptRow],
    language: str,
    *,
    but: UUID | None,
) -> list[Due]:
    """Return the cases that were begun and not finished, but one; oldest first."""
    begun = [row for row in rows if row.finished_at is None and row.public_id != but]
    return [
        Due(
            kind=DueKind.CASE,
            title=Reader(
                library.get(session, row.case_version_id).content, language
            ).title,
            since=row.started_at,
            attempt_id=row.public_id,
        )
        for row in sorted(begun, key=lambda row: row.started_at)
    ]


def list_begun_lessons(
    modules: Iterable[ModulePage], language: str, *, but: str | None
) -> list[Due]:
    """Return the lessons of which some questions are answered, but one lesson."""
    return [
        Due(
            kind=DueKind.LESSON,
            title=line.lesson.text(language).title,
            module=page.module,
            lesson=line.lesson,
            answered=line.answered,
        )
        for page in modules
        for line in page.lessons
        if line.state == "started" and line.lesson.slug != but
    ]
