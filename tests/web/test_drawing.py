"""Geometry of figures: nothing overlaps, reading order holds, same in, same out."""

from datetime import date
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.web.drawing.layers import NODE_HEIGHT, NODE_WIDTH, lay_out
from lms.web.drawing.ordering import Place, count_crossings, order_layers
from lms.web.drawing.radar import RadarAxis, draw_radar
from lms.web.drawing.trajectory import LevelOnDay, draw_trajectory

NAMES = "abcdefgh"
LINKS = st.lists(st.sampled_from(list(product(NAMES, NAMES))), max_size=24)


@given(links=LINKS)
def test_no_two_nodes_overlap_and_all_lie_inside(links):
    drawing = lay_out(NAMES, links)
    for one, other in combinations(drawing.nodes, 2):
        apart = abs(one.x - other.x) >= NODE_WIDTH or abs(one.y - other.y) >= (
            NODE_HEIGHT
        )
        assert apart, (one, other)
    for node in drawing.nodes:
        assert 0 <= node.x <= drawing.width - NODE_WIDTH
        assert 0 <= node.y <= drawing.height - NODE_HEIGHT


@given(links=LINKS)
def test_roads_that_are_not_backward_lead_right(links):
    drawing = lay_out(NAMES, links)
    x = {node.id: node.x for node in drawing.nodes}
    assert {(road.source, road.target) for road in drawing.roads} == set(links)
    for road in drawing.roads:
        assert (x[road.source] < x[road.target]) is not road.is_back


@given(links=LINKS)
def test_one_graph_has_one_drawing(links):
    assert lay_out(NAMES, links) == lay_out(NAMES, links)


def test_a_crossing_that_can_be_avoided_is_avoided():
    a, b, c, d = Place("a", 0), Place("b", 0), Place("c", 1), Place("d", 1)
    pairs = [(a, d), (b, c)]
    assert count_crossings([[a, b], [c, d]], pairs) == 1
    assert count_crossings(order_layers([[a, b], [c, d]], pairs), pairs) == 0


def test_a_long_road_goes_around_the_node_between():
    drawing = lay_out("abc", [("a", "b"), ("b", "c"), ("a", "c")])
    long = next(r for r in drawing.roads if (r.source, r.target) == ("a", "c"))
    middle = next(node for node in drawing.nodes if node.id == "b")
    passing = long.points[1]
    assert not middle.y <= passing[1] <= middle.y + NODE_HEIGHT


@pytest.mark.parametrize(
    ("nodes", "links"), [("", []), ("aa", []), ("ab", [("a", "z")])]
)
def test_a_graph_that_makes_no_sense_is_refused(nodes, links):
    with pytest.raises(ValueError, match="node"):
        lay_out(nodes, links)


def test_the_first_axis_points_up_and_no_evidence_draws_nothing():
    axes = [RadarAxis("a", 3, 2, 3, 4), RadarAxis("b", 2), RadarAxis("c", 1, 0, 1, 1)]
    first, second, third = draw_radar(axes, top=5).axes
    assert first.dot[0] == 140.0
    assert first.dot[1] < 140.0
    assert second.dot is None
    assert second.band is None
    assert third.dot is not None
    assert len(draw_radar(axes, top=5).outlook) == 1  # c to a; b breaks the line


@pytest.mark.parametrize("count", [2, 9])
def test_a_radar_has_three_to_eight_axes(count):
    with pytest.raises(ValueError, match="3 to 8"):
        draw_radar([RadarAxis("a", 1)] * count, top=5)


def test_days_stand_apart_as_they_lie_in_time_and_higher_levels_stand_higher():
    days = [
        LevelOnDay(date(2026, 4, day), low, low + 1, low + 2, 10, 1)
        for day, low in ((1, 0), (11, 1), (30, 3))
    ]
    figure = draw_trajectory(days, required=3, top=5)
    gaps = [b.x - a.x for a, b in pairwise(figure.days)]
    assert gaps[1] / gaps[0] == pytest.approx(19 / 10, abs=0.01)
    assert figure.days[0].y > figure.days[1].y > figure.days[2].y
    assert all(day.y_high < day.y < day.y_low for day in figure.days)


def test_days_out_of_order_are_refused():
    day = LevelOnDay(date(2026, 4, 1), 0, 1, 2, 10, 1)
    with pytest.raises(ValueError, match="later"):
        draw_trajectory([day, day], required=3, top=5)
