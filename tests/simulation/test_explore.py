"""Exploring cases: figures worked out by hand, loops, dead ends, the cap."""

import json
import random

import pytest

from lms.simulation.domain import explore, play
from lms.simulation.domain.loops import group_of_each
from lms.simulation.domain.marks import count_states
from tests.simulation.case_files import choice, clean_case, end, make_case, talk


def test_figures_have_the_shape_that_outsiders_read():
    figures = explore(clean_case()).to_dict()
    assert list(figures) == [
        "states",
        "routes",
        "complete",
        "endings",
        "criteria",
        "longest_play",
        "shortest_play",
    ]
    assert figures["criteria"]["listens"] == {
        "min": 0,
        "max": 6,
        "observable_share": 1.0,
    }
    json.dumps(figures)


def test_order_of_once_choices_makes_routes_but_not_states():
    # Three questions in any order, then the end: 2^3 sets of questions asked and the
    # end for each of them; 1 + 3 + 6 + 6 routes by how many were asked.
    case = make_case(
        scenes={
            "hub": talk(
                *(choice(name, "hub", once=True) for name in "abc"),
                choice("go", "done"),
            ),
            "done": end(),
        }
    )
    found = explore(case)
    assert (found.states, found.routes) == (16, 16)
    assert len(found.graph.states) == 9
    assert found.shortest_play == ("go",)
    assert len(found.longest_play) == 4


def case_that_refers(**turn):
    """Return a case in which a fact may be told before `turn` is heard."""
    return make_case(
        facts={"bill": {"text": "f", "may_share": True}},
        scenes={
            "hub": talk(choice("ask", "refer", do=[{"reveal": ["bill"]}])),
            "refer": {
                "kind": "task",
                "task": "referral",
                "directory": ["desk"],
                "pick": {"min": 1, "max": 1},
                "ask": ["what_is_shared"],
                "fit": {"desk": "good"},
                "scores": ["c"],
                "to": "told",
            },
            "told": talk(
                choice("on", "done"),
                turns=[{"id": "t.1", "by": "me", "text": "t", **turn}],
            ),
            "done": end(),
        },
    )


def test_answers_make_routes_only_if_something_reads_the_difference():
    assert explore(case_that_refers()).routes == 1
    assert explore(case_that_refers(when="shared.bill")).routes == 2


def test_loop_that_costs_nothing_is_said_and_does_not_hang():
    case = make_case(
        scenes={
            "hub": talk(choice("look", "side"), choice("go", "done")),
            "side": talk(choice("back", "hub"), choice("leave", "done")),
            "done": end(),
        }
    )
    found = explore(case)
    assert not found.is_complete
    assert (found.states, found.routes) == (3, 2)  # go; look, leave; no way back


def test_marks_are_counted_round_a_loop_too():
    # The loop hub ⇄ side can be left with or without having asked: hub, side and the
    # end, each with and without the mark.
    case = make_case(
        scenes={
            "hub": talk(choice("ask", "hub", once=True), choice("on", "side")),
            "side": talk(choice("back", "hub"), choice("go", "done")),
            "done": end(),
        }
    )
    found = explore(case)
    assert (found.states, len(found.graph.states)) == (6, 5)


def test_more_states_than_can_be_counted_are_given_merged():
    found = explore(clean_case())
    assert count_states(clean_case(), found.graph, cap=3) == len(found.graph.states)


def test_dead_end_is_no_route():
    case = make_case(
        facts={"key": {"text": "f"}},
        scenes={
            "hub": talk(choice("trap", "cell"), choice("go", "done")),
            "cell": talk(choice("open", "done", when="fact.key")),
            "done": end(),
        },
    )
    found = explore(case)
    assert (found.routes, found.states, found.is_complete) == (1, 3, True)


def test_case_without_any_way_to_an_end_has_no_figures():
    found = explore(make_case(scenes={"hub": talk(choice("on", "hub"))}))
    assert found.routes == 0
    assert (found.shortest_play, found.longest_play) == ((), ())


def test_mark_of_a_person_may_be_anything():
    case = make_case(
        start="write",
        scenes={
            "write": {
                "kind": "task",
                "task": "free_text",
                "scored_by": "person",
                "scores": ["c"],
                "weight": 2,
                "to": "done",
            },
            "done": end(),
        },
    )
    figures = explore(case).criteria["c"]
    assert (figures.low, figures.high, figures.observable_share) == (0, 4, 1.0)


def test_criterion_that_is_never_seen_has_no_bounds():
    case = make_case(
        blueprint=[{"criterion": "c"}],
        scenes={"hub": talk(choice("go", "done")), "done": end()},
    )
    figures = explore(case).to_dict()["criteria"]["c"]
    assert figures == {"min": None, "max": None, "observable_share": 0.0}


def test_cap_turns_proof_into_a_seeded_sample():
    case = clean_case()
    sample = explore(case, cap=5)
    assert not sample.is_complete
    assert sample.routes == explore(case).routes
    assert sample.to_dict() == explore(case, cap=5).to_dict()


def test_groups_are_the_loops_of_a_graph():
    # 0 ⇄ 1 → 2 → 3 → 2, and 4 alone.
    groups = group_of_each([[1], [0, 2], [3], [2], []])
    assert groups[0] == groups[1]
    assert groups[2] == groups[3]
    assert len({groups[0], groups[2], groups[4]}) == 3


def test_long_chain_needs_no_recursion():
    scenes = {f"s{n}": talk(choice(f"c{n}", f"s{n + 1}")) for n in range(3_000)}
    scenes["s3000"] = talk(choice("again", "s0"), choice("go", "done"))
    found = explore(make_case(start="s0", scenes={**scenes, "done": end()}))
    assert (found.states, found.routes) == (3_002, 1)


# The half second that it may take is measured in `benchmarks/engine.py`; if an action
# cost more the longer the log is, this would not end in time.
@pytest.mark.timeout(60)
def test_ten_thousand_recorded_actions_are_played():
    case = make_case(
        state={"trust": {"int": [0, 3], "start": 1}},
        scenes={
            "hub": talk(
                choice("up", "hub", do=[{"add": {"trust": 1}}, {"clock": 1}]),
                choice("down", "hub", when="trust > 0", do=[{"add": {"trust": -1}}]),
            )
        },
    )
    draw = random.Random(1)
    names = [draw.choice(("up", "down")) for _ in range(20_000)]
    actions, trust = [], 1
    for name in names:
        if name == "up" or trust:
            trust = min(3, trust + 1) if name == "up" else trust - 1
            actions.append({"type": "choose", "choice": name})
    actions = actions[:10_000]
    assert len(play(case, actions).steps) == 10_000
