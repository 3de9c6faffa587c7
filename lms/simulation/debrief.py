"""What a debrief adds to the way taken: roads not taken, sources, lessons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.framework.domain import Rubric
from lms.simulation.domain import PlayResult, Seen
from lms.simulation.domain.declarations import Comment
from lms.simulation.domain.roads import Crossing, Road, list_crossings
from lms.simulation.page_lines import ObservationLine
from lms.simulation.pages import Reader
from lms.web.language import format_day


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What a comment rests on, as it was on a day."""

    title: str
    url: str | None
    as_of: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A comment with whose it is, and its sources."""

    text: str
    by: str | None
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class RoadLine:
    """A choice that stood open: its words, what it would have opened and shown."""

    text: str
    opens: tuple[str, ...]
    shows: tuple[ObservationLine, ...]
    word: Word | None


@dataclass(frozen=True, slots=True)
class TurnReview:
    """What stands at one turn of the way, beside what was done."""

    missed: tuple[str, ...]
    word: Word | None
    roads: tuple[RoadLine, ...]


def review_turns(
    reader: Reader,
    played: PlayResult,
    actions: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
) -> list[TurnReview]:
    """Return the review of each turn, in the order of the way.

    Parameters
    ----------
    names : mapping of str to str
        Criteria in the reader's language.
    """
    crossings = list_crossings(reader.case, actions)
    return [
        _review(reader, crossing, reader.comment_of(step), names)
        for step, crossing in zip(played.steps, crossings, strict=True)
    ]


def weak_competencies(played: PlayResult, rubric: Rubric) -> tuple[str, ...]:
    """Return the competencies of which something was shown in part or not at all."""
    weak = {row.criterion for row in played.observations if row.seen is not Seen.MET}
    found = (row.measures for row in rubric.criteria if row.slug in weak)
    return tuple(dict.fromkeys(found))


def _review(
    reader: Reader,
    crossing: Crossing,
    comment: Comment | None,
    names: Mapping[str, str],
) -> TurnReview:
    return TurnReview(
        missed=tuple(_fact(reader, fact) for fact in crossing.missed),
        word=_word(reader, comment),
        roads=tuple(_road(reader, road, names) for road in crossing.roads),
    )


def _road(reader: Reader, road: Road, names: Mapping[str, str]) -> RoadLine:
    return RoadLine(
        text=reader.text(road.choice.text),
        opens=tuple(_fact(reader, fact) for fact in road.opens),
        shows=tuple(
            ObservationLine(
                names.get(row.criterion, row.criterion),
                row.seen.value,
                reader.text(row.because) if row.because else None,
            )
            for row in road.shows
        ),
        word=_word(reader, road.choice.comment),
    )


def _fact(reader: Reader, fact: str) -> str:
    return reader.text(reader.case.facts[fact].text)


def _word(reader: Reader, comment: Comment | None) -> Word | None:
    if comment is None:
        return None
    sources = (reader.case.sources[name] for name in comment.sources)
    return Word(
        reader.text(comment.text),
        comment.by,
        tuple(
            SourceLine(
                row.titles[reader.language],
                row.url,
                format_day(row.as_of, weekday=False),
                row.is_verified,
            )
            for row in sources
        ),
    )
