"""What a learner reads of returned sheets."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lms.content.queries import Library
from lms.framework.domain import Rubric
from lms.grading.models import Sheet
from lms.grading.queries import list_returned_sheets


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """One criterion in words; no band where nothing could be observed."""

    criterion: str
    band: str | None
    anchor: str | None
    comment: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """One rater's sheet as its learner reads it."""

    comment: str
    lines: tuple[FeedbackLine, ...]


def list_feedback(
    session: Session, library: Library, work_id: UUID, language: str
) -> list[Feedback]:
    """Return the returned sheets on a work, in the reader's language."""
    sheets = list_returned_sheets(session, work_id)
    rubrics = library.list_versions(
        session, {sheet.rubric_version_id for sheet in sheets}
    )
    return [
        _feedback(sheet, rubrics[sheet.rubric_version_id].content, language)
        for sheet in sheets
    ]


def _feedback(sheet: Sheet, rubric: Rubric, language: str) -> Feedback:
    ratings = {row.criterion: row for row in sheet.ratings}
    bands = {row.band: row.name.in_language(language) for row in rubric.bands}
    lines = []
    for criterion in rubric.criteria:
        rating = ratings.get(criterion.slug)
        band = rating.band if rating else None
        anchor = next((row for row in criterion.anchors if row.band == band), None)
        lines.append(
            FeedbackLine(
                criterion=criterion.name.in_language(language),
                band=bands[band] if band is not None else None,
                anchor=anchor.text.in_language(language) if anchor else None,
                comment=rating.comment if rating else "",
            )
        )
    return Feedback(comment=sheet.comment, lines=tuple(lines))
