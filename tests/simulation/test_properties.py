"""What holds for any case and any play."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.domain import Findings
from lms.content.kinds import Draft
from lms.content.source import SourceFile
from lms.content.yaml_reader import load_yaml
from lms.simulation.content.reading import read_logic
from lms.simulation.domain import (
    Answer,
    Choose,
    PlayError,
    Read,
    explore,
    play,
    play_named,
)
from lms.simulation.domain.case import DocumentScene, TaskScene
from lms.simulation.domain.moves import scope_of
from lms.simulation.domain.search import search
from tests.simulation.case_files import (
    CASES,
    KIND,
    clean_case,
    read_document,
    small_index,
)
from tests.simulation.random_cases import cases

pytestmark = pytest.mark.long  # many plays for each law

CLEAN = clean_case()


def next_actions(case, result):
    """Return every action that leads on, for a task one for each score."""
    scene = case.scenes[result.scene]
    if isinstance(scene, TaskScene):
        scope = scope_of(case, result.standing)
        return [Answer(scene.id, answer) for answer in scene.task.answers(scope)]
    if isinstance(scene, DocumentScene):
        return [Read(scene.id)]
    return [Choose(row.id) for row in result.choices if row.is_allowed]


def draw_play(data, case):
    actions = []
    while True:
        offered = next_actions(case, play(case, actions))
        if not offered or len(actions) == 30:
            return actions
        actions.append(data.draw(st.sampled_from(offered)))


@given(data=st.data(), case=cases() | st.just(CLEAN))
@settings(max_examples=150, deadline=None)
def test_any_allowed_play_is_deterministic_and_consistent_with_its_prefixes(data, case):
    actions = draw_play(data, case)
    whole = play(case, actions)
    assert play(case, [row.to_dict() for row in actions]) == whole
    assert [step.action for step in whole.steps] == actions
    for length, step in enumerate(whole.steps):
        before = play(case, actions[:length])
        assert (before.scene, before.minutes) == (step.scene, step.minutes_before)
        assert before.turns == step.turns
        assert whole.facts[: len(before.facts)] == before.facts
        assert whole.observations[: len(before.observations)] == before.observations
        assert step.minutes_after >= step.minutes_before


@given(data=st.data(), case=cases())
@settings(max_examples=50, deadline=None)
def test_what_is_not_on_offer_is_refused(data, case):
    actions = draw_play(data, case)
    result = play(case, actions)
    offered = {row.id for row in result.choices if row.is_allowed}
    for name in set(case.choice_scenes) - offered:
        with pytest.raises(PlayError):
            play(case, [*actions, Choose(name)])


def all_routes(case):
    """Return each route as entries, end, chances and scores, by playing them all."""
    routes = {}
    open_plays = [()]
    while open_plays:
        actions = open_plays.pop()
        result = play(case, actions)
        if result.is_finished:
            entries = tuple(
                step.action.choice if isinstance(step.action, Choose) else step.scene
                for step in result.steps
            )
            routes.setdefault((entries, result.scene), []).append(result.observations)
        open_plays += [(*actions, row) for row in next_actions(case, result)]
    return routes


@given(case=cases())
@settings(max_examples=60, deadline=None)
def test_explore_agrees_with_playing_every_route(case):
    routes = all_routes(case)
    found = explore(case)
    assert found.is_complete
    assert found.routes == len(routes)
    for end, count in found.endings.items():
        assert count == sum(route_end == end for _, route_end in routes)
    for criterion, figures in found.criteria.items():
        sums = [
            sum(row.weighted_score for row in rows if row.criterion == criterion)
            for plays in routes.values()
            for rows in plays
            if any(row.criterion == criterion for row in rows)
        ]
        seen = sum(
            any(row.criterion == criterion for row in plays[0])
            for plays in routes.values()
        )
        assert figures.low == min(sums, default=None)
        assert figures.high == max(sums, default=None)
        share = seen / len(routes) if routes else 0
        assert figures.observable_share == pytest.approx(share)
    lengths = [len(entries) for entries, _ in routes]
    assert len(found.longest_play) == max(lengths, default=0)
    assert len(found.shortest_play) == min(lengths, default=0)


@given(case=cases())
@settings(max_examples=60, deadline=None)
def test_counting_marks_gives_the_states_of_a_search_that_keeps_them(case):
    """Held against a case in which every end reads every once-mark."""
    once = [
        name for name in case.choice_scenes if (row := case.find_choice(name))
        and row.is_once
    ]  # fmt: skip
    if once:
        graph = search(case, cap=100_000, keep=frozenset(once))
        assert explore(case).states == len(graph.states)


@given(case=cases())
@settings(max_examples=20, deadline=None)
def test_capped_search_is_a_sample_of_the_same_case(case):
    whole, sample = explore(case), explore(case, cap=2)
    if sample.graph.is_capped:
        assert not sample.is_complete
        assert sample.routes <= whole.routes
        assert {end for end, count in sample.endings.items() if count} <= {
            end for end, count in whole.endings.items() if count
        }
    assert explore(case, cap=2).to_dict() == sample.to_dict()


WORDS = st.sampled_from(
    ["rent", "today", "text", "language", "ja", "referrals", "partner", "desk", "share"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4)
    ),
    max_leaves=8,
)


@given(answer=JSON, length=st.sampled_from([6, 7, 8]))
@settings(max_examples=300, deadline=None)
def test_any_answer_is_taken_or_refused_with_a_reason(answer, length):
    steps = play_named(CLEAN, CLEAN.tests[0].play[:length]).steps
    actions = [step.action for step in steps]
    scene = play(CLEAN, actions).scene
    assert isinstance(CLEAN.scenes[scene], TaskScene)
    said = f"task '{scene}'"
    try:
        taken = len(play(CLEAN, [*actions, Answer(scene, answer)]).steps)
    except PlayError as refusal:
        taken, said = 0, str(refusal)
    assert taken in (0, length + 1)
    assert f"task '{scene}'" in said


def document_places(node, place=()):
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from document_places(value, (*place, key))


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_checker_survives_any_change_of_a_case(data):
    source = load_yaml((CASES / "clean" / "case.yaml").read_text("utf-8"))[0]
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(document_places(source))
        *parents, last = data.draw(st.sampled_from(places))
        *others, other = data.draw(st.sampled_from(places))
        node, donor = source, source
        for key in parents:
            node = node[key]
        for key in others:
            donor = donor[key]
        node[last] = deepcopy(donor[other])
    file = SourceFile(name="case.yaml", data=source, lines={})
    findings = Findings()
    document = read_logic(file, findings)
    if document is None:
        assert findings.has_errors
        return
    texts = read_document(CASES / "clean")["texts"]
    files = [SourceFile(name=f"text.{name}.yaml", data={}, lines={}) for name in texts]
    draft = Draft(
        kind="case",
        slug="clean",
        label="1",
        document={**document, "texts": texts},
        files=(file, *files),
    )
    KIND.check(draft, small_index(), findings)
    assert all(row.message for row in findings)


def test_clock_is_part_of_a_state_only_if_it_can_be_read():
    assert CLEAN.clock is not None
    unread = replace(CLEAN, clock=replace(CLEAN.clock, on_limit=None))
    assert explore(unread).states < explore(CLEAN).states
