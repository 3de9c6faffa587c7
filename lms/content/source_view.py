"""What a statement rests on, as the pages show it."""

from dataclasses import dataclass
from datetime import date

from lms.content.domain import SourceNote
from lms.web.language import language, show_day


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source with its dates."""

    title: str
    url: str | None
    as_of: str
    review_by: str
    is_overdue: bool


def list_sources(note: SourceNote, today: date) -> list[SourceView]:
    """Return the sources of a statement in the reader's language."""
    return [
        SourceView(
            title=title.in_language(language()),
            url=url,
            as_of=show_day(note.as_of, weekday=False),
            review_by=show_day(note.review_by, weekday=False),
            is_overdue=note.is_due(today),
        )
        for title, url in zip(note.titles, note.urls, strict=True)
    ]
