"""Sheets in words: what a learner reads, and what a rater compares."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lms.content.queries import Library
from lms.framework.domain import Criterion, Rubric
from lms.grading.domain import Difference, Rating, SheetDraft
from lms.grading.queries.sheets import list_returned_sheets
from lms.grading.services.keeping import draft_of


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """One criterion in words.

    Attributes
    ----------
    number, band, anchor : int, str, str or None
        The band, its name and what it looks like; None where none was given.
    """

    criterion: str
    number: int | None
    band: str | None
    anchor: str | None
    not_observed: bool
    comment: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """One rater's sheet as its learner reads it."""

    comment: str
    lines: tuple[FeedbackLine, ...]


@dataclass(frozen=True, slots=True)
class SidesLine:
    """One criterion on which two versions of a sheet part."""

    stored: FeedbackLine
    typed: FeedbackLine


def list_feedback(
    session: Session, library: Library, work_id: UUID, language: str
) -> list[Feedback]:
    """Return the returned sheets on a work, in the reader's language."""
    sheets = list_returned_sheets(session, work_id)
    rubrics = library.list_versions(
        session, {sheet.rubric_version_id for sheet in sheets}
    )
    return [
        feedback_of(rubric, draft_of(sheet, rubric), language)
        for sheet in sheets
        for rubric in [rubrics[sheet.rubric_version_id].content]
    ]


def feedback_of(rubric: Rubric, draft: SheetDraft, language: str) -> Feedback:
    """Return a sheet in words."""
    return Feedback(
        draft.comment,
        tuple(
            _line(rubric, row, draft.rating(row.slug), language)
            for row in rubric.criteria
        ),
    )


def sides_of(
    rubric: Rubric, parted: Iterable[Difference], language: str
) -> list[SidesLine]:
    """Return what two versions of a sheet part on, in words."""
    return [
        SidesLine(
            _line(rubric, row.criterion, row.stored, language),
            _line(rubric, row.criterion, row.typed, language),
        )
        for row in parted
    ]


def _line(
    rubric: Rubric, criterion: Criterion, rating: Rating, language: str
) -> FeedbackLine:
    band = next((row for row in rubric.bands if row.band == rating.band), None)
    anchor = next((row for row in criterion.anchors if row.band == rating.band), None)
    return FeedbackLine(
        criterion=criterion.name.in_language(language),
        number=rating.band,
        band=band.name.in_language(language) if band else None,
        anchor=anchor.text.in_language(language) if anchor else None,
        not_observed=rating.not_observed,
        comment=rating.comment,
    )
