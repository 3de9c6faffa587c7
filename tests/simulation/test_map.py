"""The map of a case: every scene once, and the roads that a play took."""

import pytest

from lms.demo.acts import CASE, recorded_play
from lms.simulation.domain import play
from lms.simulation.map import draw_case, list_links
from lms.simulation.pages import Reader


@pytest.fixture
def case(app, session, library):
    with app.test_request_context():
        yield library.get_current(session, "case", CASE).content


def test_every_scene_and_every_pair_of_scenes_is_on_the_map(case):
    drawn = draw_case(Reader(case, "ja"))
    assert {scene.id for scene in drawn.scenes} == set(case.scenes)
    assert len(drawn.roads) == len(list_links(case))
    assert not any(row.is_taken for row in (*drawn.scenes, *drawn.roads))


def test_the_roads_of_a_play_hang_together_from_start_to_end(case):
    played = play(case, recorded_play(case, "careful path"))
    drawn = draw_case(Reader(case, "ja"), played)
    taken = {
        (scene.number, number)
        for scene in drawn.scenes
        for number, is_taken in scene.leads_to
        if is_taken
    }
    numbers = {scene.id: scene.number for scene in drawn.scenes}
    reached = {numbers[case.start]}
    while more := {b for a, b in taken if a in reached} - reached:
        reached |= more
    assert numbers[played.scene] in reached
    assert reached == {scene.number for scene in drawn.scenes if scene.is_taken}
    assert len(reached) < len(drawn.scenes)
    assert sum(road.is_taken for road in drawn.roads) == len(taken)


def test_scenes_have_words_of_the_readers_language(case):
    english = {scene.id: scene.name for scene in draw_case(Reader(case, "en")).scenes}
    japanese = {scene.id: scene.name for scene in draw_case(Reader(case, "ja")).scenes}
    assert english[case.start] != japanese[case.start]
    assert not set(japanese.values()) & set(case.scenes)
