"""What may be kept in a process: routes in which nobody has written anything."""

from lms.simulation.models import Attempt, AttemptAction, AttemptText
from lms.simulation.services import route_of

CHOICE = {"type": "choose", "choice": "desk.call_line"}
WRITTEN = {"type": "answer", "scene": "plan", "answer": {"text": {"characters": 12}}}


def attempt(*actions, texts=()):
    said = [AttemptText(place="/answer/text", text=text) for text in texts]
    rows = [AttemptAction(action=action, texts=said) for action in actions]
    return Attempt(actions=rows)


def test_the_same_choices_are_the_same_route_for_everybody():
    assert route_of(attempt(CHOICE)) == route_of(attempt(dict(CHOICE)))
    assert len(route_of(attempt(CHOICE, CHOICE), length=1)) == 1
    assert route_of(attempt()) == ()


def test_a_route_with_words_has_no_name_even_once_they_are_erased():
    assert route_of(attempt(CHOICE, WRITTEN)) is None
    assert route_of(attempt(CHOICE, WRITTEN, texts=["words"])) is None
    assert route_of(attempt(CHOICE, WRITTEN), length=1) is not None
