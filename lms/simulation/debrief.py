"""What a debrief adds to the way taken: roads not taken, sources, lessons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.framework.domain import Rubric
from lms.simulation.domain import Choose, PlayResult, Seen
from lms.simulation.domain.case import TalkScene
from lms.simulation.domain.declarations import Comment
from lms.simulation.domain.result import Step
from lms.simulation.domain.roads import Crossing, Road, list_crossings
from lms.simulation.domain.tallies import SceneTally
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
class TakenLine:
    """A choice, and how many learners took it first."""

    text: str
    learners: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class OthersLine:
    """What the learners who came to a scene chose first.

    Attributes
    ----------
    learners : int
        All of them.
    taken : tuple of TakenLine
        What stood open to the reader, in the author's order.
    elsewhere : int
        Those who took something that did not stand open to the reader.
    """

    learners: int
    taken: tuple[TakenLine, ...]
    elsewhere: int


@dataclass(frozen=True, slots=True)
class TurnReview:
    """What stands at one turn of the way, beside what was done."""

    missed: tuple[str, ...]
    word: Word | None
    roads: tuple[RoadLine, ...]
    others: OthersLine | None


def review_turns(
    reader: Reader,
    played: PlayResult,
    actions: Sequence[Mapping[str, Any]],
    *,
    names: Mapping[str, str],
    tallies: Mapping[str, SceneTally],
) -> list[TurnReview]:
    """Return the review of each turn, in the order of the way.

    Parameters
    ----------
    names : mapping of str to str
        Criteria in the reader's language.
    tallies : mapping of str to SceneTally
        What others chose, by scene; shown where a scene is come to first.
    """
    crossings = list_crossings(reader.case, actions)
    reviews, unseen = [], dict(tallies)
    for step, crossing in zip(played.steps, crossings, strict=True):
        tally = unseen.pop(step.scene, None)
        reviews.append(
            TurnReview(
                missed=tuple(_fact(reader, fact) for fact in crossing.missed),
                word=_word(reader, reader.comment_of(step)),
                roads=tuple(_road(reader, road, names) for road in crossing.roads),
                others=_others(reader, step, crossing, tally) if tally else None,
            )
        )
    return reviews


def weak_competencies(played: PlayResult, rubric: Rubric) -> tuple[str, ...]:
    """Return the competencies of which something was shown in part or not at all."""
    weak = {row.criterion for row in played.observations if row.seen is not Seen.MET}
    found = (row.measures for row in rubric.criteria if row.slug in weak)
    return tuple(dict.fromkeys(found))


def _others(
    reader: Reader, step: Step, crossing: Crossing, tally: SceneTally
) -> OthersLine | None:
    """Return what others chose, where the reader had something to choose at all."""
    scene = reader.case.scenes[step.scene]
    if not isinstance(step.action, Choose) or not isinstance(scene, TalkScene):
        return None
    own = step.action.choice
    is_open = {own, *(road.choice.id for road in crossing.roads)}
    taken = tuple(
        TakenLine(reader.text(row.text), tally.taken.get(row.id, 0), row.id == own)
        for row in scene.choices.values()
        if row.id in is_open
    )
    elsewhere = tally.learners - sum(row.learners for row in taken)
    if len(taken) == 1 and not elsewhere:
        return None
    return OthersLine(tally.learners, taken, elsewhere)


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
