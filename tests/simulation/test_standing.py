"""Standing in a scene with a chosen state agrees with playing one's way there."""

import pytest

from lms.settings import PROJECT_ROOT
from lms.simulation.authoring.on_disk import get_case
from lms.simulation.domain import play
from lms.simulation.domain.actions import read_action
from lms.simulation.domain.engine import Run
from lms.simulation.domain.moves import Arrival
from lms.simulation.domain.named_plays import play_named
from lms.simulation.domain.standing import (
    Standing,
    list_ways,
    look,
    stand,
    standing_of,
)


@pytest.fixture(scope="module", params=["rent-letter", "job-loss-expiring-status"])
def case(request):
    return get_case(PROJECT_ROOT, request.param).case


def rows_of(played):
    """Return what a player has before him, less what is not part of a scene."""
    return (
        played.scene,
        played.minutes,
        played.state,
        played.turns,
        played.choices,
        played.task,
        set(played.known_facts),
    )


def test_every_scene_of_a_named_play_looks_the_same_when_one_stands_in_it(case):
    for test in case.tests:
        actions = [step.action.to_dict() for step in play_named(case, test.play).steps]
        run = Run(case)
        for position, action in enumerate(actions):
            run.take(read_action(action, position), position)
            there = run.result()
            arrival = Arrival(run.state, run.state, run._arrival.lost)
            again = stand(case, there.scene, standing_of(case, arrival))
            assert rows_of(look(case, again)) == rows_of(there)


def test_a_way_on_leads_where_the_engine_leads(case):
    state = stand(case, case.start, Standing()).state
    for way in list_ways(case, state):
        if way.is_allowed:
            played = play(case, [{"type": "choose", "choice": way.entry}])
            assert way.arrival.state == played.standing


def test_a_choice_that_is_not_allowed_is_listed_and_leads_nowhere():
    case = get_case(PROJECT_ROOT, "rent-letter").case
    closed = [
        (scene, way)
        for scene in case.scenes
        for way in list_ways(case, stand(case, scene, Standing()).state)
        if not way.is_allowed
    ]
    assert closed
    assert all(way.arrival is None for _, way in closed)


def test_values_facts_and_minutes_are_those_that_were_chosen():
    case = get_case(PROJECT_ROOT, "rent-letter").case
    name, row = next((n, r) for n, r in case.variables.items() if len(r.values) > 1)
    value = next(value for value in row.values if value != row.start)
    facts = tuple(case.facts)[:2]
    given = Standing(values={name: value}, facts=facts, minutes=7)
    played = look(case, stand(case, case.start, given))
    assert played.state[name] == value
    assert played.known_facts == facts
    assert played.minutes == 7
    assert played.steps == ()


def test_a_name_that_the_case_does_not_have_is_refused():
    case = get_case(PROJECT_ROOT, "rent-letter").case
    for given in (
        Standing(values={"nothing": 1}),
        Standing(facts=("nothing",)),
        Standing(chosen=("nothing",)),
    ):
        with pytest.raises(KeyError):
            stand(case, case.start, given)
