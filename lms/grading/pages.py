"""What the pages of marking show: everything resolved, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.signed_in import SignedIn
from lms.content.queries import Library, Published
from lms.evidence.domain import Moment, SubmittedWork, Work, WorkKindRegistry
from lms.framework.domain import Criterion, Rubric
from lms.grading.domain import SheetDraft
from lms.grading.queries.queue import (
    Neighbours,
    QueueRow,
    find_other_claim,
    get_neighbours,
    get_own_work,
)
from lms.grading.queries.sheets import StoredSheet
from lms.grading.services.keeping import draft_of


@runtime_checkable
class _KeepsTexts(Protocol):
    """Content whose title is the id of one of its texts."""

    title: str | None

    def find_text(self, text_id: str, language: str) -> str | None:
        """Return a text."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A row of the queue with the words for it."""

    row: QueueRow
    title: str
    label: str


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion beside the work.

    Attributes
    ----------
    anchors : dict of str to str
        What a performance in each band looks like, by the value of the picker.
    moments : tuple of int
        Places in the work that bear on it. What the work made of them by itself is
        left out, so that the rater judges for themselves.
    """

    number: int
    slug: str
    name: str
    description: str
    boundary: str | None
    anchors: dict[str, str]
    moments: tuple[int, ...]
    is_observable: bool


@dataclass(frozen=True, slots=True)
class Marking:
    """One submission, its rubric, and the rater's own sheet on it."""

    submission: SubmittedWork
    sheet: StoredSheet | None
    rubric: Published

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Return what is judged."""
        return self.content.criteria

    @property
    def content(self) -> Rubric:
        """Return the rubric itself."""
        found: Rubric = self.rubric.content
        return found

    @property
    def draft(self) -> SheetDraft:
        """Return what is stored."""
        if self.sheet is None:
            return SheetDraft.on(self.content)
        return draft_of(self.sheet, self.content)

    @property
    def is_returned(self) -> bool:
        """Say whether nothing can be changed any more."""
        return self.sheet is not None and self.sheet.returned_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingPage:
    """A marking with all that the page shows around the form.

    Attributes
    ----------
    other_until : datetime or None
        Until when another rater holds the same work.
    """

    marking: Marking
    title: str
    version: Published
    number: str
    rubric_title: str
    criteria: tuple[CriterionLine, ...]
    neighbours: Neighbours
    other_until: datetime | None


def get_marking(
    session: Session, library: Library, rater: SignedIn, work_id: UUID
) -> Marking:
    """Return what a rater needs to mark work of one of their learners.

    Raises
    ------
    NotFoundError
        There is no such work, or somebody else guides its learner.
    """
    submission, sheet = get_own_work(session, rater, work_id)
    rubric = library.get(session, submission.rubric_version_id)
    return Marking(submission, sheet, rubric)


def get_work(
    session: Session, kinds: WorkKindRegistry, submission: SubmittedWork
) -> Work:
    """Return the work as its producer shows it to raters."""
    return kinds[submission.work_kind].get_work(session, submission.work_id)


def get_marking_page(
    session: Session,
    library: Library,
    marking: Marking,
    *,
    rater: SignedIn,
    work: Work,
    number: str,
    language: str,
    now: datetime,
) -> MarkingPage:
    """Return everything around the form of one marking."""
    submission = marking.submission
    version = library.get(session, submission.content_version_id)
    rater_id = rater.subject_id
    return MarkingPage(
        marking=marking,
        title=title_of(version, language),
        version=version,
        number=number,
        rubric_title=marking.content.title.in_language(language),
        criteria=tuple(
            _criterion(place, row, work, language)
            for place, row in enumerate(marking.criteria, 1)
        ),
        neighbours=get_neighbours(session, rater, submission),
        other_until=find_other_claim(session, submission, rater_id, now=now),
    )


def list_queue_lines(
    session: Session, library: Library, rows: Iterable[QueueRow], language: str
) -> list[QueueLine]:
    """Return rows of a queue with their titles, in at most one query."""
    wanted = list(rows)
    versions = library.list_versions(
        session, {row.submission.content_version_id for row in wanted}
    )
    return [
        QueueLine(row, title_of(version, language), version.label)
        for row in wanted
        for version in [versions[row.submission.content_version_id]]
    ]


def title_of(version: Published, language: str) -> str:
    """Return the title of the content that a work was done on."""
    content: Any = version.content
    title = getattr(content, "title", None)
    if title and isinstance(content, _KeepsTexts):
        return content.find_text(title, language) or version.slug
    return str(title.in_language(language)) if title else version.slug


def _criterion(
    number: int, criterion: Criterion, work: Work, language: str
) -> CriterionLine:
    boundary = criterion.boundary
    return CriterionLine(
        number=number,
        slug=criterion.slug,
        name=criterion.name.in_language(language),
        description=criterion.description.in_language(language),
        boundary=boundary.in_language(language) if boundary else None,
        anchors={
            str(row.band): row.text.in_language(language) for row in criterion.anchors
        },
        moments=_positions(work.moments, criterion.slug),
        is_observable=criterion.slug in work.observable,
    )


def _positions(moments: Iterable[Moment], criterion: str) -> tuple[int, ...]:
    return tuple(
        sorted({row.position for row in moments if row.criterion == criterion})
    )
