"""What waits for a person, by role."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.accounts.admin.queries.people import AccountState, count_states
from lms.accounts.signed_in import SignedIn
from lms.content.models import ContentVersion, Publication
from lms.content.queries import Library
from lms.curriculum.domain import Lesson, Module
from lms.curriculum.queries import ModulePage, list_module_pages
from lms.evidence.models import Submission
from lms.grading.models import Sheet
from lms.grading.queries.queue import (
    QueueRow,
    SheetState,
    get_queue,
)
from lms.home.due import (
    Due,
    list_attempt_rows,
    list_begun_cases,
    list_begun_lessons,
    list_ending,
)
from lms.privacy.queries import list_requests
from lms.programme.models import Cohort
from lms.programme.queries import list_cohorts
from lms.simulation.pages import Reader
from lms.simulation.played import PlayedAttempt, find_running_attempt
from lms.simulation.replaying import replay

_SHOWN = 5
# The first page runs this, so it is built once.
_RETURNED = (
    select(Submission, Sheet.returned_at)
    .join(Sheet, Sheet.submission_id == Submission.id)
    .where(
        Submission.subject_id == bindparam("subject"), Sheet.returned_at.is_not(None)
    )
    .order_by(Sheet.returned_at.desc())
    .limit(_SHOWN)
)


@dataclass(frozen=True, slots=True)
class RunningCase:
    """The case that a learner is in the middle of."""

    attempt: PlayedAttempt
    title: str
    last_words: str | None
    last_speaker: str | None
    minutes: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class NextLesson:
    """The lesson to go on with."""

    module: Module
    lesson: Lesson
    answered: int


@dataclass(frozen=True, slots=True)
class ReturnedWork:
    """Work that came back marked."""

    work_id: UUID
    title: str
    returned_at: datetime


@dataclass(frozen=True, slots=True)
class TraineeHome:
    """One thing to go on with, what is due, what came back, how far the modules are."""

    running: RunningCase | None
    next_lesson: NextLesson | None
    next_case: tuple[str, str] | None
    due: tuple[Due, ...]
    returned: tuple[ReturnedWork, ...]
    modules: tuple[ModulePage, ...]

    @property
    def has_begun(self) -> bool:
        """Say whether the learner has done anything at all in the modules."""
        return any(line.answered for page in self.modules for line in page.lessons)


@dataclass(frozen=True, slots=True)
class SupervisorHome:
    """What waits for marking."""

    waiting: int
    drafts: int
    rows: tuple[tuple[QueueRow, str], ...]


@dataclass(frozen=True, slots=True)
class AdministratorHome:
    """How many people there are, and what waits for an administrator."""

    states: dict[AccountState, int]
    erasures: int


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One version that is current, for authors."""

    kind: str
    slug: str
    label: str
    digest: str
    published_at: datetime
    published_by: str


def get_trainee_home(
    session: Session,
    library: Library,
    subject_id: UUID,
    language: str,
    now: datetime,
) -> TraineeHome:
    """Return what a trainee finds on the first page."""
    modules = list_module_pages(session, library, subject_id)
    running = find_running_attempt(session, subject_id)
    lesson = _next_lesson(modules)
    attempts = list_attempt_rows(session, subject_id)
    played = {row.case_slug for row in attempts}
    here = None if running or lesson is None else lesson.lesson.slug
    return TraineeHome(
        running=_running(session, library, running, language) if running else None,
        next_lesson=lesson,
        next_case=_next_case(modules, played, language),
        due=(
            *list_ending(session, subject_id, language, now),
            *list_begun_cases(
                session,
                library,
                attempts,
                language,
                but=running.public_id if running else None,
            ),
            *list_begun_lessons(modules, language, but=here),
        ),
        returned=tuple(_returned(session, library, subject_id, language)),
        modules=tuple(modules),
    )


def get_supervisor_home(
    session: Session, library: Library, rater: SignedIn, language: str, now: datetime
) -> SupervisorHome:
    """Return what waits for a supervisor."""
    queue = get_queue(session, rater, SheetState.WAITING, now=now)
    rows = queue.rows[:_SHOWN]
    versions = library.list_versions(
        session, {row.submission.content_version_id for row in rows}
    )
    return SupervisorHome(
        waiting=queue.counts[SheetState.WAITING],
        drafts=queue.counts[SheetState.DRAFT],
        rows=tuple(
            (
                row,
                Reader(
                    versions[row.submission.content_version_id].content, language
                ).title,
            )
            for row in rows
        ),
    )


def list_cohort_rows(session: Session) -> list[tuple[Cohort, int]]:
    """Return the newest cohorts with their numbers of members."""
    return list_cohorts(session, limit=_SHOWN)


def get_administrator_home(session: Session) -> AdministratorHome:
    """Return what an administrator finds on the first page; no marks."""
    return AdministratorHome(
        states=count_states(session),
        erasures=len(list_requests(session, is_open=True)),
    )


def list_published(session: Session) -> list[PublishedRow]:
    """Return the newest publications of what authors write, items left out."""
    rows = session.execute(
        select(Publication, ContentVersion)
        .join(ContentVersion, ContentVersion.id == Publication.version_id)
        .where(Publication.kind != "item")
        .order_by(Publication.id.desc())
        .limit(20)
    )
    return [
        PublishedRow(
            kind=version.kind,
            slug=version.slug,
            label=version.label,
            digest=version.digest,
            published_at=publication.published_at,
            published_by=publication.published_by,
        )
        for publication, version in rows
    ]


def _next_lesson(modules: list[ModulePage]) -> NextLesson | None:
    for page in modules:
        for line in page.lessons:
            if line.state != "done":
                return NextLesson(page.module, line.lesson, line.answered)
    return None


def _next_case(
    modules: list[ModulePage], played: set[str], language: str
) -> tuple[str, str] | None:
    for page in modules:
        for version in page.cases:
            if version.slug not in played:
                return version.slug, Reader(version.content, language).title
    return None


def _running(
    session: Session, library: Library, attempt: PlayedAttempt, language: str
) -> RunningCase:
    reader = Reader(library.get(session, attempt.case_version_id).content, language)
    played = replay(reader.case, attempt)
    heard = [reader.turn(view) for view in played.turns]
    last = heard[-1] if heard else None
    return RunningCase(
        attempt=attempt,
        title=reader.title,
        last_words=last.heard if last else None,
        last_speaker=last.speaker if last else None,
        minutes=played.minutes,
        limit=played.limit,
    )


def _returned(
    session: Session, library: Library, subject_id: UUID, language: str
) -> list[ReturnedWork]:
    rows = session.execute(_RETURNED, {"subject": subject_id}).all()
    versions = library.list_versions(
        session, {row.content_version_id for row, _ in rows}
    )
    return [
        ReturnedWork(
            work_id=row.work_id,
            title=Reader(versions[row.content_version_id].content, language).title,
            returned_at=returned_at,
        )
        for row, returned_at in rows
        if returned_at is not None
    ]
