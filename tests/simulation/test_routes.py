"""What may be kept in a process: routes in which nobody has written anything."""

from datetime import UTC, datetime
from uuid import UUID

from lms.simulation.played import PlayedAction, PlayedAttempt, PlayedText
from lms.simulation.replaying import route_of

CHOICE = {"type": "choose", "choice": "desk.call_line"}
WRITTEN = {"type": "answer", "scene": "plan", "answer": {"text": {"characters": 12}}}


ID = UUID(int=1)


def attempt(*actions, texts=()):
    said = tuple(PlayedText("/answer/text", text) for text in texts)
    rows = (PlayedAction(n, ID, row, "ja", "", said) for n, row in enumerate(actions))
    return PlayedAttempt(
        id=1,
        public_id=ID,
        subject_id=ID,
        case_slug="rent-letter",
        case_version_id=1,
        number=1,
        started_at=datetime(2026, 11, 26, tzinfo=UTC),
        finished_at=None,
        actions=tuple(rows),
        drafts=(),
        notebook=None,
    )


def test_the_same_choices_are_the_same_route_for_everybody():
    assert route_of(attempt(CHOICE)) == route_of(attempt(dict(CHOICE)))
    assert len(route_of(attempt(CHOICE, CHOICE), length=1)) == 1
    assert route_of(attempt()) == ()


def test_a_route_with_words_has_no_name_even_once_they_are_erased():
    assert route_of(attempt(CHOICE, WRITTEN)) is None
    assert route_of(attempt(CHOICE, WRITTEN, texts=["words"])) is None
    assert route_of(attempt(CHOICE, WRITTEN), length=1) is not None
