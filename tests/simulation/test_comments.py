"""When a comment is shown."""

import pytest

from lms.simulation.domain import play
from lms.simulation.pages import Reader
from tests.simulation.case_files import choice, end, make_case, talk


def act(name, to, show):
    return choice(name, to, comment={"text": f"x.{name}", "show": show})


CASE = make_case(
    scenes={
        "hub": talk(
            act("now", "hub", "choice"),
            act("leaving", "hub", "scene"),
            act("late", "hub", "after_marking"),
            act("last", "room", "end"),
        ),
        "room": talk(act("out", "close", "scene")),
        "close": end(),
    }
)


def comments_after(*names):
    played = play(CASE, [{"type": "choose", "choice": name} for name in names])
    return Reader(CASE, "ja").comments_now(played)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], []),
        (["now"], ["x.now"]),
        (["now", "late"], []),
        (["leaving"], []),
        (["leaving", "last"], ["x.leaving"]),
        (["leaving", "last", "out"], ["x.out"]),
    ],
)
def test_comment_is_shown_at_the_choice_or_on_leaving_the_scene(names, shown):
    assert comments_after(*names) == shown


@pytest.mark.parametrize(
    ("is_marked", "shown"),
    [
        (False, ["x.now", "x.leaving", None, "x.last", "x.out"]),
        (True, ["x.now", "x.leaving", "x.late", "x.last", "x.out"]),
    ],
)
def test_only_what_waits_for_marking_waits_for_it(is_marked, shown):
    names = ("now", "leaving", "late", "last", "out")
    played = play(CASE, [{"type": "choose", "choice": name} for name in names])
    route = Reader(CASE, "ja").route(played, {}, shows_comments=is_marked, is_over=True)
    assert [line.comment for line in route] == shown


def test_rater_reads_no_comment():
    played = play(CASE, [{"type": "choose", "choice": "now"}])
    [line] = Reader(CASE, "ja").route(played, {}, shows_comments=False)
    assert line.comment is None
