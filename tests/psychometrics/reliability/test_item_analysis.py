"""Statistics and flags of items and options."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lms.psychometrics import DataError, cronbach_alpha, item_analysis
from tests.psychometrics.reliability.samples import lsat6_persons

SCORES = arrays(np.float64, (9, 4), elements=st.integers(0, 3).map(float))
NAN = np.nan


@settings(max_examples=50, deadline=None)
@given(SCORES)
def test_each_figure_is_what_its_definition_gives(x):
    found = item_analysis(x)
    for item in range(4):
        others = np.delete(x, item, axis=1)
        rest = others.sum(axis=1)
        assert found.mean[item] == pytest.approx(x[:, item].mean())
        assert found.sd[item] == pytest.approx(x[:, item].std(ddof=1))
        varies = x[:, item].std() > 0 and rest.std() > 0
        r = np.corrcoef(x[:, item], rest)[0, 1] if varies else NAN
        assert found.item_rest_r[item] == pytest.approx(r, abs=1e-9, nan_ok=True)
        dropped = cronbach_alpha(others).value
        assert found.alpha_if_dropped[item] == pytest.approx(
            dropped, abs=1e-9, nan_ok=True
        )
    assert found.alpha == pytest.approx(cronbach_alpha(x).value, nan_ok=True)


def test_lsat_section_6():
    # Shares right and alphas without each item, as the example of descript() in the R
    # package ltm shows them; doi:10.18637/jss.v017.i05.
    found = item_analysis(lsat6_persons())
    assert found.mean == pytest.approx([0.924, 0.709, 0.553, 0.763, 0.870], abs=1e-9)
    without = [0.2754, 0.2376, 0.2168, 0.2459, 0.2663]
    assert found.alpha_if_dropped == pytest.approx(without, abs=5e-5)


@settings(max_examples=40, deadline=None)
@given(SCORES, st.permutations(range(9)), st.sampled_from([0.1, 0.27, 0.5]))
def test_order_of_rows_does_not_matter_even_among_ties(x, order, groups):
    here = item_analysis(x, groups=groups)
    there = item_analysis(x[order], groups=groups)
    assert there.discrimination == pytest.approx(here.discrimination, abs=1e-12)
    assert [flag.code for flag in there.flags] == [flag.code for flag in here.flags]


def test_upper_and_lower_groups_share_out_those_who_tie():
    # Totals 3 2 2 1 0 of 3; 0.3 * 5 = 1.5 persons a group: the upper holds the first
    # and a quarter of each of the next two, the lower the last and half of the fourth.
    x = [[1, 1, 1], [1, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 0]]
    found = item_analysis(x, groups=0.3)
    upper = [1.5 / 1.5, 1.25 / 1.5, 1.25 / 1.5]
    lower = [0.5 / 1.5, 0, 0]
    assert found.discrimination == pytest.approx(np.subtract(upper, lower))


def test_facility_of_items_with_several_points():
    x = [[4, 1], [2, 0], [0, 1]]
    assert item_analysis(x).facility == pytest.approx([0.5, 2 / 3])
    assert item_analysis(x, max_scores=[5, 1]).facility == pytest.approx([0.4, 2 / 3])
    with pytest.raises(DataError, match="item 0 has 3"):
        item_analysis(x, max_scores=[3, 1])


def test_options_are_counted_and_compared_with_the_rest():
    answers = [
        ["a", "x", 1],
        ["a", "x", 1],
        ["a", "y", 2],
        ["b", "y", 1],
        ["c", None, 2],
    ]
    found = item_analysis(answers, key=["a", "x", 1], groups=0.4)
    first, second, third = found.options
    assert first.labels == ("a", "b", "c")
    assert first.count.tolist() == [3, 1, 1]
    assert second.count.tolist() == [2, 2]
    assert second.share.tolist() == [0.5, 0.5]
    assert third.labels == (1, 2)
    # Shares right elsewhere: 1, 1, 0, 1/2, 0.
    expected = np.corrcoef([1, 1, 1, 0, 0], [1, 1, 0, 0.5, 0])[0, 1]
    assert first.rest_r[0] == pytest.approx(expected)
    assert first.upper.tolist() == [1, 0, 0]
    assert found.mean == pytest.approx([0.6, 0.5, 0.6])
    assert found.n.tolist() == [5, 4, 5]


def test_a_missing_answer_is_not_a_wrong_one():
    rng = np.random.default_rng(2)
    ability = rng.normal(size=(4000, 1))
    x = (rng.normal(size=(4000, 5)) < ability).astype(float)
    whole = item_analysis(x)
    x[rng.random(x.shape) < 0.3] = NAN
    part = item_analysis(x)
    assert part.facility == pytest.approx(whole.facility, abs=0.02)
    assert part.item_rest_r == pytest.approx(whole.item_rest_r, abs=0.04)
    assert not part.is_complete


def codes(found, item):
    return {flag.code for flag in found.flags if flag.item == item}


def test_flags_say_what_is_wrong_with_an_item():
    rng = np.random.default_rng(1)
    ability = rng.normal(size=(400, 1))
    x = (rng.normal(size=(400, 9)) < ability).astype(float)
    x[:, 0] = 1
    x[:, 1] = 1 - x[:, 1]
    x[:, 2] = rng.random(400) < 0.4 + 0.2 * (ability[:, 0] > 0)
    x[:, 3] = ability[:, 0] > 1.3
    x[:, 4] = ability[:, 0] > -2
    x[:, 5] = NAN
    found = item_analysis(x)
    assert codes(found, 0) == {"no_variance"}
    assert codes(found, 1) == {"negative"}
    assert codes(found, 2) == {"weak"}
    assert "hard" in codes(found, 3)
    assert "easy" in codes(found, 4)
    assert codes(found, 5) == {"unanswered"}
    assert codes(found, 8) == set()
    assert all(flag.reason for flag in found.flags)


def test_flags_say_what_is_wrong_with_an_option():
    rng = np.random.default_rng(1)
    ability = rng.normal(size=300)
    is_right = rng.normal(size=(300, 7)) < ability[:, None]
    answers = np.where(is_right, "key", "other").astype(object)
    # Item 0 is keyed wrongly; item 1 has an option that the best like, and one that
    # two persons chose.
    answers[:, 0] = np.where(is_right[:, 0], "other", "key")
    answers[(ability > 0.7) & (rng.random(300) < 0.4), 1] = "clever"
    answers[:2, 1] = "rare"
    found = item_analysis(answers, key=["key"] * 7)
    assert codes(found, 0) == {"negative", "key"}
    reasons = " ".join(flag.reason for flag in found.flags if flag.item == 1)
    assert "'clever' draws the best" in reasons
    assert "'rare' was chosen by 0.7%" in reasons
    assert codes(found, 3) == set()


def test_result_is_json_safe_and_fits_on_a_screen():
    found = item_analysis([["a", "b"], ["b", "b"]], key=["a", "c"])
    held = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert held["options"][1]["labels"] == ["b", "c"]
    assert held["flags"][0]["code"] == "no_rest"
    assert len(repr(item_analysis(lsat6_persons())).splitlines()) < 30


@pytest.mark.parametrize(
    ("x", "more", "words"),
    [
        ([[1, 0], [0, 1]], {"groups": 0.6}, "groups"),
        ([["a", "b"]], {"key": ["a"]}, "key: 1 for 2 items"),
        ([["a", 1], [2, 1]], {"key": ["a", 1]}, "item 0: options"),
        (["a"], {"key": ["a"]}, "shape"),
        ([["a", "b"]], {"key": ["a", "b"]}, "1 person"),
    ],
)
def test_error_names_what_cannot_be_read(x, more, words):
    with pytest.raises(DataError, match=words):
        item_analysis(x, **more)
